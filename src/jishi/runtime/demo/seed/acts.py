"""What a neighbour can do, each act at its held moment, with everything that follows from it."""

import uuid
from datetime import timedelta

from jishi.flows.checkout import Delivery, SeatWish, order_items, order_seat
from jishi.flows.lifecycle import send_parcel
from jishi.flows.payment import take_outcome
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.orders.public import OrderView, order_view
from jishi.modules.payments.public import Outcome, OutcomeKind, open_payment
from jishi.modules.plays.group_buy.public import LateChoice, OfferView
from jishi.modules.sharing.public import Channel, TargetKind, record_touch, share
from jishi.runtime.demo.seed.jobs import attempt
from jishi.runtime.demo.seed.people import Neighbour

FEE_BASIS_POINTS = 60
CARRIERS = ("顺丰速运", "中通快递", "圆通速递", "京东物流")
settled: list[tuple[str, str, int, int, str, float]] = []  # for the sandbox gateway's books


def follow_link(
    visitor: Neighbour, sharer: Neighbour, *, kind: TargetKind, target_id: uuid.UUID | None
) -> None:
    link = share(by=sharer.actor, target_kind=kind, target_id=target_id, channel=Channel.LINK)
    if visitor.actor.visitor_id:
        record_touch(visitor_id=visitor.actor.visitor_id, member_id=visitor.actor.id, code=link.code)


def come_from(visitor: Neighbour, source: str) -> None:
    if visitor.actor.visitor_id:
        record_touch(visitor_id=visitor.actor.visitor_id, member_id=visitor.actor.id, source=source)


def order(buyer: Neighbour, items: list[tuple[uuid.UUID, int]]) -> uuid.UUID:
    """Raises what `order_items` raises."""
    with attempt():
        return order_items(
            items, by=buyer.actor, delivery=Delivery(address_id=buyer.address_id), expected_total_minor=None
        )


def sit_down(
    buyer: Neighbour, offer: OfferView, *, team_id: uuid.UUID | None, variant_id: uuid.UUID
) -> OrderView:
    """Order a seat and pay for it; the order as it was placed. Raises what `order_seat` raises."""
    wish = SeatWish(offer.id, team_id, variant_id, 1, LateChoice.OTHER_TEAM)
    with attempt():
        order_id = order_seat(
            wish, by=buyer.actor, delivery=Delivery(address_id=buyer.address_id), expected_total_minor=None
        )
    return pay(order_id)


def pay(order_id: uuid.UUID) -> OrderView:
    """The money arrives at the held moment. Returns the order as it was before."""
    view = order_view(order_id, by=SYSTEM)
    payment = open_payment(
        order_id=order_id,
        member_id=view.member_id,
        provider="sandbox",
        amount_minor=view.due_minor,
        currency=view.currency,
        title=view.lines[0].title,
    )
    outcome = Outcome(
        kind=OutcomeKind.SUCCEEDED,
        reference=f"SEED-{payment.id.hex}",
        amount_minor=payment.amount_minor,
        fee_minor=payment.amount_minor * FEE_BASIS_POINTS // 10_000,
        currency=payment.currency,
        at=clock.now(),
    )
    take_outcome(payment.id, outcome)
    settled.append(
        (
            str(payment.id),
            outcome.reference,
            outcome.amount_minor,
            outcome.fee_minor,
            outcome.currency,
            clock.now().timestamp(),
        )
    )
    return view


def ship(order_id: uuid.UUID, *, number: int) -> None:
    send_parcel(
        order_id,
        by=SYSTEM,
        carrier=CARRIERS[number % len(CARRIERS)],
        tracking_number=f"{['SF', 'ZT', 'YT', 'JD'][number % 4]}{1_000_000_000 + number * 7919}",
    )


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
