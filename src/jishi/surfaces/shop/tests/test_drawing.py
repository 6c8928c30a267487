"""Words on pictures: where lines break, and what happens without a Chinese font."""

import pytest

from jishi.surfaces.shop import drawing
from jishi.surfaces.shop.drawing import Words, draw_poster, draw_share_card, picture_as_data, wrap


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("武夷岩茶 · 肉桂 125g", ["武夷岩茶 · 肉桂", "125g"]),
        ("赣南脐橙", ["赣南脐橙"]),
        ("", []),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]),
    ],
)
def test_lines_break_between_words(text: str, lines: list[str]) -> None:
    assert wrap(text, width=9) == lines


def test_pictures_are_drawn_without_a_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "can_write_chinese", lambda: False)
    words = Words(title="橙 <b>", price="¥29.90", was="¥42.00", note="3 人团", names=("阿苏",), empty_seats=2)
    assert drawing.readable("橙") == "" and drawing.readable("Orange") == "Orange"
    card = draw_share_card(words, picture="")
    poster = draw_poster(
        words, picture="", url="http://x.test/s/1/", sharer="阿苏", invitation="来", hint="扫"
    )
    assert card.startswith(b"\x89PNG") and poster.startswith(b"\x89PNG")


def test_what_is_no_picture_leaves_its_place_empty() -> None:
    assert picture_as_data(b"not a picture") == ""
