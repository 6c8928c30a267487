"""Bargains: what can be bargained for, launching one, helping a friend, and the proof at the end."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.bargains import help_or_say_why, launch_with_stock
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import Refusal
from jishi.kernel.money import format_minor
from jishi.modules.catalog.public import ProductCard, cards_by_ids, variants_by_ids
from jishi.modules.people.public import Person, people_by_ids
from jishi.modules.plays.bargain.public import (
    BargainState,
    BargainView,
    OfferView,
    Trace,
    bargain_view,
    bargains_of_member,
    offer_counts,
    offer_view,
    running_bargain_of,
    running_offers,
)
from jishi.modules.plays.life.public import is_running
from jishi.modules.sharing.public import Channel, TargetKind, share
from jishi.platform.http import actor_of
from jishi.surfaces.shop.acts import say_no
from jishi.surfaces.shop.frame import ShareCard, absolute, go, require_member, show, uuid_from
from jishi.surfaces.traces import mark_of

OFFERS_SHOWN = 30
OWN_SHOWN = 20
KEPT_SECONDS = 5.0
_floors_kept: tuple[float, dict[uuid.UUID, int]] | None = None


@require_safe
def bargains(request: HttpRequest) -> HttpResponse:
    """What can be bargained for now, and one's own bargains; seven queries at most."""
    actor = actor_of(request)
    offers = running_offers(limit=OFFERS_SHOWN)
    own = bargains_of_member(actor.require_member(), limit=OWN_SHOWN) if actor.is_member else []
    cards = cards_by_ids([o.terms.product_id for o in offers] + [b.product_id for b in own])
    values = {
        "offers": _offer_rows(offers, cards),
        "own": [_own_row(view, cards[view.product_id]) for view in own if view.product_id in cards],
    }
    return show(request, "shop/bargains.html", values)


@require_POST
def launch(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """Begin a bargain, or find the one that runs."""
    actor = require_member(request)
    running = running_bargain_of(offer_id=play_id, member_id=actor.require_member())
    if running is None:
        running = launch_with_stock(
            play_id, by=actor, trace=_trace(request), bargain_id=uuid_from(request.POST.get("key"))
        )
        messages.success(request, _("第一刀已经砍下，喊朋友来帮忙吧"))
    return go(reverse("shop:bargain", args=[running]))


@require_safe
def bargain(request: HttpRequest, bargain_id: uuid.UUID) -> HttpResponse:
    """One bargain for its launcher, for friends and for the curious; eight queries at most, nine for the launcher."""
    return _page(request, bargain_view(bargain_id))


@require_POST
def give_help(request: HttpRequest, bargain_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    try:
        cut = help_or_say_why(bargain_id, by=actor, trace=_trace(request))
    except Refusal as refusal:
        say_no(request, refusal)
        return go(reverse("shop:bargain", args=[bargain_id]))
    found = bargain_view(bargain_id)
    amount = format_minor(cut.amount_minor, currency=offer_view(found.offer_id).play.currency)
    messages.success(request, _("你帮忙砍下 %(amount)s，自己发起时还能先多砍一刀") % {"amount": amount})
    return go(reverse("shop:bargain", args=[bargain_id]))


def bargain_floor_of(product_id: uuid.UUID) -> int | None:
    """The lowest price one can bargain a product down to now; read again every few seconds for all products."""
    global _floors_kept  # noqa: PLW0603
    now = clock.monotonic_seconds()
    if _floors_kept is None or now - _floors_kept[0] > KEPT_SECONDS:
        offers = running_offers(limit=OFFERS_SHOWN)
        _floors_kept = (now, {offer.terms.product_id: offer.terms.floor_minor for offer in offers})
    return _floors_kept[1].get(product_id)


def forget_floors() -> None:
    global _floors_kept  # noqa: PLW0603
    _floors_kept = None


def mode_of(view: BargainView, *, by: Actor) -> str:
    """What the page is for: mine, ordered, help, helped, waiting, bought, over."""
    if view.state in (BargainState.BOUGHT, BargainState.REFUNDED):
        return "bought"
    if view.state is BargainState.EXPIRED or view.deadline <= clock.now():
        return "over"
    is_mine = by.owns(view.member_id)
    if view.state is BargainState.ORDERED:
        return "ordered" if is_mine else "waiting"
    if is_mine:
        return "mine"
    if any(by.owns(cut.helper_id) for cut in view.helps):
        return "helped"
    return "waiting" if view.is_at_floor else "help"


def _page(request: HttpRequest, view: BargainView) -> HttpResponse:
    actor = actor_of(request)
    offer = offer_view(view.offer_id)
    card = cards_by_ids([view.product_id])[view.product_id]
    people = people_by_ids([view.member_id, *(cut.helper_id for cut in view.helps)])
    mode = mode_of(view, by=actor)
    launcher = people[view.member_id].nickname if view.member_id in people else _("一位邻居")
    values: dict[str, Any] = {
        "bargain": view,
        "offer": offer,
        "card": card,
        "mode": mode,
        "launcher": launcher,
        "helpers": _helpers(view, people, by=actor),
        "share": _share_card(view, card, launcher=launcher),
        "may_launch": mode not in {"mine", "ordered"}
        and not actor.owns(view.member_id)
        and is_running(offer.play, now=clock.now()),
        "key": request.GET.get("key", "") or str(ids.new_id()),
        "recipe": _recipe(view),
    }
    if mode == "mine":
        values["share_to"] = _share_to(view, card, by=actor)
    return show(request, "shop/bargain.html", values)


def _offer_rows(offers: list[OfferView], cards: dict[uuid.UUID, ProductCard]) -> list[dict[str, Any]]:
    counts = offer_counts([offer.id for offer in offers])
    variants = variants_by_ids([offer.terms.variant_id for offer in offers])
    return [
        {
            "offer": offer,
            "card": cards[offer.terms.product_id],
            "start_minor": variants[offer.terms.variant_id].price_minor,
            "left": max(
                0,
                offer.terms.units
                - counts[offer.id].running
                - counts[offer.id].ordered
                - counts[offer.id].bought,
            ),
            "bought": counts[offer.id].bought,
            "is_gone": counts[offer.id].bought >= offer.terms.units,
            "key": str(ids.new_id()),
        }
        for offer in offers
        if offer.terms.product_id in cards and offer.terms.variant_id in variants
    ]


def _own_row(view: BargainView, card: ProductCard) -> dict[str, Any]:
    words = {
        BargainState.RUNNING: _("到底价了，可以买") if view.is_at_floor else _("砍价中"),
        BargainState.ORDERED: _("待付款"),
        BargainState.BOUGHT: _("买到了"),
        BargainState.EXPIRED: _("时间到了"),
        BargainState.REFUNDED: _("已退款"),
    }
    return {
        "bargain": view,
        "card": card,
        "label": words[view.state],
        "is_running": view.state is BargainState.RUNNING,
        "url": reverse("shop:bargain", args=[view.id]),
    }


def _helpers(view: BargainView, people: dict[uuid.UUID, Person], *, by: Actor) -> list[dict[str, Any]]:
    """Everyone who cut, the latest first, the launcher's own cut last."""
    rows = [
        {
            "name": people[cut.helper_id].nickname if cut.helper_id in people else _("邻居"),
            "amount_minor": cut.amount_minor,
            "is_new": cut.is_new_member,
            "is_me": by.owns(cut.helper_id),
            "slots": cut.slots,
            "at": cut.at,
        }
        for cut in reversed(view.helps)
    ]
    own = people.get(view.member_id)
    rows.append(
        {
            "name": own.nickname if own else _("邻居"),
            "amount_minor": view.own_cut_minor,
            "is_launcher": True,
            "is_me": by.owns(view.member_id),
            "slots": view.own_slots,
            "at": view.launched_at,
        }
    )
    return rows


def _recipe(view: BargainView) -> str:
    """What anybody can run to check the commitment once the seed is shown."""
    terms = f"|{view.id}|{view.start_minor}|{view.floor_minor}|{view.slots}|{view.first_cut_bps}"
    return f"sha256(b'{view.seed or '…'}{terms}').hexdigest()"


def _share_card(view: BargainView, card: ProductCard, *, launcher: str) -> ShareCard:
    floor = format_minor(view.floor_minor, currency=card.currency)
    left = format_minor(view.price_minor - view.floor_minor, currency=card.currency)
    return ShareCard(
        title=_("%(name)s请你帮忙砍一刀 · %(title)s") % {"name": launcher, "title": card.title},
        description=_("还差 %(left)s 就到底价 %(floor)s，每一刀都提前定好、砍完可验")
        % {"left": left, "floor": floor},
        url=absolute(reverse("shop:bargain", args=[view.id])),
        image=absolute(reverse("shop:product_card_picture", args=[card.handle])),
    )


def _share_to(view: BargainView, card: ProductCard, *, by: Actor) -> dict[str, Any]:
    link = share(by=by, target_kind=TargetKind.BARGAIN, target_id=view.id, channel=Channel.NATIVE)
    return {
        "url": absolute(reverse("shop:follow", args=[link.code])),
        "title": card.title,
        "text": _("还差 %(slots)d 刀到底价，帮我砍一刀？") % {"slots": view.slots_left},
        "sheet_url": reverse("shop:share_target", args=["bargain", view.id]),
    }


def _trace(request: HttpRequest) -> Trace:
    return Trace(visitor_id=actor_of(request).visitor_id, address_mark=mark_of(request))
