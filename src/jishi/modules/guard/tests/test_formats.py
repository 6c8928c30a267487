"""Files of words as they are met."""

import os
from pathlib import Path

import pytest

from jishi.modules.guard.errors import BadWord, UnreadableLexicon
from jishi.modules.guard.rules import formats
from jishi.modules.guard.types import Severity, WordForm

DATA = Path(os.environ.get("JISHI_SHARED_DATA", "") or Path(__file__).parents[6] / "shared" / "data")


def test_files_of_words_are_read() -> None:
    lines = formats.read_words("\ufeff# 说明\n兼职\n最佳\t极限\t很好\n\n".encode(), severity=Severity.NOTE)
    assert [(one.text, one.category, one.suggestion) for one in lines] == [
        ("兼职", "", ""),
        ("最佳", "极限", "很好"),
    ]
    rows = '{"rows": [{"category": "极限", "pattern": "最.{2}", "type": "regex"}, "第一"]}'.encode()
    read = formats.read_words(rows, severity=Severity.REVIEW)
    assert [(one.text, one.is_pattern, one.category) for one in read] == [
        ("最.{2}", True, "极限"),
        ("第一", False, ""),
    ]
    for broken in (b"\xff\xfe\x00", b"{", b'{"rows": 3}', b"[3]"):
        with pytest.raises(UnreadableLexicon):
            formats.read_words(broken, severity=Severity.NOTE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_lists_of_all_ages_are_read(encoding: str) -> None:
    """As they are met: two kinds of line ends, commas behind words, no end of the last line."""
    read = formats.read_words("代开发票,\r\n微店，\n\r\n  QQ \n孔丹".encode(encoding), severity=Severity.NOTE)
    assert [one.text for one in read] == ["代开发票", "微店", "QQ", "孔丹"]


def test_labelled_messages_are_no_list_of_words() -> None:
    messages = "".join(f"{'spam' if n % 7 else 'ham'}\tmessage {n}, call now\n" for n in range(200))
    with pytest.raises(UnreadableLexicon):
        formats.read_words(messages.encode(), severity=Severity.NOTE)


def test_the_real_lists_are_read_whole() -> None:
    folder = DATA / "lexicons"
    if not folder.exists():
        pytest.skip("the shared data is not here")
    for path in (*folder.glob("ad_law/*.json"), *folder.glob("spam/*.txt")):
        read = formats.read_words(path.read_bytes(), severity=Severity.REVIEW)
        assert len(read) > 100 and all(formats.check_word(one) for one in read), path.name
    for path in folder.glob("sms_spam/SMSSpamCollection"):
        with pytest.raises(UnreadableLexicon):
            formats.read_words(path.read_bytes(), severity=Severity.REVIEW)


@pytest.mark.parametrize(
    "form", [WordForm("  "), WordForm("···"), WordForm("(", is_pattern=True), WordForm("a*", is_pattern=True)]
)
def test_a_word_that_matches_nothing_or_everything_is_refused(form: WordForm) -> None:
    with pytest.raises(BadWord):
        formats.check_word(form)
