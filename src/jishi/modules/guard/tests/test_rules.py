"""Folding, scanning, judging and weighing: values alone."""

import math
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.guard.errors import BadSanction, BadThreshold, SameModerator
from jishi.modules.guard.rules import formats, lifecycle, thresholds
from jishi.modules.guard.rules.compiled import CompiledLexicon, compile_lexicon
from jishi.modules.guard.rules.folding import fold, origins, plain
from jishi.modules.guard.rules.glyphs import PARTS, VARIANTS_MAX, split_variants
from jishi.modules.guard.rules.judge import count_links, judge, kinds_for
from jishi.modules.guard.rules.scan import scan
from jishi.modules.guard.rules.weights import accuracy_points, report_weight
from jishi.modules.guard.types import (
    Accuracy,
    Action,
    ContentCheck,
    Decision,
    Finding,
    How,
    ItemState,
    LexiconKind,
    ReportReason,
    SanctionForm,
    SanctionKind,
    Severity,
    Visible,
    WordRule,
)

DATA = Path(os.environ.get("JISHI_SHARED_DATA", "") or Path(__file__).parents[6] / "shared" / "data")
NUMBERS = thresholds.thresholds_of({})
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3, max_size=8)


def rule(text: str, **more: object) -> WordRule:
    values: dict[str, object] = {"kind": LexiconKind.WATCHED, **more}
    return WordRule(uuid.uuid4(), text, **values)  # type: ignore[arg-type]


def lexicon(*texts: str, **more: object) -> CompiledLexicon:
    return compile_lexicon(rule(text, **more) for text in texts)


def found(text: str, compiled: CompiledLexicon) -> tuple[Finding, ...]:
    return scan(text, compiled, kinds=tuple(LexiconKind))


def words(text: str, compiled: CompiledLexicon) -> list[str]:
    return [one.word for one in found(text, compiled)]


# ---- folding ----


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_every_folded_letter_knows_where_it_comes_from(text: str) -> None:
    places = origins(text)
    assert len(places) == len(fold(text)) and places == sorted(places)
    assert "".join(fold(text[place]) for place in dict.fromkeys(places)) == fold(text)


@given(st.text())
def test_plain_text_keeps_every_offset(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(HAN, st.lists(st.sampled_from(["\u200b", "*", "·", "_", "🌸", "\u2060"]), min_size=1, max_size=3))
def test_a_word_with_something_between_its_letters_is_found_where_it_stands(
    word: str, noise: list[str]
) -> None:
    written = "".join(noise).join(word)
    hits = [one for one in found(f"前{written}后", lexicon(word)) if one.written == written]
    assert hits and (hits[0].start, hits[0].end) == (1, 1 + len(written))


@given(st.text("abcdefgh0123456789", min_size=3, max_size=8))
def test_a_full_width_word_is_found(word: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in word)
    assert word in words(f"，{wide}。", lexicon(word))


@given(HAN)
def test_what_is_found_is_what_stands_there(text: str) -> None:
    for one in found(text * 2, lexicon(text[:2], text)):
        assert (text * 2)[one.start : one.end] == one.written


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("代开发票", "代開發票"),  # traditional
        ("代开发票", "代 开 发 票"),
        ("代开发票", "代，开，发，票"),
        ("代开发票", "ｄａｉ代*开/发-票"),
        ("张三", "弓长三"),  # split glyphs
        ("微信", "微\u200b信"),
        ("加微信", "加微亻言"),
        ("VX", "ＶＸ"),
        ("VX", "v x"),
        ("QQ123", "QQ一二三"),
        ("QQ123", "QQ①②③"),
        ("13800138000", "l38oo138ooo"),
        ("paypal", "раураl"),  # Cyrillic
        ("café", "CAFE\u0301"),
    ],
)
def test_a_word_is_found_in_its_guises(word: str, written: str) -> None:
    assert word in words(f"请{written}吧" if not word.isascii() else f"请 {written} 吧", lexicon(word))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("最佳", "味道很好最。佳肴很多"),  # the end of one sentence and the next
        ("SM", "a small cup"),
        ("SM", "this is me"),
        ("LY", "lovely"),
        ("微信", "位置信息"),
        ("代理", "代码\n理由"),
    ],
)
def test_innocent_text_is_not_found(word: str, text: str) -> None:
    assert words(text, lexicon(word, sounds_alike=True)) == []


def test_a_sound_needs_half_of_the_word_and_blocks_nothing() -> None:
    compiled = lexicon("加微信", sounds_alike=True, severity=Severity.BLOCK)
    [one] = found("请加薇信", compiled)
    assert (one.how, one.severity, one.written) == (How.SOUND, Severity.REVIEW, "加薇信")
    assert words("佳威心", compiled) == []
    assert words("请加薇信", lexicon("加微信")) == []


def test_a_longer_word_hides_the_shorter_one_inside_it_but_not_a_graver_one() -> None:
    compiled = compile_lexicon(
        [rule("最"), rule("最低价"), rule("低价", severity=Severity.BLOCK), rule("价", kind=LexiconKind.SPAM)]
    )
    assert words("全网最低价", compiled) == ["最低价", "低价", "价"]


def test_a_pattern_is_found_and_a_slow_one_is_left_to_a_person() -> None:
    compiled = compile_lexicon([rule("具有.{0,6}功效", is_pattern=True)])
    [one] = found("本品具有美白的功效！", compiled)
    assert (one.written, one.start, one.how) == ("具有美白的功效", 2, How.PATTERN)
    begun = time.perf_counter()
    [slow] = found("a" * 4000 + "!", compile_lexicon([rule("(a|aa)+$", is_pattern=True)]))
    assert (slow.start, slow.end) == (0, 4001) and time.perf_counter() - begun < 2


@given(st.sampled_from(sorted(PARTS)))
def test_parts_are_bounded_and_never_the_word_itself(letter: str) -> None:
    variants = list(split_variants(letter * 20))
    assert 0 < len(variants) <= VARIANTS_MAX and letter * 20 not in variants


@given(st.text(max_size=300))
def test_no_text_breaks_the_scan(text: str) -> None:
    compiled = compile_lexicon(
        [rule("的", sounds_alike=True), rule("ab"), rule("一一"), rule(r"\d+", is_pattern=True)]
    )
    for one in found(text, compiled):
        assert text[one.start : one.end] == one.written


# ---- judging ----


def check(text: str = "今天的脐橙真甜", **more: object) -> ContentCheck:
    return ContentCheck("post", text, uuid.uuid4(), **more)  # type: ignore[arg-type]


def verdict(asked: ContentCheck, findings: Sequence[Finding] = (), **numbers: int):  # type: ignore[no-untyped-def]
    return judge(asked, findings, thresholds=thresholds.thresholds_of(numbers))


def a_finding(kind: LexiconKind, severity: Severity = Severity.REVIEW, word: str = "x") -> Finding:
    return Finding(word, kind, "", severity, "", "", 0, 1, word)


@pytest.mark.parametrize(
    ("asked", "findings", "numbers", "action", "reasons"),
    [
        (check(), [], {}, Action.ALLOW, ()),
        (check(), [a_finding(LexiconKind.WATCHED)], {}, Action.REVIEW, ("watched_word",)),
        (check(), [a_finding(LexiconKind.WATCHED, Severity.NOTE)], {}, Action.ALLOW, ()),
        (check(), [a_finding(LexiconKind.WATCHED, Severity.BLOCK)], {}, Action.REFUSE, ("blocked_word",)),
        (check(), [a_finding(LexiconKind.SPAM, word="a")], {}, Action.ALLOW, ()),
        (check(), [a_finding(LexiconKind.SPAM, word="a")] * 3, {}, Action.ALLOW, ()),
        (
            check(),
            [a_finding(LexiconKind.SPAM, word="a"), a_finding(LexiconKind.SPAM, word="b")],
            {},
            Action.REVIEW,
            ("spam_words",),
        ),
        (check(), [a_finding(LexiconKind.ADVERTISING)], {}, Action.REVIEW, ("advertising_word",)),
        (check(), [a_finding(LexiconKind.ADVERTISING)], {"advertising_holds": 0}, Action.ALLOW, ()),
        (check(is_first=True), [], {}, Action.ALLOW, ()),
        (check(is_first=True), [], {"first_posts": 1}, Action.REVIEW, ("first_post",)),
        (check(is_first=True, link_count=1), [], {}, Action.REVIEW, ("first_link",)),
        (check(is_first=True, link_count=1, is_trusted=True), [], {}, Action.ALLOW, ()),
        (check(link_count=4), [], {}, Action.REVIEW, ("many_links",)),
        (check("x" * 40, is_first=True, typed_ms=2_999), [], {}, Action.REVIEW, ("typed_too_fast",)),
        (check("x" * 40, is_first=True, typed_ms=3_000), [], {}, Action.ALLOW, ()),
        (check("x" * 9, is_first=True, typed_ms=1), [], {}, Action.ALLOW, ()),
        (check("x" * 100, typed_ms=4_000, link_count=1), [], {}, Action.REVIEW, ("typed_too_fast",)),
        (check("x" * 100, typed_ms=4_000), [], {}, Action.ALLOW, ()),
    ],
)
def test_the_table_of_automatic_rules(
    asked: ContentCheck,
    findings: list[Finding],
    numbers: dict[str, int],
    action: Action,
    reasons: tuple[str, ...],
) -> None:
    got = verdict(asked, findings, **numbers)
    assert (got.action, got.reasons) == (action, reasons)
    assert (got.score > 0) == (action is not Action.ALLOW)


def test_advertising_words_are_only_held_against_commercial_content() -> None:
    assert LexiconKind.ADVERTISING not in kinds_for(check())
    assert LexiconKind.ADVERTISING in kinds_for(check(is_commercial=True))


def test_links_are_counted_as_people_write_them() -> None:
    assert count_links("看 https://a.cn/x 和 www.b.com 还有 taobao.com") == 3
    assert count_links("3.5 斤，1.2 元，ok") == 0


# ---- weighing ----


@pytest.mark.parametrize(
    ("agreed", "disagreed", "points"),
    [(0, 0, 0), (5, 0, 0), (0, 5, 0), (16, 0, 200), (0, 16, -200), (7, 3, 0), (64, 0, 300), (17, 3, 108)],
)
def test_the_worked_numbers_of_accuracy(agreed: int, disagreed: int, points: int) -> None:
    assert accuracy_points(Accuracy(agreed, disagreed)) == points


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_weight_is_never_negative_and_right_reports_never_weigh_less(agreed: int, disagreed: int) -> None:
    def weigh(right: int, wrong: int) -> int:
        return report_weight(accuracy=Accuracy(right, wrong), is_staff=False, reason=ReportReason.SPAM)

    assert weigh(agreed, disagreed) >= 0
    if agreed + disagreed > 5 and disagreed:  # the same number of reports, one more of them right
        assert weigh(agreed + 1, disagreed - 1) >= weigh(agreed, disagreed)
    assert weigh(agreed, 0) <= 100 + round(100 * math.log(max(agreed, 1), 4)) + 1


def test_staff_and_grave_reasons_weigh_more() -> None:
    plain_weight = report_weight(accuracy=Accuracy(), is_staff=False, reason=ReportReason.SPAM)
    assert plain_weight == 100
    assert report_weight(accuracy=Accuracy(), is_staff=True, reason=ReportReason.ILLEGAL) == 700


# ---- life, sanctions, files ----


def test_the_whole_table_of_states() -> None:
    verbs = ("claim", "release", "decide", "report", "appeal")
    legal = {(state, verb) for state in ItemState for verb in verbs if (state, verb) in lifecycle.LIFECYCLE}
    assert legal == {
        (ItemState.OPEN, "claim"),
        (ItemState.OPEN, "decide"),
        (ItemState.OPEN, "report"),
        (ItemState.CLAIMED, "release"),
        (ItemState.CLAIMED, "decide"),
        (ItemState.CLAIMED, "report"),
        (ItemState.DECIDED, "report"),
        (ItemState.DECIDED, "appeal"),
    }
    assert set(lifecycle.VISIBLE_AFTER) == set(Decision)
    assert lifecycle.VISIBLE_AFTER[Decision.KEEP] is Visible.SHOWN


def test_an_appeal_is_for_somebody_else() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    lifecycle.check_other_moderator(is_appeal=False, first=first, second=first)
    lifecycle.check_other_moderator(is_appeal=True, first=first, second=second)
    with pytest.raises(SameModerator):
        lifecycle.check_other_moderator(is_appeal=True, first=first, second=first)


@pytest.mark.parametrize(
    "form",
    [
        SanctionForm(SanctionKind.SLOW, 24, "x", slow_seconds=0),
        SanctionForm(SanctionKind.MUTE, 24, "x", slow_seconds=9),
        SanctionForm(SanctionKind.MUTE, 0, "x"),
        SanctionForm(SanctionKind.MUTE, 9_999_999, "x"),
    ],
)
def test_a_sanction_makes_sense(form: SanctionForm) -> None:
    with pytest.raises(BadSanction):
        lifecycle.check_sanction(form)


def test_thresholds_have_bounds() -> None:
    for code, (default, least, most) in thresholds.BOUNDS.items():
        thresholds.check_threshold(code, default)
        for wrong in (least - 1, most + 1):
            with pytest.raises(BadThreshold):
                thresholds.check_threshold(code, wrong)
    assert thresholds.thresholds_of({"links": 9, "gone": 1}).values["links"] == 9


# ---- on real text ----


def test_false_alarms_on_ten_thousand_reviews_of_takeaways() -> None:
    """Ordinary reviews should hardly ever meet two spam words, and sounds must not add much to what is written."""
    reviews, spam, law = (
        DATA / "reviews" / "waimai_10k.csv",
        DATA / "lexicons" / "spam" / "广告.txt",
        DATA / "lexicons" / "ad_law" / "adlaw_categorised_jd.json",
    )
    if not (reviews.exists() and spam.exists() and law.exists()):
        pytest.skip("the shared data is not here")
    texts = [line.split(",", 1)[1] for line in reviews.read_text().splitlines()[1:] if "," in line]
    forms = formats.read_words(spam.read_bytes(), severity=Severity.REVIEW, sounds_alike=True)
    rules = [rule(one.text, kind=LexiconKind.SPAM, sounds_alike=True) for one in forms if fold(one.text)]
    compiled = compile_lexicon(rules)
    held = heard = 0
    for text in texts:
        hits = scan(text, compiled, kinds=(LexiconKind.SPAM,))
        held += judge(check(text), hits, thresholds=NUMBERS).action is not Action.ALLOW
        heard += any(one.how is How.SOUND for one in hits)
    assert held <= len(texts) // 1_000
    assert heard <= len(texts) // 100


def test_two_thousand_characters_against_many_words_take_about_a_millisecond() -> None:
    """A loose guard; bench/guard.py has the figure."""
    compiled = lexicon(
        *{
            f"{chr(0x4E00 + n % 5000)}{chr(0x4E00 + n * 7 % 5000)}{chr(0x4E00 + n * 13 % 5000)}"
            for n in range(20_000)
        }
    )
    text = "今天的脐橙真甜，和邻居一起买划算，下次还来。" * 90
    times = []
    for _ in range(15):
        begun = time.perf_counter()
        found(text[:2000], compiled)
        times.append(time.perf_counter() - begun)
    assert median(times) < 0.010
