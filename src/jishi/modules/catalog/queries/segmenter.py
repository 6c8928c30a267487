"""The Chinese dictionary (jieba), loaded late: half a second and 110 MB a web process may never need.

Indexing waits for it. Searching does not: until it is there, words are found by pairs of characters.
"""

import logging
import threading
from typing import Any

_lock = threading.Lock()
_state: dict[str, Any] = {"tokenizer": None, "thread": None}


def load() -> None:
    """Load the dictionary now, once per process."""
    with _lock:
        if _state["tokenizer"] is None:
            import jieba

            jieba.setLogLevel(logging.WARNING)
            tokenizer = jieba.Tokenizer()
            tokenizer.initialize()
            _state["tokenizer"] = tokenizer


def is_loaded() -> bool:
    return _state["tokenizer"] is not None


def load_in_background() -> None:
    """Start loading unless that is done or under way; returns at once."""
    if is_loaded() or _state["thread"] is not None:
        return
    thread = threading.Thread(target=load, name="segmenter", daemon=True)
    _state["thread"] = thread
    thread.start()


def cut(text: str) -> list[str]:
    """Words of Chinese text as a shopper may type them, long words and the words inside them."""
    load()
    return list(_state["tokenizer"].cut_for_search(text))
