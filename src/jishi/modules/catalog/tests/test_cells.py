from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.money import format_minor
from jishi.modules.catalog.rules.cells import (
    CellProblem,
    guarded,
    handle_from,
    read_code,
    read_flag,
    read_price,
    read_quantity,
    read_weight_grams,
    split_list,
    unguarded,
)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("36.00", 3600),
        ("36", 3600),
        ("36.5", 3650),
        (".5", 50),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("36,5", 3650),
        ("36,00", 3600),
        ("1,234", 123400),
        (" 7 ", 700),
        ("36.0000", 3600),
    ],
)
def test_a_price_is_read_in_the_notations_that_shops_write(text: str, minor: int) -> None:
    assert read_price(text, currency="CNY") == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "bad_price"),
        ("", "bad_price"),
        ("¥36", "bad_price"),
        ("1e5", "bad_price"),
        ("NaN", "bad_price"),
        ("Infinity", "bad_price"),
        ("1,23,4", "bad_price"),
        ("٣٦", "bad_price"),
        ("-5", "negative_price"),
        ("36.005", "price_too_precise"),
        ("9" * 20, "price_too_large"),
        ("9" * 400, "bad_price"),
    ],
)
def test_what_is_no_price_is_refused_and_never_rounded(text: str, code: str) -> None:
    with pytest.raises(CellProblem) as refused:
        read_price(text, currency="CNY")
    assert refused.value.code == code


def test_a_yen_has_no_smaller_part() -> None:
    assert read_price("1200", currency="JPY") == 1200
    with pytest.raises(CellProblem):
        read_price("1200.5", currency="JPY")


@given(st.integers(0, 10**12), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_a_written_price_reads_back_exactly(minor: int, currency: str) -> None:
    plain = format_minor(minor, currency=currency, symbol=False)
    assert read_price(plain.replace(",", ""), currency=currency) == minor
    assert read_price(plain, currency=currency) == minor


def test_quantities_and_weights() -> None:
    assert (read_quantity("12"), read_quantity("-1"), read_quantity("12.0")) == (12, -1, 12)
    assert (read_weight_grams("1.5", unit="kg"), read_weight_grams("1", unit="lb")) == (1500, 454)
    for text in ("1.5", "a", ""):
        with pytest.raises(CellProblem):
            read_quantity(text)
    with pytest.raises(CellProblem):
        read_weight_grams("-1")


def test_flags_are_words_not_guesses() -> None:
    assert read_flag("TRUE") and read_flag("1") and not read_flag("false")
    with pytest.raises(CellProblem):
        read_flag("maybe")


def test_lists_keep_commas_that_are_escaped_and_drop_repeats() -> None:
    assert split_list("a, b ,a,, c\\, d") == ("a", "b", "c, d")


@pytest.mark.parametrize(
    ("text", "handle"),
    [("Hello, World!", "hello-world"), ("夏季 连衣裙", "夏季-连衣裙"), ("!!!", ""), ("Ｔ恤 A_B", "t恤-a-b")],
)
def test_handles_keep_letters_of_every_script(text: str, handle: str) -> None:
    assert handle_from(text) == handle


@given(st.text(alphabet="=+-@'a1", max_size=6))
def test_guarding_a_cell_can_be_undone_and_leaves_no_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@")


def test_the_apostrophe_before_a_code_is_not_part_of_it() -> None:
    assert (read_code("'4160"), read_code("A'1"), read_code("'")) == ("4160", "A'1", "'")


def test_half_up_rounding_of_grams() -> None:
    assert read_weight_grams(str(Decimal("0.5"))) == 1
