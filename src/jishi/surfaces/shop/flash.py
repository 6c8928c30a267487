"""Flash sales: the sessions of the day, an item to tap, and the page that waits for its order."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.passes import is_new_member, issue_member_pass
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import VariantView, variants_by_ids
from jishi.modules.orders.public import summaries_by_ids
from jishi.modules.plays.flash_sale.public import (
    ClaimStage,
    ItemStock,
    ItemView,
    SaleView,
    ask_reminder,
    claim_view,
    drop_reminder,
    item_view,
    sale_view,
    sessions_shown,
    stock_by_item,
    wants_reminder,
)
from jishi.modules.plays.life.public import PlayState, PlayView, is_running
from jishi.platform.http import actor_of
from jishi.surfaces.shop.frame import ShareCard, absolute, go, is_swap, require_member, show, show_part

STATE_SECONDS = 4  # how often an open page asks what is left
STRIP_ITEMS = 6
KEPT_SECONDS = 2.0
_kept: tuple[float, list[SaleView]] | None = None
_goods_kept: tuple[float, dict[uuid.UUID, VariantView]] | None = None


@require_safe
def sessions(request: HttpRequest, play_id: uuid.UUID | None = None) -> HttpResponse:
    """The day's sessions as tabs, one of them opened; five queries, one more for a member."""
    found = sessions_kept(is_fresh=True)
    sale = _chosen(found, play_id)
    if sale is None:
        return show(request, "shop/flash.html", {"sessions": [], "sale": None}, tab="home")
    actor = actor_of(request)
    phase = phase_of(sale.play)
    values = {
        "sessions": [_tab(other, is_on=other.id == sale.id) for other in found],
        "sale": sale,
        "phase": phase,
        "deadline": sale.play.opens_at if phase == "coming" else sale.play.closes_at,
        "cards": item_cards(sale, by=actor),
        "is_reminded": actor.is_member
        and bool(wants_reminder(play_ids=[sale.id], member_id=actor.require_member())),
        "share": _share_card(sale),
        "rush": _rush_values(actor, sale, phase),
    }
    return show(request, "shop/flash.html", values, tab="home")


@require_safe
def state(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """What is left of each item, for the bars of an open page; three queries."""
    del request
    sale = _published(play_id)
    stock = stock_by_item([item.id for item in sale.items])
    items = [_state_of(stock[item.id]) for item in sale.items if item.id in stock]
    response = JsonResponse(
        {"phase": phase_of(sale.play), "server_time": clock.now().isoformat(), "items": items}
    )
    response["Cache-Control"] = "public, max-age=1"
    return response


@require_safe
def claim(request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
    """The buyer's own claim: in line, with its order number and the cashier, or gone. Asks for itself until it is done."""
    actor = require_member(request)
    view = claim_view(claim_id, member_id=actor.require_member())
    item = item_view(view.item_id)
    order = summaries_by_ids([view.order_id]).get(view.order_id) if view.order_id else None
    variant = variants_by_ids([item.variant_id]).get(item.variant_id)
    values = {
        "claim": view,
        "stage": view.stage.value,
        "order": order,
        "item": item,
        "variant": variant,
        "is_waiting": view.stage is ClaimStage.IN_LINE,
        "is_region": view.reason is not None and view.reason.value == "region_refused",
        "checkout_url": f"{reverse('shop:checkout')}?flash={item.id}&quantity={view.quantity}&claim={claim_id}",
        "sale_url": reverse("shop:flash_session", args=[view.play_id]),
    }
    if is_swap(request):
        return show_part(request, "shop/parts/flash_claim.html", values)
    return show(request, "shop/flash_claim.html", values, tab="home")


@require_POST
def remind(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    if request.POST.get("drop"):
        drop_reminder(play_id, by=actor)
        messages.success(request, _("不再提醒你了"))
    else:
        ask_reminder(play_id, by=actor)
        messages.success(request, _("开抢前 5 分钟会在消息里提醒你"))
    return go(reverse("shop:flash_session", args=[play_id]))


def flash_strip() -> dict[str, Any] | None:
    """For the front page: the session that runs, else the next; None when there is none. One query: what is left."""
    found = [sale for sale in sessions_kept() if phase_of(sale.play) != "over"]
    if not found:
        return None
    sale = next((sale for sale in found if phase_of(sale.play) == "running"), found[0])
    phase = phase_of(sale.play)
    return {
        "sale": sale,
        "phase": phase,
        "deadline": sale.play.opens_at if phase == "coming" else sale.play.closes_at,
        "cards": _cards_of(sale, variants=_goods_of_strip(sale))[:STRIP_ITEMS],
    }


def flash_of_product(variants: list[VariantView]) -> dict[str, Any] | None:
    """For the product page: the running session that sells one of its variants, the one that ends first; one query."""
    own = {variant.id for variant in variants}
    running = [
        (sale, item)
        for sale in sessions_kept()
        if phase_of(sale.play) == "running"
        for item in sale.items
        if item.variant_id in own
    ]
    if not running:
        return None
    sale, item = min(running, key=lambda found: (found[0].play.closes_at, found[1].price_minor))
    return {"sale": sale, "item": item, "free": stock_by_item([item.id])[item.id].free}


def sessions_kept(*, is_fresh: bool = False) -> list[SaleView]:
    """The sessions shown, read again every two seconds in each process; what is left of them is never remembered."""
    global _kept  # noqa: PLW0603  (the one thing remembered here)
    now = clock.monotonic_seconds()
    kept = _kept
    if is_fresh or kept is None or now - kept[0] > KEPT_SECONDS:
        kept = (now, sessions_shown())
        _kept = kept
    return kept[1]


def forget_sessions() -> None:
    global _kept, _goods_kept  # noqa: PLW0603
    _kept = _goods_kept = None


def phase_of(play: PlayView) -> str:
    """coming, running or over: by the clock."""
    if is_running(play, now=clock.now()):
        return "running"
    is_ahead = play.state in (PlayState.SCHEDULED, PlayState.OPEN) and clock.now() < play.opens_at
    return "coming" if is_ahead else "over"


def item_cards(sale: SaleView, *, by: Actor | None = None) -> list[dict[str, Any]]:
    """Items as cards with their true stock; two queries, one more for a member while units are kept for new members."""
    return _cards_of(sale, variants=variants_by_ids([item.variant_id for item in sale.items]), by=by)


def _goods_of_strip(sale: SaleView) -> dict[uuid.UUID, VariantView]:
    """Titles and pictures of a session's goods, read again every two seconds."""
    global _goods_kept  # noqa: PLW0603
    now = clock.monotonic_seconds()
    kept = _goods_kept
    wanted = [item.variant_id for item in sale.items]
    if kept is None or now - kept[0] > KEPT_SECONDS or not kept[1].keys() >= set(wanted):
        kept = (now, variants_by_ids(wanted))
        _goods_kept = kept
    return kept[1]


def _cards_of(
    sale: SaleView, *, variants: Mapping[uuid.UUID, VariantView], by: Actor | None = None
) -> list[dict[str, Any]]:
    stock = stock_by_item([item.id for item in sale.items])
    phase = phase_of(sale.play)
    is_new = by is not None and any(left.reserved for left in stock.values()) and is_new_member(by)
    return [
        _card(item, variants[item.variant_id], stock.get(item.id), phase=phase, is_new=is_new)
        for item in sale.items
        if item.variant_id in variants
    ]


def _card(
    item: ItemView, variant: VariantView, stock: ItemStock | None, *, phase: str, is_new: bool
) -> dict[str, Any]:
    left = stock or ItemStock(item_id=item.id, capacity=item.units, taken=0)
    return {
        "item": item,
        "title": variant.product_title,
        "option": variant.title,
        "image": variant.cover_address,
        "product_url": f"{reverse('shop:product', args=[variant.product_handle])}?variant={variant.id}",
        "stock": left,
        "off_percent": item.discount_minor * 100 // item.list_minor if item.list_minor else 0,
        "state": _state_of(left),
        "can_buy": phase == "running" and left.free_for(is_new=is_new) > 0,
        "is_new": is_new,
        "phase": phase,
    }


def _state_of(stock: ItemStock) -> dict[str, Any]:
    returned = ""
    if stock.returned and stock.returned_at is not None:
        at = stock.returned_at.astimezone(ZoneInfo(settings.TIME_ZONE))
        returned = _("有 %(count)d 件未付款退回，%(at)s 再放出") % {
            "count": stock.returned,
            "at": f"{at:%H:%M}",
        }
    return {
        "item": str(stock.item_id),
        "free": stock.free,
        "free_for_all": stock.free_for(is_new=False),
        "reserved": _reserved_words(stock),
        "percent": stock.taken_percent,
        "returned": returned,
        "words": _("剩 %(free)d 件") % {"free": stock.free} if stock.free else _("抢完了"),
    }


def _reserved_words(stock: ItemStock) -> str:
    """What is kept for new members, and until when; empty when nothing is."""
    if not stock.reserved or stock.reserved_until is None:
        return ""
    at = f"{stock.reserved_until.astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}"
    if stock.reserved >= stock.free:
        return _("剩下的 %(count)d 件留给新会员到 %(at)s") % {"count": stock.free, "at": at}
    return _("其中 %(count)d 件留给新会员到 %(at)s") % {"count": stock.reserved, "at": at}


def _rush_values(actor: Actor, sale: SaleView, phase: str) -> dict[str, Any]:
    """What the page's script needs to ask the hot lane; nobody's pass but the member's own."""
    is_soon = phase == "running" or sale.play.opens_at - clock.now() < timedelta(hours=12)
    return {
        "pass": issue_member_pass(by=actor).text if actor.is_member and is_soon else "",
        "state": reverse("shop:flash_state", args=[sale.id]),
        "seconds": STATE_SECONDS,
        "claim": reverse("shop:flash_claim", args=[uuid.UUID(int=0)]),
        "login": f"{reverse('shop:log_in')}?next={reverse('shop:flash_session', args=[sale.id])}",
        "words": {
            "asking": _("正在抢…"),
            "too_early": _("还没开始，开抢时再点"),
            "too_late": _("这一场结束了"),
            "sold_out": _("抢完了；有人没付款会退回来再放出"),
            "limit_reached": _("你已经抢到这件的上限了"),
            "unpaid_holds": _("先把占着的付了款，再来抢"),
            "slow_down": _("点得太快了，歇几秒"),
            "waiting": _("排队中，前面还有 {ahead} 人，约 {seconds} 秒"),
            "busy": _("人太多了，正在替你再试"),
            "offline": _("没有连上，再点一次不会重复下单"),
            "granted": _("抢到了，正在下单…"),
            "gone": _("抢完了"),
        },
    }


def _chosen(found: list[SaleView], play_id: uuid.UUID | None) -> SaleView | None:
    """The session asked for, else the running one, else the next, else the last."""
    if play_id is not None:
        return next((sale for sale in found if sale.id == play_id), None) or _published(play_id)
    for phase in ("running", "coming"):
        sale = next((sale for sale in found if phase_of(sale.play) == phase), None)
        if sale is not None:
            return sale
    return found[-1] if found else None


def _published(play_id: uuid.UUID) -> SaleView:
    sale = sale_view(play_id)
    if sale.play.state is PlayState.DRAFT:
        raise NotFound()
    return sale


def _tab(sale: SaleView, *, is_on: bool) -> dict[str, Any]:
    phase = phase_of(sale.play)
    words = {"running": _("进行中"), "coming": _("即将开始"), "over": _("已结束")}
    at = sale.play.opens_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return {
        "url": reverse("shop:flash_session", args=[sale.id]),
        "at": f"{at:%H:%M}",
        "words": words[phase],
        "phase": phase,
        "is_on": is_on,
    }


def _share_card(sale: SaleView) -> ShareCard:
    return ShareCard(
        title=_("%(name)s · 集市秒杀") % {"name": sale.play.name},
        description=_("%(count)d 件好物限量开抢，件数真实，抢到的一定能付款。") % {"count": len(sale.items)},
        url=absolute(reverse("shop:flash_session", args=[sale.id])),
    )
