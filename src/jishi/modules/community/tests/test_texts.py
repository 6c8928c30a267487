import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.community.errors import BadPost
from jishi.modules.community.rules import texts


@given(st.text(max_size=300))
def test_pieces_joined_again_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in texts.pieces_of(text)) == text


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("问 #挑果问答 呢", [("topic", "挑果问答")]),
        ("#柚子皮# 好吃", [("topic", "柚子皮")]),
        ("@果农老林 来评理", [("mention", "果农老林")]),
        ("看 https://a.example/x?y=1。", [("link", "https://a.example/x?y=1")]),
        ("javascript:alert(1) data:text/html,x", []),
    ],
)
def test_topics_mentions_and_links_are_found(text: str, kinds: list[tuple[str, str]]) -> None:
    found = [(piece.kind, piece.value) for piece in texts.pieces_of(text) if piece.kind != "text"]
    assert found == kinds


def test_what_cannot_be_seen_is_taken_out_and_length_is_bounded() -> None:
    assert texts.clean_text("好\u202e\x00的\r\n\n\n\n\n行") == "好的\n\n行"
    with pytest.raises(BadPost):
        texts.clean_text("  \u200b ")
    with pytest.raises(BadPost):
        texts.clean_text("字" * (texts.TEXT_MAX + 1))
