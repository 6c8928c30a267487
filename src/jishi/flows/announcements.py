"""Telling members what happened to their orders and teams, once per fact."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.flows.books import WALLET
from jishi.kernel.errors import NotFound
from jishi.kernel.fact import RecordedFact
from jishi.kernel.money import format_minor
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.messaging.public import notify
from jishi.modules.payments.public import refund_view
from jishi.modules.plays.bargain.public import offer_view
from jishi.modules.plays.group_buy.public import team_view


def announce_payment(fact: RecordedFact) -> None:
    _about_order(
        fact, "order_paid", total=format_minor(fact.payload["total_minor"], currency=fact.payload["currency"])
    )


def announce_parcel(fact: RecordedFact) -> None:
    _about_order(
        fact,
        "order_shipped",
        carrier=fact.payload["carrier"],
        tracking_number=fact.payload["tracking_number"],
    )


def announce_refund(fact: RecordedFact) -> None:
    """Where the money went: back the way it came, or into the member's wallet."""
    try:
        to_wallet = refund_view(uuid.UUID(fact.payload["refund_id"])).provider == WALLET
    except NotFound:
        to_wallet = True  # nothing of it came from a provider
    _about_order(
        fact,
        "order_refunded_to_wallet" if to_wallet else "order_refunded",
        amount=format_minor(fact.payload["amount_minor"], currency=fact.payload["currency"]),
    )


def announce_cancellation(fact: RecordedFact) -> None:
    _about_order(fact, "order_cancelled")


def announce_team_formed(fact: RecordedFact) -> None:
    team = team_view(uuid.UUID(fact.payload["team_id"]))
    notify(
        member_id=team.leader_id,
        kind="team_formed",
        key=f"{fact.id}",
        facts={"missing": team.missing_count},
        link=f"/t/{team.id}/",
    )


def announce_team_nearly_full(fact: RecordedFact) -> None:
    """To everybody who sits there: one more friend, and it is done."""
    for member in fact.payload["member_ids"]:
        notify(
            member_id=uuid.UUID(member),
            kind="team_nearly_full",
            key=f"{fact.id}:{member}",
            facts={"missing": fact.payload["missing_count"]},
            link=f"/t/{fact.payload['team_id']}/",
        )


def announce_team_success(fact: RecordedFact) -> None:
    by_merchant = fact.payload["is_merchant_completed"]
    _about_team(
        fact,
        "team_succeeded_by_merchant" if by_merchant else "team_succeeded",
        [uuid.UUID(member) for member in fact.payload["member_ids"]],
    )


def announce_team_failure(fact: RecordedFact) -> None:
    team = team_view(uuid.UUID(fact.payload["team_id"]))
    paid = set(fact.payload["paid_order_ids"])
    _about_team(fact, "team_failed", [seat.member_id for seat in team.seats if str(seat.order_id) in paid])


def announce_packet_ending(fact: RecordedFact) -> None:
    notify(
        member_id=uuid.UUID(fact.payload["sender_id"]),
        kind="packet_ending",
        key=f"{fact.id}",
        facts={"left": fact.payload["left_count"]},
        link=f"/h/{fact.payload['packet_id']}/",
    )


def announce_packet_ended(fact: RecordedFact) -> None:
    """To who has sent it; the shop's own packets are read in the console."""
    sender = fact.payload["sender_id"]
    if sender is None:
        return
    currency = fact.payload["currency"]
    notify(
        member_id=uuid.UUID(sender),
        kind="packet_ended",
        key=f"{fact.id}",
        facts={
            "count": fact.payload["opened_count"],
            "opened": format_minor(fact.payload["opened_minor"], currency=currency),
            "returned": format_minor(fact.payload["returned_minor"], currency=currency),
        },
        link=f"/h/{fact.payload['packet_id']}/",
    )


def announce_prize(fact: RecordedFact) -> None:
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind="prize_won",
        key=f"{fact.id}",
        facts={"number": fact.payload["ticket_no"], "prize": fact.payload["prize_name"]},
        link=f"/d/{fact.payload['draw_id']}/",
    )


def _about_order(fact: RecordedFact, kind: str, **facts: str) -> None:
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind=kind,
        key=f"{fact.id}",
        facts={"number": fact.payload.get("number", ""), **facts},
        link=f"/orders/{fact.payload['order_id']}/",
    )


def _about_team(fact: RecordedFact, kind: str, member_ids: list[uuid.UUID]) -> None:
    team = team_view(uuid.UUID(fact.payload["team_id"]))
    card = cards_by_ids([team.product_id]).get(team.product_id)
    for member_id in member_ids:
        notify(
            member_id=member_id,
            kind=kind,
            key=f"{fact.id}:{member_id}",
            facts={"title": card.title if card else ""},
            link=f"/t/{team.id}/",
        )


def announce_coupon_expiring(fact: RecordedFact) -> None:
    """coupon_expiring: tomorrow it is gone."""
    ends = datetime.fromisoformat(fact.payload["expires_at"]).astimezone(ZoneInfo(settings.TIME_ZONE))
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind="coupon_expiring",
        key=f"{fact.id}",
        facts={"label": fact.payload["label"], "at": f"{ends:%m-%d %H:%M}"},
        link="/me/coupons/",
    )


def announce_help(fact: RecordedFact) -> None:
    """To who bargains: somebody has cut, and how many cuts are left."""
    payload = fact.payload
    offer = offer_view(uuid.UUID(payload["offer_id"]))
    amount = format_minor(payload["amount_minor"], currency=offer.play.currency)
    notify(
        member_id=uuid.UUID(payload["member_id"]),
        kind="bargain_at_floor" if payload["slots_left"] == 0 else "bargain_helped",
        key=f"{fact.id}",
        facts={"amount": amount, "left": payload["slots_left"]},
        link=f"/b/{payload['bargain_id']}/",
    )


def announce_bargain_expired(fact: RecordedFact) -> None:
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind="bargain_expired",
        key=f"{fact.id}",
        facts={},
        link=f"/b/{fact.payload['bargain_id']}/",
    )


def announce_expiring_points(fact: RecordedFact) -> None:
    payload = fact.payload
    notify(
        member_id=uuid.UUID(payload["member_id"]),
        kind="points_expiring",
        key=f"{fact.id}",
        facts={"points": payload["points"], "day": _local_day(payload["expires_at"])},
        link="/me/points/",
    )


def announce_tier(fact: RecordedFact) -> None:
    """Risen or fallen."""
    has_risen = fact.name == "loyalty.tier_risen.v1"
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind="tier_risen" if has_risen else "tier_fallen",
        key=f"{fact.id}",
        facts={"tier": fact.payload["tier_name"]},
        link="/me/tier/",
    )


def announce_tier_warning(fact: RecordedFact) -> None:
    payload = fact.payload
    notify(
        member_id=uuid.UUID(payload["member_id"]),
        kind="tier_will_fall",
        key=f"{fact.id}",
        facts={
            "tier": payload["tier_name"],
            "missing": payload["missing"],
            "day": _local_day(payload["falls_at"]),
        },
        link="/me/tier/",
    )


def announce_badge(fact: RecordedFact) -> None:
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind="badge_won",
        key=f"{fact.id}",
        facts={"badge": fact.payload["badge_name"]},
        link="/me/badges/",
    )


def _local_day(text: str) -> str:
    """The last day of something that ends at an instant, in the shop's calendar."""
    instant = datetime.fromisoformat(text) - timedelta(seconds=1)
    return f"{instant.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d}"
