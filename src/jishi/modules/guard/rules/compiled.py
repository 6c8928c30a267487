"""A lexicon made ready to scan: one automaton for letters, one for sounds, and the patterns."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import regex
from ahocorasick_rs import AhoCorasick

from jishi.modules.guard.rules.folding import fold, sound_of
from jishi.modules.guard.rules.glyphs import split_variants
from jishi.modules.guard.types import WordRule

SOUND_LETTERS_MIN = 2
PATTERNS_MAX = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What a folded spelling stands for. `is_latin`: only whole words of the text count."""

    folded: str
    rules: tuple[WordRule, ...]
    is_latin: bool


@dataclass(frozen=True, slots=True)
class CompiledLexicon:
    letters: AhoCorasick | None
    entries: tuple[Entry, ...]
    sounds: AhoCorasick | None
    sound_entries: tuple[Entry, ...]
    patterns: tuple[tuple[regex.Pattern[str], WordRule], ...]
    words_count: int = 0


def compile_lexicon(rules: Iterable[WordRule]) -> CompiledLexicon:
    """Words that fold to nothing are left out; the same spelling in two lexicons is one entry of both."""
    by_spelling: dict[str, list[WordRule]] = defaultdict(list)
    by_sound: dict[str, list[WordRule]] = defaultdict(list)
    patterns: list[tuple[regex.Pattern[str], WordRule]] = []
    count = 0
    for rule in rules:
        count += 1
        if rule.is_pattern:
            if len(patterns) < PATTERNS_MAX:
                patterns.append((regex.compile(rule.text, regex.IGNORECASE), rule))
            continue
        folded = fold(rule.text)
        for spelling in {folded, *map(fold, split_variants(rule.text))} - {""}:
            by_spelling[spelling].append(rule)
        if rule.sounds_alike and len(folded) >= SOUND_LETTERS_MIN and not folded.isascii():
            by_sound[folded].append(rule)
    entries = [Entry(word, tuple(rules), _is_latin(rules)) for word, rules in by_spelling.items()]
    heard = [Entry(word, tuple(rules), False) for word, rules in by_sound.items()]
    return CompiledLexicon(
        letters=AhoCorasick([entry.folded for entry in entries]) if entries else None,
        entries=tuple(entries),
        sounds=AhoCorasick([sound_of(entry.folded) for entry in heard]) if heard else None,
        sound_entries=tuple(heard),
        patterns=tuple(patterns),
        words_count=count,
    )


def _is_latin(rules: list[WordRule]) -> bool:
    return all(rule.text.isascii() for rule in rules)
