"""After-sales from the ask to the money, the shelf or the replacement; docs/algorithms/after-sales.md."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from jishi.flows import aftersales
from jishi.flows.checkout import Delivery, order_items
from jishi.flows.lifecycle import send_parcel
from jishi.flows.refunds import refund_parts
from jishi.flows.tasks import sweep_cases
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import IllegalStep, NotAllowed, NotFound
from jishi.modules.aftersales.models import UnitClaim
from jishi.modules.aftersales.public import (
    Answer,
    Ask,
    CaseKind,
    CaseState,
    CaseView,
    TooMuchAsked,
    UnitsTaken,
    WordsNeeded,
    case_view,
    escalate_case,
    evidence_path,
    note_arrival,
    open_case,
    refuse_case,
    say,
    send_back,
    withdraw_case,
)
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.messaging.public import notices_of
from jishi.modules.orders.public import OrderState, OrderView, RefundWish, order_view, receive_order
from jishi.modules.wallet.public import own_balance_minor
from tests.world import makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)
K, S = CaseKind, CaseState


def bought(
    *, quantity: int = 2, received: bool = True, shipped: bool = True, price_minor: int = 5_000
) -> tuple[Actor, OrderView]:
    buyer = makers.make_member()
    order_id = makers.buy(buyer, makers.make_product(price_minor=price_minor, stock=10), quantity=quantity)
    makers.pay(buyer, order_id)
    if shipped:
        send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number="SF1")
    if shipped and received:
        receive_order(order_id, by=buyer)
    return buyer, order_view(order_id, by=buyer)


def ask(
    buyer: Actor,
    order: OrderView,
    kind: CaseKind = K.RETURN_REFUND,
    *,
    units: int = 1,
    reason: str = "no_reason",
    has_goods: bool = True,
    **more: Any,
) -> uuid.UUID:
    wish = Ask(kind, reason, has_goods, {order.lines[0].id: units}, **more)
    return open_case(order.id, wish, by=buyer)


def returned(buyer: Actor, case_id: uuid.UUID, *, laid_out: int = 0) -> CaseView:
    aftersales.agree(case_id, Answer(), by=makers.OWNER)
    return send_back(case_id, by=buyer, carrier="中通", tracking_number="ZT9", laid_out_minor=laid_out)


def test_a_return_goes_from_the_ask_to_the_money_and_the_shelf() -> None:
    buyer, order = bought()
    line = order.lines[0]
    case_id = ask(buyer, order)
    assert returned(buyer, case_id).state is S.RETURNING
    note_arrival(case_id, by=makers.OWNER)
    shelf = sellable_by_variant([line.variant_id])[line.variant_id]

    aftersales.accept_return(case_id, by=makers.OWNER, fates={line.id: (1, 0)})
    run_jobs()

    done = case_view(case_id, by=buyer)
    assert (done.state, done.paid_minor) == (S.DONE, 5_000)
    assert sellable_by_variant([line.variant_id])[line.variant_id] == shelf + 1
    after = order_view(order.id, by=buyer)
    assert (after.refunded_minor, after.lines[0].refunded_quantity, after.state) == (
        5_000,
        1,
        OrderState.RECEIVED,
    )
    kinds = [notice.kind for notice in notices_of(by=buyer)]
    assert {"case_return", "case_agreed", "case_done", "order_refunded"} <= set(kinds)


def test_what_is_written_off_does_not_come_back_on_sale() -> None:
    buyer, order = bought()
    line = order.lines[0]
    case_id = ask(buyer, order, units=2)
    returned(buyer, case_id)
    shelf = sellable_by_variant([line.variant_id])[line.variant_id]
    aftersales.accept_return(case_id, by=makers.OWNER, fates={line.id: (1, 1)})
    assert sellable_by_variant([line.variant_id])[line.variant_id] == shelf + 1


def test_the_shop_pays_the_parcel_back_when_it_is_at_fault_up_to_the_cap() -> None:
    buyer, order = bought()
    case_id = ask(buyer, order, reason="damaged", evidence=("a.webp",))
    assert returned(buyer, case_id, laid_out=1_800).return_freight_minor == 1_500
    aftersales.accept_return(case_id, by=makers.OWNER, fates={})
    assert own_balance_minor(by=buyer, currency="CNY") == 1_500


def test_part_of_the_price_goes_back_and_the_goods_stay() -> None:
    buyer, order = bought()
    line = order.lines[0]
    case_id = ask(
        buyer, order, K.REFUND_ONLY, reason="quality", amounts={line.id: 2_000}, evidence=("a.webp",)
    )
    aftersales.agree(case_id, Answer(), by=makers.OWNER)
    run_jobs()
    after = order_view(order.id, by=buyer).lines[0]
    assert (after.refunded_minor, after.cut_minor, after.refunded_quantity) == (2_000, 2_000, 0)
    assert UnitClaim.objects.count() == 0, "the goods may be brought back later"
    with pytest.raises(TooMuchAsked):
        ask(buyer, order, units=2, amounts={line.id: 8_001})


def test_units_that_were_not_shipped_go_back_on_sale_and_the_freight_goes_back_with_the_last() -> None:
    buyer, order = bought(shipped=False)
    line = order.lines[0]
    one = ask(buyer, order, K.REFUND_ONLY, reason="changed_mind", has_goods=False)
    aftersales.agree(one, Answer(), by=makers.OWNER)
    assert sellable_by_variant([line.variant_id])[line.variant_id] == 9
    two = ask(buyer, order, K.REFUND_ONLY, reason="changed_mind", has_goods=False)
    assert case_view(two, by=buyer).freight_minor == order.shipping_minor
    aftersales.agree(two, Answer(), by=makers.OWNER)
    run_jobs()
    after = order_view(order.id, by=buyer)
    assert (after.state, after.refunded_minor) == (OrderState.REFUNDED, after.paid_minor)
    assert sellable_by_variant([line.variant_id])[line.variant_id] == 10


def test_a_lower_offer_waits_for_the_member_who_may_take_it() -> None:
    buyer, order = bought()
    line = order.lines[0]
    case_id = ask(buyer, order, K.REFUND_ONLY, reason="quality", evidence=("a.webp",))
    with pytest.raises(WordsNeeded):
        aftersales.agree(case_id, Answer(amounts={line.id: 1_000}), by=makers.OWNER)
    aftersales.agree(case_id, Answer("坏了两个", {line.id: 1_000}), by=makers.OWNER)
    assert case_view(case_id, by=buyer).state is S.OFFERED
    aftersales.take_offer(case_id, by=buyer)
    run_jobs()
    assert order_view(order.id, by=buyer).refunded_minor == 1_000


def test_a_no_with_its_reason_can_be_taken_to_the_platform() -> None:
    buyer, order = bought()
    case_id = ask(buyer, order, K.REFUND_ONLY, reason="quality", evidence=("a.webp",))
    with pytest.raises(WordsNeeded):
        refuse_case(case_id, by=makers.OWNER, words=" ")
    refuse_case(case_id, by=makers.OWNER, words="照片看不出问题")
    assert case_view(case_id, by=buyer).answer_words == "照片看不出问题"
    escalate_case(case_id, by=buyer, words="请看第二张照片")
    aftersales.agree(case_id, Answer("支持买家"), by=makers.OWNER)
    run_jobs()
    assert case_view(case_id, by=buyer).state is S.DONE
    assert order_view(order.id, by=buyer).refunded_minor == 5_000


def test_an_exchange_ships_a_replacement_for_nothing_and_the_unit_can_be_brought_back_again() -> None:
    buyer, order = bought(quantity=1)
    case_id = ask(buyer, order, K.EXCHANGE, reason="wrong_size")
    returned(buyer, case_id)
    done = aftersales.accept_return(case_id, by=makers.OWNER, fates={order.lines[0].id: (1, 0)})
    assert done.state is S.REPLACING and done.replacement_id is not None
    replacement = order_view(done.replacement_id, by=buyer)
    assert (replacement.state, replacement.total_minor) == (OrderState.PAID, 0)
    send_parcel(replacement.id, by=makers.OWNER, carrier="顺丰", tracking_number="SF2")
    run_jobs()
    assert case_view(case_id, by=buyer).state is S.DONE
    assert ask(buyer, order), "the first order's unit is free for another case"


def test_a_complaint_can_end_with_words_or_with_money() -> None:
    buyer, order = bought()
    words = ask(buyer, order, K.COMPLAINT, reason="service", words="客服没人理")
    aftersales.agree(words, Answer("向你道歉"), by=makers.OWNER)
    assert case_view(words, by=buyer).state is S.DONE
    money = ask(
        buyer, order, K.COMPLAINT, reason="service", words="又没人理", amounts={order.lines[0].id: 500}
    )
    aftersales.agree(money, Answer(), by=makers.OWNER)
    run_jobs()
    assert order_view(order.id, by=buyer).refunded_minor == 500


@pytest.mark.parametrize(
    ("kind", "reason", "after"),
    [
        (K.REFUND_ONLY, "agreed_with_shop", S.DONE),
        (K.RETURN_REFUND, "no_reason", S.AWAITING_RETURN),
        (K.EXCHANGE, "wrong_size", S.AWAITING_RETURN),
        (K.COMPLAINT, "service", S.PLATFORM_REVIEW),
    ],
)
def test_what_48_hours_without_an_answer_do(kind: CaseKind, reason: str, after: CaseState) -> None:
    buyer, order = bought()
    case_id = ask(buyer, order, kind, reason=reason, words="等了很久")
    with clock.held_at(clock.now() + timedelta(hours=47, minutes=59)):
        sweep_cases(timestamp=0)
        run_jobs()
        assert case_view(case_id, by=buyer).state is S.ASKED
    with clock.held_at(clock.now() + timedelta(hours=48, minutes=1)):
        sweep_cases(timestamp=0)
        run_jobs()
    assert case_view(case_id, by=buyer).state is after


def test_a_parcel_that_nobody_inspects_is_refunded_and_one_that_never_leaves_closes() -> None:
    buyer, order = bought()
    sent, kept = ask(buyer, order), ask(buyer, order)
    returned(buyer, sent)
    aftersales.agree(kept, Answer(), by=makers.OWNER)
    with clock.held_at(clock.now() + timedelta(days=7, minutes=1)):
        sweep_cases(timestamp=0)
        run_jobs()
    assert (case_view(kept, by=buyer).state, case_view(sent, by=buyer).state) == (S.CLOSED, S.RETURNING)
    with clock.held_at(clock.now() + timedelta(days=10, minutes=1)):
        sweep_cases(timestamp=0)
        run_jobs()
    assert case_view(sent, by=buyer).state is S.DONE


def test_a_refusal_stands_after_seven_days_and_a_platform_case_is_never_decided_by_time() -> None:
    buyer, order = bought()
    refused, escalated = ask(buyer, order), ask(buyer, order)
    for case_id in (refused, escalated):
        refuse_case(case_id, by=makers.OWNER, words="已使用")
    escalate_case(escalated, by=buyer, words="没有用过")
    with clock.held_at(clock.now() + timedelta(days=60)):
        sweep_cases(timestamp=0)
        run_jobs()
    assert case_view(refused, by=buyer).state is S.CLOSED
    assert case_view(escalated, by=buyer).state is S.PLATFORM_REVIEW


def test_units_in_a_case_are_not_free_until_it_ends() -> None:
    buyer, order = bought()
    first = ask(buyer, order, units=2)
    with pytest.raises(UnitsTaken):
        ask(buyer, order)
    withdraw_case(first, by=buyer)
    assert ask(buyer, order, units=2)


def test_money_that_went_back_another_way_is_not_given_twice() -> None:
    buyer, order = bought(quantity=1)
    case_id = ask(buyer, order, K.REFUND_ONLY, reason="agreed_with_shop")
    refund_parts(order.id, reason="goodwill", wish=RefundWish(amounts_by_line={order.lines[0].id: 4_000}))
    aftersales.agree(case_id, Answer(), by=makers.OWNER)
    run_jobs()
    assert case_view(case_id, by=buyer).paid_minor == 1_000
    assert order_view(order.id, by=buyer).lines[0].refundable_minor == 0


def test_strangers_see_nothing_and_staff_without_the_permission_decide_nothing() -> None:
    buyer, order = bought()
    stranger, reader = makers.make_member(), makers.make_member(role="read_only")
    case_id = ask(buyer, order, reason="damaged", evidence=("a.webp",))
    picture = case_view(case_id, by=reader).evidence[0].id
    assert evidence_path(picture, by=buyer) == "a.webp"
    for act in (
        lambda: case_view(case_id, by=stranger),
        lambda: evidence_path(picture, by=stranger),
        lambda: withdraw_case(case_id, by=stranger),
        lambda: say(case_id, by=reader, text="?"),
    ):
        with pytest.raises(NotFound):
            act()
    for act in (
        lambda: aftersales.agree(case_id, Answer(), by=reader),
        lambda: refuse_case(case_id, by=reader, words="不"),
        lambda: aftersales.sort_returned(case_id, by=reader, fates={}),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_second_decision_is_refused_and_changes_nothing() -> None:
    buyer, order = bought()
    case_id = ask(buyer, order)
    withdraw_case(case_id, by=buyer)
    with pytest.raises(IllegalStep):
        aftersales.agree(case_id, Answer(), by=makers.OWNER)
    assert order_view(order.id, by=buyer).refunded_minor == 0


def test_a_return_after_a_team_succeeded_leaves_the_team_whole() -> None:
    from jishi.modules.plays.group_buy.public import TeamState, team_view

    offer = makers.make_offer(makers.make_product(stock=10), team_size=2)
    leader, friend = makers.make_member(), makers.make_member()
    first = makers.take_seat(leader, offer)
    makers.pay(leader, first)
    team_id = order_view(first, by=leader).team_id
    makers.pay(friend, makers.take_seat(friend, offer, team_id=team_id))
    send_parcel(first, by=makers.OWNER, carrier="顺丰", tracking_number="SF3")
    receive_order(first, by=leader)
    order = order_view(first, by=leader)
    case_id = ask(leader, order)
    returned(leader, case_id)
    aftersales.accept_return(case_id, by=makers.OWNER, fates={})
    run_jobs()
    assert team_id is not None
    team = team_view(team_id)
    assert (team.state, team.paid_count) == (TeamState.SUCCEEDED, 2)
    assert order_view(first, by=leader).state is not OrderState.RECEIVED or order.shipping_minor


def test_delivery_of_an_exchange_is_free_of_any_address_question() -> None:
    buyer = makers.make_member()
    variant = makers.make_product(stock=1)
    delivery = Delivery(address_id=makers.make_address(buyer))
    order_id = order_items([(variant, 1)], by=buyer, delivery=delivery, expected_total_minor=None)
    makers.pay(buyer, order_id)
    send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number="SF4")
    receive_order(order_id, by=buyer)
    order = order_view(order_id, by=buyer)
    case_id = ask(buyer, order, K.EXCHANGE, reason="wrong_size")
    returned(buyer, case_id)
    # nothing is left to send: time alone postpones instead of deciding
    with clock.held_at(clock.now() + timedelta(days=10, minutes=1)):
        assert aftersales.expire(case_id) is False
        assert case_view(case_id, by=buyer).state is S.RETURNING
    aftersales.sort_returned(case_id, by=makers.OWNER, fates={order.lines[0].id: (1, 0)})
    done = aftersales.accept_return(case_id, by=makers.OWNER, fates={})
    assert done.replacement_id is not None
    assert order_view(done.replacement_id, by=buyer).address == order.address
