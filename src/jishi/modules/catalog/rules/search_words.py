"""How words are found in Chinese and Latin text. See docs/algorithms/search.md."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

QUERY_LENGTH_MAX: Final = 80
QUERY_WORDS_MAX: Final = 8
_RUN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:[-'][^\W_\u3400-\u9fff]+)*"
)

Cut = Callable[[str], Iterable[str]]


def folded(text: str) -> str:
    """One form for full and half width and for capitals."""
    return unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> list[str]:
    """Stretches of Chinese, or words of other scripts, in order."""
    return _RUN.findall(folded(text))


def is_chinese(run: str) -> bool:
    return "\u3400" <= run[0] <= "\ufaff"


def pairs(run: str) -> list[str]:
    """`连衣裙` → 连衣, 衣裙; a single character is itself."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def index_text(text: str, *, cut: Cut) -> str:
    """Words to index: dictionary words, pairs and single characters of Chinese; others as they are."""
    words: list[str] = []
    for run in runs(text):
        if is_chinese(run):
            words.extend(dict.fromkeys([*cut(run), *pairs(run), *run]))
        else:
            words.append(run)
    return " ".join(words)


def query_terms(text: str, *, cut: Cut | None) -> list[tuple[str, str, str]]:
    """Per run: (dictionary words, pairs, "") for Chinese and ("", "", word) otherwise, as tsquery text.

    Without a dictionary (`cut` None) Chinese is found by pairs alone.
    """
    terms: list[tuple[str, str, str]] = []
    for run in runs(text[:QUERY_LENGTH_MAX])[:QUERY_WORDS_MAX]:
        if not is_chinese(run):
            terms.append(("", "", run))
            continue
        words = [word for word in cut(run) if word.strip()] if cut else []
        terms.append((_all(words or pairs(run)), _all(pairs(run)), ""))
    return terms


def suggestion_words(text: str, *, cut: Cut) -> list[str]:
    """Words worth suggesting: at least two characters long."""
    found: list[str] = []
    for run in runs(text):
        words = cut(run) if is_chinese(run) else (run,)
        found.extend(word for word in words if len(word) >= 2 and not word.isdigit())
    return found


def _all(words: Iterable[str]) -> str:
    return " & ".join(f"'{word}'" for word in dict.fromkeys(words))
