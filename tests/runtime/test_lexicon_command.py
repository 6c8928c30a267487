"""`jishi lexicon import`, with lists of our own in the formats that are met: what it adds is found in a text afterwards."""

from pathlib import Path

import pytest

from jishi.kernel.actor import SYSTEM
from jishi.modules.guard.public import Action, ContentCheck, check_content, lexicons
from jishi.runtime.cli import main

pytestmark = pytest.mark.django_db
LAW = """{"source": "ours", "rows": [
  {"category": "与“最”有关", "pattern": "最新鲜", "type": "literal"},
  {"category": "与“最”有关", "pattern": "最新鲜", "type": "literal"},
  {"category": "医疗", "pattern": "具有.{0,6}功效", "type": "regex"},
  {"category": "坏", "pattern": "(", "type": "regex"}
]}"""


def run(*words: str) -> int:
    return main(["lexicon", "import", *words])


def test_a_list_with_categories_and_patterns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "law.json"
    file.write_text(LAW)

    assert run(str(file), "--kind", "advertising", "--name", "广告法") == 1, "one word cannot be used"

    said = capsys.readouterr().out
    assert "新增 2 · 已有或重复 1 · 不能用 1" in said and "✗ (" in said
    verdict = check_content(ContentCheck("note", "具有美白功效，最 新 鲜", None, is_commercial=True))
    assert {one.category for one in verdict.findings} == {"医疗", "与“最”有关"}
    assert verdict.action is Action.REVIEW
    assert check_content(ContentCheck("note", "具有美白功效", None)).findings == (), (
        "who sells nothing may say so"
    )


def test_a_plain_list_of_another_age_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "广告.txt"
    file.write_bytes("# 我们的\r\n代开发票,\r\n加薇\n刷单返利\t诈骗".encode("gb18030"))

    assert run(str(file), "--kind", "spam", "--sounds-alike") == 0
    assert run(str(file), "--kind", "spam") == 0

    assert [line for line in capsys.readouterr().out.splitlines() if "新增" in line] == [
        "新增 3 · 已有或重复 0 · 不能用 0",
        "新增 0 · 已有或重复 3 · 不能用 0",
    ]
    found = check_content(ContentCheck("post", "代·开·发·票，刷单返利", None))
    assert {one.word for one in found.findings} == {"代开发票", "刷单返利"} and found.action is Action.REVIEW
    assert [(one.name, one.words_count) for one in lexicons(by=SYSTEM)] == [("广告", 3)]


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00", b"{", b"ham\tsee you\n" * 60])
def test_what_is_no_list_is_told_and_changes_nothing(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.txt"
    file.write_bytes(content)

    assert run(str(file), "--kind", "spam") != 0

    assert "词库文件" in capsys.readouterr().err
    assert lexicons(by=SYSTEM) == []


def test_a_file_that_there_is_not_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.txt"), "--kind", "spam") != 0
    assert "none.txt" in capsys.readouterr().err
