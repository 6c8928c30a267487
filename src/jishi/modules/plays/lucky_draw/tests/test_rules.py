"""Rolls, odds, ranks and seals (docs/algorithms/lucky-draw.md)."""

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.proof import digest_of
from jishi.modules.plays.lucky_draw import rules
from jishi.modules.plays.lucky_draw.errors import BadDraw, PrizeTooBig
from jishi.modules.plays.lucky_draw.types import DrawMode, DrawTerms, PrizeForm, PrizeKind, PrizeView

SEED = "0123456789abcdef" * 4
CAP = 5_000_000
FORMS = (
    PrizeForm(name="大奖", kind=PrizeKind.MONEY, stock=10, odds_bp=100, amount_minor=8_800),
    PrizeForm(name="小奖", kind=PrizeKind.MONEY, stock=500, odds_bp=900, amount_minor=200),
)
TERMS = DrawTerms(mode=DrawMode.INSTANT, prizes=FORMS, check_in_daily=1)


def view(
    name: str, odds: int, *, kind: PrizeKind = PrizeKind.MONEY, amount: int = 100, least: int = 0
) -> PrizeView:
    is_last = kind is PrizeKind.NOTHING
    return PrizeView(
        id=uuid.uuid5(uuid.NAMESPACE_OID, name),
        name=name,
        kind=kind,
        odds_bp=odds,
        stock=None if is_last else 10,
        won_count=0,
        amount_minor=0 if is_last else amount,
        min_minor=least,
        variant_id=None,
        value_minor=0,
        is_consolation=is_last,
    )


TABLE = (view("大奖", 100), view("小奖", 900), view("谢谢参与", 9_000, kind=PrizeKind.NOTHING))


@pytest.mark.parametrize(
    ("ticket_no", "words", "roll", "prize"),
    [(1, "苏", 1889, "谢谢参与"), (2, "lucky", 263, "小奖"), (3, "", 2157, "谢谢参与")],
)
def test_the_rolls_of_the_page(ticket_no: int, words: str, roll: int, prize: str) -> None:
    assert rules.roll_of(seed=SEED, ticket_no=ticket_no, client_seed=words) == roll
    assert rules.prize_at(TABLE, roll).name == prize


@pytest.mark.parametrize(
    ("roll", "name"),
    [(0, "大奖"), (99, "大奖"), (100, "小奖"), (999, "小奖"), (1000, "谢谢参与"), (9999, "谢谢参与")],
)
def test_slices_begin_and_end_where_the_table_says(roll: int, name: str) -> None:
    assert rules.prize_at(TABLE, roll).name == name


def test_ten_thousand_spins_come_out_as_published() -> None:
    """Chi-square over the three slices, 2 degrees of freedom: 13.82 is passed once in a thousand; the seed is fixed."""
    spins = 10_000
    counts = dict.fromkeys((prize.name for prize in TABLE), 0)
    for number in range(1, spins + 1):
        roll = rules.roll_of(seed=SEED, ticket_no=number, client_seed=f"member {number % 7}")
        counts[rules.prize_at(TABLE, roll).name] += 1
    expected = {prize.name: spins * prize.odds_bp / 10_000 for prize in TABLE}
    assert sum((counts[name] - want) ** 2 / want for name, want in expected.items()) < 13.82


@given(least=st.integers(1, 500), span=st.integers(0, 500), ticket_no=st.integers(1, 10**6))
def test_a_red_packet_prize_pays_between_its_limits(least: int, span: int, ticket_no: int) -> None:
    prize = view("红包", 1, kind=PrizeKind.RED_PACKET, amount=least + span, least=least)
    assert least <= rules.amount_of(prize, seed=SEED, ticket_no=ticket_no) <= least + span


def test_fixed_money_is_fixed_and_the_packet_of_the_page_is_what_it_says() -> None:
    assert rules.amount_of(TABLE[0], seed=SEED, ticket_no=2) == 100
    packet = view("红包", 1, kind=PrizeKind.RED_PACKET, amount=500, least=100)
    assert rules.amount_of(packet, seed=SEED, ticket_no=2) == 102


def test_the_final_draw_of_the_page() -> None:
    people = {number: uuid.UUID(int=number) for number in range(1, 6)}
    tickets = list(people.items())
    order = [number for number, _ in rules.rank_tickets(tickets, seed=SEED, places=5)]
    assert order == [3, 1, 5, 4, 2]
    shared = [(number, people[3] if number == 1 else person) for number, person in tickets]
    assert [number for number, _ in rules.rank_tickets(shared, seed=SEED, places=2)] == [3, 5]


@given(st.lists(st.integers(0, 8), max_size=60), st.integers(0, 20))
def test_nobody_wins_a_final_draw_twice_and_no_place_stays_empty(owners: list[int], places: int) -> None:
    tickets = [(number, uuid.UUID(int=owner)) for number, owner in enumerate(owners, start=1)]
    winners = rules.rank_tickets(tickets, seed=SEED, places=places)
    people = [person for _, person in winners]
    assert len(people) == len(set(people)) == min(places, len(set(owners)))
    ranks = [digest_of(SEED, f"ticket:{number}") for number, _ in winners]
    assert ranks == sorted(ranks)


def test_every_ticket_has_the_same_chance_in_a_final_draw() -> None:
    """3,000 seeds, 6 tickets, one prize: chi-square with 5 degrees of freedom stays below 20.52 (1 in 1,000)."""
    tickets = [(number, uuid.UUID(int=number)) for number in range(1, 7)]
    counts = [0] * 6
    for run in range(3_000):
        winner = rules.rank_tickets(tickets, seed=digest_of(SEED, f"run:{run}"), places=1)[0][0]
        counts[winner - 1] += 1
    assert sum((count - 500) ** 2 / 500 for count in counts) < 20.52


def test_the_seal_names_seed_and_table() -> None:
    text = rules.sealed_text(seed=SEED, draw_id=uuid.UUID(int=1), mode=DrawMode.INSTANT, prizes=TABLE)
    seed, _, table = text.partition(":")
    read = json.loads(table)
    assert seed == SEED and " " not in table
    assert [(prize["name"], prize["odds"], prize["stock"]) for prize in read["prizes"]] == [
        ("大奖", 100, 10),
        ("小奖", 900, 10),
        ("谢谢参与", 9_000, None),
    ]


@pytest.mark.parametrize(
    ("text", "clean"),
    [(" 苏 ", "苏"), ("a:b", "ab"), ("a\nb", "ab"), ("x" * 40, "x" * 32), ("", ""), ("=1+1", "1+1")],
)
def test_the_members_words_are_one_line_without_colons(text: str, clean: str) -> None:
    assert rules.clean_client_seed(text) == clean


@pytest.mark.parametrize(
    ("tickets", "cost"),
    [(0, 0), (1_000, 106_000), (10**6, 10 * 8_800 + 500 * 200), (1, 106)],
)
def test_the_expected_cost_of_the_page(tickets: int, cost: int) -> None:
    assert rules.expected_cost_minor(TERMS, tickets=tickets) == cost


def bad(change: dict[str, Any], prize: dict[str, Any] | None = None) -> DrawTerms:
    prizes = (replace(FORMS[0], **prize), FORMS[1]) if prize else FORMS
    return replace(TERMS, prizes=prizes, **change)


@pytest.mark.parametrize(
    ("change", "prize", "field"),
    [
        ({}, {"name": " "}, "prizes"),
        ({}, {"stock": 0}, "prizes"),
        ({}, {"odds_bp": 0}, "prizes"),
        ({}, {"odds_bp": 9_101}, "prizes"),
        ({}, {"kind": PrizeKind.NOTHING}, "prizes"),
        ({}, {"amount_minor": 0}, "prizes"),
        ({}, {"kind": PrizeKind.PRODUCT, "value_minor": 5}, "prizes"),
        ({}, {"kind": PrizeKind.RED_PACKET, "min_minor": 8_801}, "prizes"),
        ({"mode": DrawMode.FINAL}, {"stock": 1_501}, "prizes"),
        ({"check_in_daily": 0}, None, "order_daily"),
        ({"check_in_daily": 2}, None, "order_daily"),
        ({"order_min_minor": -1}, None, "order_min_minor"),
        ({"consolation": " "}, None, "consolation"),
    ],
)
def test_wrong_terms_are_refused_by_field(
    change: dict[str, Any], prize: dict[str, Any] | None, field: str
) -> None:
    with pytest.raises(BadDraw) as refusal:
        rules.check_draw(bad(change, prize), budget_minor=None, value_max_minor=CAP, currency="CNY")
    assert refusal.value.facts["field"] == field


def test_the_legal_cap_and_the_budget() -> None:
    dear = bad({}, {"amount_minor": CAP + 1})
    with pytest.raises(PrizeTooBig) as refusal:
        rules.check_draw(dear, budget_minor=None, value_max_minor=CAP, currency="CNY")
    assert refusal.value.facts["limit"] == "¥50,000.00"
    rules.check_draw(bad({}, {"amount_minor": CAP}), budget_minor=None, value_max_minor=CAP, currency="CNY")
    with pytest.raises(BadDraw) as poor:
        rules.check_draw(TERMS, budget_minor=TERMS.cost_minor - 1, value_max_minor=CAP, currency="CNY")
    assert poor.value.facts["field"] == "budget_minor"
