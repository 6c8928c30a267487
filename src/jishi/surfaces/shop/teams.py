"""One team: who sits there, how long it waits, and a seat to take."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.teams import close_team_early
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.money import format_minor
from jishi.modules.catalog.public import ProductCard, VariantView, cards_by_ids, variants_by_ids
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.people.public import Person, people_by_ids
from jishi.modules.plays.group_buy.public import (
    LateChoice,
    OfferView,
    SeatState,
    SeatView,
    TeamState,
    TeamView,
    forming_teams,
    friend_seat_of,
    is_selling,
    keep_for_friend,
    next_tier,
    off_for,
    offer_view,
    team_view,
    teams_of_member,
)
from jishi.platform.http import actor_of
from jishi.surfaces.shop.cards import by_leader, team_cards
from jishi.surfaces.shop.checkout import late_choices
from jishi.surfaces.shop.frame import ShareCard, absolute, go, require_member, show, uuid_from
from jishi.surfaces.shop.sharing import team_share
from jishi.surfaces.shop.words import team_words

OTHER_TEAMS = 4
TEAMS_ON_PAGE = 30
SEAT_UNITS_MAX = 20


@require_safe
def team(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Ten queries at most for a visitor; two more for a member who sits here (their link to share)."""
    actor = actor_of(request)
    found = team_view(team_id)
    offer = offer_view(found.offer_id)
    card = cards_by_ids([found.product_id]).get(found.product_id)
    if card is None:
        raise NotFound()
    people = people_by_ids(seat.member_id for seat in found.seats)
    own = next((seat for seat in found.seats if actor.owns(seat.member_id)), None)
    mode = mode_of(found, offer, own)
    if mode == "full" and found.reserved_count and request.GET.get("friend"):
        mode = "open"  # one of the kept seats may be theirs; taking it says so
    values: dict[str, Any] = {
        "team": found,
        "offer": offer,
        "card": card,
        "mode": mode,
        "own": own,
        "seats": _seats(found, people, by=actor),
        "leader": people[found.leader_id].nickname if found.leader_id in people else _("一位邻居"),
        "taken": found.paid_count,
        "share": _share_card(found, offer, card),
        "late_choices": late_choices(LateChoice.OTHER_TEAM),
    }
    if mode == "open":
        values |= _seat_form(offer, uuid_from(request.GET.get("variant")))
        values["friend_code"] = request.GET.get("friend", "")[:12]
    if mode in ("mine", "mine_unpaid"):
        values["team_share"] = team_share(request, found)
        values |= _of_ones_own(found, by=actor)
    values |= _tiers(found, offer)
    if mode in ("full", "failed", "void", "closed", "succeeded"):
        others = [
            other for other in forming_teams(offer_id=offer.id, limit=OTHER_TEAMS) if other.id != found.id
        ]
        values["others"] = team_cards(others, prices={offer.id: offer.min_price_minor}, goods={card.id: card})
    return show(request, "shop/team.html", values)


@require_POST
def keep_friend_seat(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Keep one more seat for half an hour; its code is in the link."""
    keep_for_friend(team_id, by=require_member(request))
    messages.success(request, _("给朋友留了一席，把链接发给他"))
    return go(reverse("shop:team", args=[team_id]))


@require_POST
def close_now(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """The leader does not wait for more people."""
    close_team_early(team_id, by=require_member(request))
    messages.success(request, _("成团了，马上备货"))
    return go(reverse("shop:team", args=[team_id]))


@require_safe
def my_teams(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    found = teams_of_member(actor.require_member(), limit=TEAMS_ON_PAGE)
    cards = {card.url: card for card in team_cards(found)}
    rows = [
        {
            "team": view,
            "card": cards[url],
            "label": team_words(view.state),
            "is_forming": view.state is TeamState.FORMING,
            "is_done": view.state is TeamState.SUCCEEDED,
        }
        for view in found
        if (url := reverse("shop:team", args=[view.id])) in cards
    ]
    return show(request, "shop/my_teams.html", {"rows": rows}, tab="me")


def mode_of(found: TeamView, offer: OfferView, own: SeatView | None) -> str:
    """What the page is for: open, full, mine, mine_unpaid, opening, succeeded, failed, void, closed."""
    if found.state in (TeamState.SUCCEEDED, TeamState.FAILED, TeamState.VOID):
        return found.state.value
    if own is not None:
        return "mine" if own.state is SeatState.PAID else "mine_unpaid"
    if found.state is TeamState.OPENING:
        return "opening"
    if found.deadline <= clock.now() or not is_selling(offer, now=clock.now()):
        return "closed"
    return "open" if found.free_count > 0 else "full"  # a seat kept for a friend: see `team`


def _of_ones_own(found: TeamView, *, by: Actor) -> dict[str, Any]:
    """What who sits here may do: keep a seat for a friend, and the leader of an assured team may end it."""
    kept = friend_seat_of(team_id=found.id, host_id=by.require_member())
    url = absolute(reverse("shop:team", args=[found.id]))
    return {
        "friend_url": f"{url}?friend={kept[0]}" if kept else "",
        "friend_until": kept[1] if kept else None,
        "may_keep": kept is None and found.free_count > 0,
        "may_close": found.is_assured and by.owns(found.leader_id),
    }


def _tiers(found: TeamView, offer: OfferView) -> dict[str, Any]:
    """The ladder: what is reached, and what one more person would bring."""
    paid = found.paid_count
    return {
        "tiers": [
            {"size": tier.size, "off_minor": tier.off_minor, "is_reached": tier.size <= paid}
            for tier in offer.tiers
        ],
        "next_tier": next_tier(offer.tiers, paid_count=paid),
        "next_missing": (rung.size - paid) if (rung := next_tier(offer.tiers, paid_count=paid)) else 0,
        "off_now_minor": off_for(offer.tiers, paid_count=paid),
    }


def _seats(found: TeamView, people: Mapping[uuid.UUID, Person], *, by: Actor) -> list[dict[str, Any]]:
    """Everybody who sits, the leader first, then the empty seats. Who has not paid yet is shown as such."""
    rows: list[dict[str, Any]] = [
        {
            "name": people[seat.member_id].nickname if seat.member_id in people else _("邻居"),
            "is_leader": seat.is_leader,
            "is_me": by.owns(seat.member_id),
            "is_paid": seat.state is SeatState.PAID,
            "is_empty": False,
        }
        for seat in by_leader(found)
    ]
    is_waiting = found.state in (TeamState.FORMING, TeamState.OPENING)
    rows += [
        {"name": "", "is_empty": True, "is_first": place == 0, "is_waiting": is_waiting}
        for place in range(found.free_count)
    ]
    return rows


def _seat_form(offer: OfferView, asked: uuid.UUID | None) -> dict[str, Any]:
    """The variants of the offer with their team prices and what is left of each."""
    variants = variants_by_ids([price.variant_id for price in offer.prices])
    sellable = sellable_by_variant(list(variants))
    rows: list[dict[str, Any]] = [
        {
            "variant": variants[price.variant_id],
            "label": variants[price.variant_id].title or _("默认"),
            "value": str(price.variant_id),
            "price_minor": price.price_minor,
            "sellable": sellable.get(price.variant_id, 0),
            "is_off": sellable.get(price.variant_id, 0) <= 0 or not variants[price.variant_id].is_for_sale,
        }
        for price in offer.prices
        if price.variant_id in variants
    ]
    rows.sort(key=lambda row: _place(offer, row["variant"]))
    usable = [row for row in rows if not row["is_off"]]
    chosen = next((row for row in usable if row["variant"].id == asked), usable[0] if usable else None)
    for row in rows:
        row["is_on"] = row is chosen
    most = min(offer.member_limit or SEAT_UNITS_MAX, chosen["sellable"] if chosen else 1, SEAT_UNITS_MAX)
    return {"variants": rows, "chosen": chosen, "quantity_max": max(1, most)}


def _place(offer: OfferView, variant: VariantView) -> tuple[int, str]:
    return (offer.price_of(variant.id) or 0, variant.title)


def _share_card(found: TeamView, offer: OfferView, card: ProductCard) -> ShareCard:
    price = format_minor(offer.min_price_minor, currency=card.currency)
    if found.state is TeamState.FORMING and found.missing_count:
        lead = _("还差 %(missing)d 席就成团") % {"missing": found.missing_count}
    else:
        lead = team_words(found.state)
    return ShareCard(
        title=f"{lead} · {card.title}",
        description=_("%(size)d 人团 %(price)s，凑不满全额退") % {"size": found.size, "price": price},
        url=absolute(reverse("shop:team", args=[found.id])),
        image=absolute(reverse("shop:team_card_picture", args=[found.id])),
    )
