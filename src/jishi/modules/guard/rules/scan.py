"""Finding words of a lexicon in a text, in whatever guise; offsets are those of the text as it was written."""

import itertools
from collections.abc import Collection, Iterator

from jishi.modules.guard.rules.compiled import CompiledLexicon, Entry
from jishi.modules.guard.rules.folding import SENTENCE_MARKS, fold, origins, plain, sound_of
from jishi.modules.guard.types import Finding, How, LexiconKind, Severity, WordRule

FINDINGS_MAX = 50
GAP_MAX = 6  # dropped characters between two letters of one word
PATTERN_SECONDS_MAX = 0.05
_HITS_MAX = 5_000
_GRAVITY = {Severity.NOTE: 0, Severity.REVIEW: 1, Severity.BLOCK: 2}


def scan(text: str, lexicon: CompiledLexicon, *, kinds: Collection[LexiconKind]) -> tuple[Finding, ...]:
    """In the order of the text; what lies inside a longer finding of the same kind is left out."""
    found = [*_written(text, lexicon, kinds), *_matched(text, lexicon, kinds)]
    if not found:
        return ()
    found.sort(key=lambda one: (one.start, -one.end, one.how is not How.WRITTEN, -_GRAVITY[one.severity]))
    return tuple(_outermost(found))[:FINDINGS_MAX]


def _written(text: str, lexicon: CompiledLexicon, kinds: Collection[LexiconKind]) -> Iterator[Finding]:
    folded = fold(text)
    hits = lexicon.letters.find_matches_as_indexes(folded, overlapping=True) if lexicon.letters else []
    heard = (
        lexicon.sounds.find_matches_as_indexes(sound_of(folded), overlapping=True) if lexicon.sounds else []
    )
    if not hits and not heard:
        return
    places = origins(text)
    for number, start, end in hits[:_HITS_MAX]:
        entry = lexicon.entries[number]
        if _is_word(text, places[start:end], entry):
            yield from _findings(text, places[start], places[end - 1] + 1, entry, kinds, How.WRITTEN)
    for number, start, end in heard[:_HITS_MAX]:
        entry = lexicon.sound_entries[number]
        if _sounds_meant(folded[start:end], entry.folded) and _is_word(text, places[start:end], entry):
            yield from _findings(text, places[start], places[end - 1] + 1, entry, kinds, How.SOUND)


def _matched(text: str, lexicon: CompiledLexicon, kinds: Collection[LexiconKind]) -> Iterator[Finding]:
    """Patterns; one that takes too long is left to a person, with the whole text as its finding."""
    wanted = [(pattern, rule) for pattern, rule in lexicon.patterns if rule.kind in kinds]
    if not wanted:
        return
    shown = plain(text)
    for pattern, rule in wanted:
        try:
            for match in pattern.finditer(shown, timeout=PATTERN_SECONDS_MAX):
                if match.end() > match.start():
                    yield _finding(text, match.start(), match.end(), rule, How.PATTERN)
        except TimeoutError:
            yield _finding(text, 0, len(text), rule, How.PATTERN)


def _findings(
    text: str, start: int, end: int, entry: Entry, kinds: Collection[LexiconKind], how: How
) -> Iterator[Finding]:
    for rule in entry.rules:
        if rule.kind in kinds:
            yield _finding(text, start, end, rule, how)


def _finding(text: str, start: int, end: int, rule: WordRule, how: How) -> Finding:
    """A sound alone blocks nothing: a person looks."""
    severity = Severity.REVIEW if how is How.SOUND and rule.severity is Severity.BLOCK else rule.severity
    return Finding(
        word=rule.text,
        kind=rule.kind,
        category=rule.category,
        severity=severity,
        reason=rule.reason,
        suggestion=rule.suggestion,
        start=start,
        end=end,
        written=text[start:end],
        how=how,
    )


def _is_word(text: str, places: list[int], entry: Entry) -> bool:
    """Whether the letters at these places are meant as one word, and not the end of one sentence and the next."""
    first, last = places[0], places[-1]
    if entry.is_latin and (_is_latin_at(text, first - 1) or _is_latin_at(text, last + 1)):
        return False
    steps = [after - before for before, after in itertools.pairwise(places)]
    if last - first == len(steps) and all(step == 1 for step in steps):
        return True
    if any(step > GAP_MAX + 1 for step in steps):
        return False
    dropped = text[first : last + 1]
    is_even = all(step > 1 for step in steps)
    if entry.is_latin or any(letter.isspace() for letter in dropped):
        return is_even and (len(places) > 2 or not SENTENCE_MARKS.intersection(dropped))
    if SENTENCE_MARKS.intersection(dropped):
        return is_even and len(places) > 2
    return True


def _sounds_meant(written: str, word: str) -> bool:
    """At least half of the characters are the word's own, and not all of them: that is found as written."""
    same = sum(a == b for a, b in zip(written, word, strict=True))
    return len(word) > same >= (len(word) + 1) // 2


def _is_latin_at(text: str, place: int) -> bool:
    return 0 <= place < len(text) and text[place].isascii() and text[place].isalnum()


def _outermost(found: list[Finding]) -> Iterator[Finding]:
    """Sorted by start, longest first: a finding ends before one of its kind that began earlier or it is inside it."""
    reach: dict[LexiconKind, tuple[int, int]] = {}
    for one in found:
        end, gravity = reach.get(one.kind, (-1, -1))
        if one.end <= end and _GRAVITY[one.severity] <= gravity:
            continue
        reach[one.kind] = (max(end, one.end), _GRAVITY[one.severity])
        yield one
