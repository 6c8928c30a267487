"""The last unit of a line in two cases at once; a decision against a withdrawal; and what happens when nobody locks."""

import uuid

import pytest

from jishi.flows import aftersales
from jishi.flows.lifecycle import send_parcel
from jishi.kernel.actor import Actor
from jishi.modules.aftersales.models import Case, CaseLine, UnitClaim
from jishi.modules.aftersales.operations import ask as ask_module
from jishi.modules.aftersales.operations import moves
from jishi.modules.aftersales.public import (
    Answer,
    Ask,
    CaseKind,
    CaseState,
    case_view,
    open_case,
    send_back,
    withdraw_case,
)
from jishi.modules.orders.operations import refund_parts as orders_module
from jishi.modules.orders.public import OrderView, order_view, receive_order
from jishi.modules.reviews.models import ProductScore, Review, Vote
from jishi.modules.reviews.public import NewReview, show_review, vote_helpful, write_review
from tests.world import makers
from tests.world.races import at_once, crashes, line_up, refusals, take_locks_away

pytestmark = pytest.mark.django_db(transaction=True)


def received(*, quantity: int = 1) -> tuple[Actor, OrderView]:
    buyer = makers.make_member()
    order_id = makers.buy(buyer, makers.make_product(price_minor=5_000, stock=10), quantity=quantity)
    makers.pay(buyer, order_id)
    send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number="SF1")
    receive_order(order_id, by=buyer)
    return buyer, order_view(order_id, by=buyer)


def ask(buyer: Actor, order: OrderView, *, units: int = 1) -> uuid.UUID:
    wish = Ask(CaseKind.REFUND_ONLY, "agreed_with_shop", True, {order.lines[0].id: units})
    return open_case(order.id, wish, by=buyer)


def test_two_cases_for_the_last_unit_and_one_gets_it() -> None:
    buyer, order = received()
    answers = at_once(*[lambda: ask(buyer, order)] * 4)
    assert crashes(answers) == []
    assert refusals(answers) == ["units_taken"] * 3
    assert (Case.objects.count(), UnitClaim.objects.count()) == (1, 1)


def test_without_the_lock_the_database_still_keeps_each_unit_in_one_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second guard: both have read that the unit is free, and the unique row lets one of them through."""
    buyer, order = received()
    take_locks_away(monkeypatch, orders_module, readers=2)
    answers = at_once(*[lambda: ask(buyer, order)] * 2)
    assert crashes(answers) == [] and refusals(answers) == ["units_taken"]
    assert Case.objects.count() == 1


def test_without_lock_and_guard_two_cases_have_the_same_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    buyer, order = received()
    take_locks_away(monkeypatch, orders_module, readers=2)
    monkeypatch.setattr(ask_module, "_claim_units", lambda *_: None)
    at_once(*[lambda: ask(buyer, order)] * 2)
    assert CaseLine.objects.filter(order_line_id=order.lines[0].id).count() == 2


def test_an_agent_decides_while_the_member_withdraws_and_one_of_them_is_refused() -> None:
    for _ in range(3):
        buyer, order = received()
        case_id = ask(buyer, order)
        answers = at_once(
            lambda case=case_id: aftersales.agree(case, Answer(), by=makers.OWNER),
            lambda case=case_id, who=buyer: withdraw_case(case, by=who),
        )
        assert crashes(answers) == [] and refusals(answers) == ["illegal_step"]
        state, back = (
            case_view(case_id, by=buyer).state,
            order_view(order.id, by=buyer).lines[0].refunded_minor,
        )
        assert (state, back) in ((CaseState.REFUNDING, 5_000), (CaseState.WITHDRAWN, 0))


def test_without_the_lock_a_withdrawn_case_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both have read the state before, both go on."""
    buyer, order = received()
    case_id = ask(buyer, order)
    take_locks_away(monkeypatch, moves, readers=2)
    answers = at_once(
        lambda: aftersales.agree(case_id, Answer(), by=makers.OWNER),
        lambda: withdraw_case(case_id, by=buyer),
    )
    assert refusals(answers) == [], "nobody was told"


def test_goods_accepted_twice_at_once_are_paid_and_shelved_once() -> None:
    buyer, order = received()
    line = order.lines[0].id
    wish = Ask(CaseKind.RETURN_REFUND, "no_reason", True, {line: 1})
    case_id = open_case(order.id, wish, by=buyer)
    aftersales.agree(case_id, Answer(), by=makers.OWNER)
    send_back(case_id, by=buyer, carrier="中通", tracking_number="ZT1")
    answers = at_once(*[lambda: aftersales.accept_return(case_id, by=makers.OWNER, fates={line: (1, 0)})] * 3)
    assert crashes(answers) == [] and len(refusals(answers)) == 2
    assert order_view(order.id, by=buyer).lines[0].refunded_minor == 5_000
    assert CaseLine.objects.get(case_id=case_id).restocked == 1


def test_two_cases_of_one_line_paid_at_once_never_give_more_than_was_paid() -> None:
    buyer, order = received(quantity=2)
    cases = [ask(buyer, order), ask(buyer, order)]
    answers = at_once(
        *[lambda case=case: aftersales.agree(case, Answer(), by=makers.OWNER) for case in cases]
    )
    assert crashes(answers) == [] and refusals(answers) == []
    assert order_view(order.id, by=buyer).lines[0].refundable_minor == 0


def test_one_line_reviewed_twice_at_once_has_one_review_and_votes_of_a_crowd_all_count() -> None:
    buyer, order = received()
    new = NewReview(order.id, order.lines[0].id, 5, "好")
    answers = at_once(*[lambda: write_review(new, by=buyer)] * 3)
    assert crashes(answers) == [] and refusals(answers) == ["already_reviewed"] * 2
    review = Review.objects.get()
    show_review(review.id, by=makers.OWNER)
    crowd = [makers.make_member() for _ in range(4)]
    answers = at_once(*[lambda who=who: vote_helpful(review.id, by=who) for who in [*crowd, *crowd]])
    assert crashes(answers) == []
    assert Review.objects.get().helpful_count == Vote.objects.count() == 4
    assert ProductScore.objects.get().count == 1


def test_votes_counted_without_the_lock_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the counter: read, add, write back."""
    buyer, order = received()
    write_review(NewReview(order.id, order.lines[0].id, 5, "好"), by=buyer)
    wait = line_up(2)

    def vote_naively() -> None:
        seen = Review.objects.get()
        wait()
        Review.objects.filter(id=seen.id).update(helpful_count=seen.helpful_count + 1)

    at_once(vote_naively, vote_naively)
    assert Review.objects.get().helpful_count == 1, "two votes, one is lost"
