"""One ticket spun twice, the last prize, numbers without gaps."""

import uuid

import pytest
from django.db import IntegrityError

from jishi.modules.ledger.public import trial_balance
from jishi.modules.plays.lucky_draw.models import Ticket
from jishi.modules.plays.lucky_draw.operations import spin as spinning
from jishi.modules.plays.lucky_draw.public import (
    Cause,
    PrizeForm,
    PrizeKind,
    check_in,
    draw_view,
    earn_tickets,
    spin_ticket,
    tickets_for_proof,
    winners_of,
)
from jishi.modules.wallet.public import balance_minor
from tests.world import makers
from tests.world.luck import earn, make_draw
from tests.world.races import at_once, crashes, line_up, refusals

pytestmark = pytest.mark.django_db(transaction=True)
SURE = (PrizeForm(name="头奖", kind=PrizeKind.MONEY, stock=1, odds_bp=10_000, amount_minor=100),)


def test_without_the_conditional_write_one_ticket_is_spun_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the state is read, then written, and neither ledger nor pool stands behind it. Two spins are counted."""
    draw = make_draw()
    member = makers.make_member()
    ticket = earn(draw.id, member)
    both_have_read = line_up(2)

    def read_then_write(ticket_id: uuid.UUID, *, client_seed: str) -> bool:
        is_earned = Ticket.objects.get(id=ticket_id).state == "earned"
        both_have_read()
        Ticket.objects.filter(id=ticket_id).update(state="spun", client_seed=client_seed)
        return is_earned

    monkeypatch.setattr(spinning, "mark_spun", read_then_write)
    monkeypatch.setattr(spinning, "hand_over", lambda *_values, **_more: None)
    monkeypatch.setattr(spinning, "claim_prize", lambda *_values, **_more: True)

    answers = at_once(*[lambda w=w: spin_ticket(ticket.id, by=member, client_seed=w) for w in ("a", "b")])

    assert (refusals(answers), crashes(answers)) == ([], [])
    assert draw_view(draw.id).spin_count == 2, "one ticket, two spins"


def test_one_ticket_on_six_phones_is_spun_once() -> None:
    draw = make_draw(prizes=SURE)
    member = makers.make_member()
    ticket = earn(draw.id, member)

    answers = at_once(*[lambda n=n: spin_ticket(ticket.id, by=member, client_seed=f"w{n}") for n in range(6)])

    assert (refusals(answers), crashes(answers)) == ([], [])
    assert len({(answer.roll, answer.client_seed) for answer in answers}) == 1  # type: ignore[attr-defined]
    assert draw_view(draw.id).spin_count == 1
    assert balance_minor(member.id, currency="CNY") == 100


def test_without_the_pool_the_last_prize_is_won_by_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody asks the pool. Only the check on the prize's own count is left, and it crashes."""
    draw = make_draw(prizes=SURE)
    people = [makers.make_member() for _ in range(3)]
    tickets = [earn(draw.id, person) for person in people]
    monkeypatch.setattr(spinning, "claim_prize", lambda prize, *, ticket: True)

    answers = at_once(
        *[
            lambda p=p, t=t: spin_ticket(t.id, by=p, client_seed="x")
            for p, t in zip(people, tickets, strict=True)
        ]
    )

    assert [type(error) for error in crashes(answers)] == [IntegrityError] * 2


def test_sixteen_phones_and_one_prize() -> None:
    draw = make_draw(prizes=SURE)
    people = [makers.make_member() for _ in range(16)]
    tickets = [earn(draw.id, person) for person in people]

    answers = at_once(
        *[
            lambda p=p, t=t: spin_ticket(t.id, by=p, client_seed="x")
            for p, t in zip(people, tickets, strict=True)
        ]
    )

    assert (refusals(answers), crashes(answers)) == ([], [])
    assert len(winners_of(draw.id)) == 1
    assert sum(balance_minor(person.id, currency="CNY") for person in people) == 100
    spins = sorted(ticket.spin_no or 0 for ticket in tickets_for_proof(draw.id))
    assert spins == list(range(1, 17))
    first = min(tickets_for_proof(draw.id), key=lambda ticket: ticket.spin_no or 0)
    assert first.amount_minor == 100, "the first spin has the prize, so a reader can replay the stock"
    assert trial_balance(unit="CNY") == 0


def test_numbers_have_no_gaps_though_the_same_cause_comes_many_times_at_once() -> None:
    draw = make_draw()
    people = [makers.make_member() for _ in range(4)]
    acts = [
        lambda p=p: earn_tickets(p.require_member(), cause=Cause.ORDER, key=f"{p.id}", amount_minor=10**6)
        for p in people
        for _ in range(3)
    ]

    answers = at_once(*acts)

    assert crashes(answers) == []
    assert [ticket.ticket_no for ticket in tickets_for_proof(draw.id)] == [1, 2, 3, 4]
    assert draw_view(draw.id).ticket_count == 4


def test_a_check_in_from_five_phones_is_one_ticket() -> None:
    draw = make_draw()
    member = makers.make_member()

    answers = at_once(*[lambda: check_in(draw.id, by=member) for _ in range(5)])

    assert (refusals(answers), crashes(answers)) == (["already_checked_in"] * 4, [])
    assert draw_view(draw.id).ticket_count == 1
