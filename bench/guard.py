"""2,000 characters against 50,000 words, in-process; beside it the same words as one `re` alternation and a loop of `in`."""

import random
import re
import time
import uuid
from collections.abc import Callable
from statistics import median

from bench import stage
from jishi.modules.guard.rules.compiled import compile_lexicon
from jishi.modules.guard.rules.folding import fold
from jishi.modules.guard.rules.scan import scan
from jishi.modules.guard.types import LexiconKind, WordRule

WORDS, LETTERS, ROUNDS = 50_000, 2_000, 201
FEW_ROUNDS = 5
COMMON = 3_000  # characters that texts are made of


def main() -> None:
    dice = random.Random(20261122)
    words = sorted({_word(dice) for _ in range(WORDS * 2)})[:]
    words = dice.sample(words, WORDS)
    text = _text(dice, words[:8])
    rules = [
        WordRule(uuid.UUID(int=n + 1), word, LexiconKind.WATCHED, sounds_alike=n % 10 == 0)
        for n, word in enumerate(words)
    ]
    begun = time.perf_counter()
    lexicon = compile_lexicon(rules)
    built = time.perf_counter() - begun
    found = scan(text, lexicon, kinds=(LexiconKind.WATCHED,))
    ours = measure(lambda: scan(text, lexicon, kinds=(LexiconKind.WATCHED,)), ROUNDS)
    folded, plain_words = fold(text), [fold(word) for word in words]
    alternation = re.compile("|".join(map(re.escape, sorted(plain_words, key=len, reverse=True))))
    by_re = measure(lambda: list(alternation.finditer(folded)), FEW_ROUNDS)
    by_loop = measure(lambda: [word for word in plain_words if word in folded], FEW_ROUNDS)
    print(f"{WORDS:,} words compiled in {built * 1000:.0f} ms; {len(found)} found in {LETTERS:,} characters")
    print(f"scan with folding, offsets and sounds: {ours:.3f} ms (median of {ROUNDS})")
    print(
        f"the same words, text folded beforehand: re alternation {by_re:.1f} ms, loop of `in` {by_loop:.1f} ms"
    )
    stage.report(
        name="guard",
        figure=ours,
        unit="ms per 2,000 characters, 50,000 words",
        reference=by_re,
        reference_name="re alternation, folded beforehand, no offsets",
        loop_ms=round(by_loop, 1),
        compile_ms=round(built * 1000),
        found=len(found),
    )


def measure(act: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return median(times) * 1000


def _word(dice: random.Random) -> str:
    return "".join(_letter(dice) for _ in range(dice.choice((2, 3, 3, 4, 4, 4, 5, 6))))


def _letter(dice: random.Random) -> str:
    """Common characters far more often than rare ones, as in a language."""
    return chr(0x4E00 + min(COMMON - 1, int(dice.expovariate(1 / 700))))


def _text(dice: random.Random, hidden: list[str]) -> str:
    """Prose with punctuation, and a few of the words in guises."""
    letters = [_letter(dice) for _ in range(LETTERS)]
    for place in range(17, LETTERS, 23):
        letters[place] = dice.choice("，。！ 、")
    for number, word in enumerate(hidden):
        start = 150 + number * 200
        guise = "·".join(word) if number % 2 else word
        letters[start : start + len(guise)] = list(guise)
    return "".join(letters)[:LETTERS]


if __name__ == "__main__":
    main()
