"""Folding: one way of writing for the many guises of a word (docs/algorithms/moderation.md §1).

Letter by letter, so that every folded letter knows where it came from. What is neither letter nor digit is dropped:
that takes out zero-width characters, separators and pictures between the letters.
"""

import unicodedata
from itertools import compress

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

SENTENCE_MARKS = frozenset("。！？；：，、…\n\r!?;:,")
_SIMPLIFY = OpenCC("t2s")
# Numerals and the letters that stand in for them; both sides of a comparison are folded, so nothing is lost.
_DIGITS = (("零〇o", "0"), ("一壹il", "1"), ("二贰两", "2"), ("三叁", "3"), ("四肆", "4"), ("五伍", "5"), ("六陆", "6"),
           ("七柒", "7"), ("八捌", "8"), ("九玖", "9"))  # fmt: skip
_NUMERALS = {letter: digit for letters, digit in _DIGITS for letter in letters}
# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = dict(zip("аеорсухкмтвніѕјԛαορτκνυχ", "aeopcyxkmtbhisjqaoptkvux", strict=True))
_ROUNDS_MAX = 4
_PRIVATE = 0xE000  # one private letter per syllable


class _Folds(dict[int, str]):
    """Code point → folded letters, filled as characters are met."""

    def __missing__(self, point: int) -> str:
        folded = _fold_once(chr(point))
        for _ in range(_ROUNDS_MAX):
            again = "".join(_fold_once(letter) for letter in folded)
            if again == folded:
                break
            folded = again
        self[point] = folded
        return folded


class _Sounds(dict[int, str]):
    """Code point → one private letter for its syllable without tone; itself when it has none."""

    def __init__(self) -> None:
        super().__init__()
        self._syllables: dict[str, str] = {}

    def __missing__(self, point: int) -> str:
        letter = chr(point)
        syllable = lazy_pinyin(letter, style=Style.NORMAL, errors="ignore")
        sound = letter
        if syllable:
            sound = self._syllables.setdefault(syllable[0], chr(_PRIVATE + len(self._syllables)))
        self[point] = sound
        return sound


class _Plain(dict[int, str]):
    """Code point → the same in half width and simplified, always one character: offsets stay."""

    def __missing__(self, point: int) -> str:
        letter = chr(point)
        plain = _SIMPLIFY.convert(unicodedata.normalize("NFKC", letter))
        self[point] = plain if len(plain) == 1 else letter
        return self[point]


_FOLDS, _SOUNDS, _PLAIN = _Folds(), _Sounds(), _Plain()


def fold(text: str) -> str:
    """The text as words are compared: `加 ｖ·信 ①` → `加v信1`. Folding twice changes nothing more."""
    return text.translate(_FOLDS)


def sound_of(folded: str) -> str:
    """One letter per letter: characters of one syllable become equal."""
    return folded.translate(_SOUNDS)


def plain(text: str) -> str:
    """Half width and simplified, character by character: what patterns are held against."""
    return text.translate(_PLAIN)


def origins(text: str) -> list[int]:
    """For each letter of `fold(text)`: the offset in `text` it comes from."""
    pieces = [*map(_FOLDS.__getitem__, map(ord, text))]
    places = [*compress(range(len(pieces)), pieces)]
    if len(places) == sum(map(len, pieces)):
        return places
    return [place for place, piece in enumerate(pieces) for _ in piece]  # some character folds to several


def _fold_once(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", letter).casefold()
    kept = [part for part in parts if unicodedata.category(part)[0] in "LN"]
    return "".join(_fold_letter(part) for part in kept)


def _fold_letter(letter: str) -> str:
    simple: str = _SIMPLIFY.convert(letter)
    simple = _LOOKALIKES.get(simple, simple)
    return _NUMERALS.get(simple, simple)
