"""Money is divided only by `split`, which conserves the sum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.money import (
    Money,
    exponent_of,
    format_minor,
    parse_minor,
    share_in_basis_points,
    split_minor,
)

amounts = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(lambda found: sum(found) > 0)
currencies = st.sampled_from(["CNY", "USD", "JPY", "KWD"])


@pytest.mark.parametrize(
    ("total", "parts", "wanted"),
    [
        (1000, [1, 1, 1], [334, 333, 333]),  # ties go to the earlier part
        (1000, [1, 2], [333, 667]),
        (-1000, [1, 1, 1], [-334, -333, -333]),
        (1, [0, 1], [0, 1]),
        (0, [3, 4], [0, 0]),
        (5, [1], [5]),
        (2990, [4200, 2100], [1993, 997]),
    ],
)
def test_a_split_by_largest_remainder(total: int, parts: list[int], wanted: list[int]) -> None:
    assert split_minor(total, parts) == wanted


@given(amounts, weights)
def test_a_split_loses_and_invents_nothing_and_no_part_is_off_by_a_whole_unit(
    total: int, parts: list[int]
) -> None:
    shares = split_minor(total, parts)

    assert sum(shares) == total
    for share, weight in zip(shares, parts, strict=True):
        assert abs(share * sum(parts) - total * weight) < sum(parts)
        assert weight or share == 0


@given(amounts, weights)
def test_a_refund_of_a_split_is_its_mirror(total: int, parts: list[int]) -> None:
    assert split_minor(-total, parts) == [-share for share in split_minor(total, parts)]


@pytest.mark.parametrize("parts", [[], [0, 0], [1, -1], [3, -1]])
def test_weights_that_share_nothing_out_are_refused(parts: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split_minor(100, parts)


def test_amounts_of_two_currencies_never_mix() -> None:
    with pytest.raises(ValueError, match="mix"):
        _ = Money(100, "CNY") + Money(100, "USD")
    with pytest.raises(ValueError, match="mix"):
        _ = Money(100, "CNY") - Money(100, "USD")


@given(amounts, amounts, st.integers(-1000, 1000))
def test_amounts_add_up_like_integers(left: int, right: int, quantity: int) -> None:
    one, other = Money(left, "CNY"), Money(right, "CNY")

    assert (one + other) - other == one
    assert (-one + one).minor == 0
    assert one.times(quantity).minor == left * quantity
    assert sum(part.minor for part in one.split([1, 2, 3])) == left


@pytest.mark.parametrize(
    ("minor", "rate", "wanted"),
    [
        (2990, 60, 18),  # 17.94
        (10_000, 60, 60),
        (25, 200, 1),  # 0.5 goes up
        (24, 200, 0),
        (-25, 200, -1),
        (100, 0, 0),
        (100, 10_000, 100),
    ],
)
def test_a_rate_meets_money_rounded_half_up(minor: int, rate: int, wanted: int) -> None:
    assert share_in_basis_points(minor, rate) == wanted


@given(amounts, currencies)
def test_what_is_printed_can_be_read_again(minor: int, currency: str) -> None:
    assert parse_minor(format_minor(minor, currency=currency, symbol=False), currency=currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "CNY", "¥1,234.50"),
        (5, "CNY", "¥0.05"),
        (-2990, "CNY", "-¥29.90"),
        (1200, "JPY", "JP¥1,200"),
        (1234, "KWD", "KWD 1.234"),
    ],
)
def test_amounts_as_people_write_them(minor: int, currency: str, text: str) -> None:
    assert format_minor(minor, currency=currency) == text


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1,234.50", "CNY", 123450), (" 29.9 ", "CNY", 2990), ("12", "JPY", 12), ("0.005", "CNY", 1)],
)
def test_amounts_are_read_in_their_currency(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency=currency) == minor


@pytest.mark.parametrize("text", ["", "free", "NaN", "Infinity", "1.2.3", "¥12"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        parse_minor(text, currency="CNY")


def test_minor_units_follow_iso_4217() -> None:
    assert [exponent_of(name) for name in ("CNY", "JPY", "KWD")] == [2, 0, 3]
