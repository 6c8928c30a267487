"""Asking for after-sales in the shop: which kind, which goods, how much, why."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, Kind, NotFound, Refusal
from jishi.kernel.money import format_minor
from jishi.modules.aftersales.public import (
    CHANGED_MIND,
    EVIDENCE_MAX,
    REASONS,
    RETURN_FREIGHT_CAP_MINOR,
    Ask,
    CaseKind,
    LineLimit,
    limits,
    open_case,
    order_facts,
    reasons_for,
    takes_units,
)
from jishi.modules.orders.public import OrderState, OrderView, order_view
from jishi.platform.once import answer_once, fingerprint_of
from jishi.surfaces import case_words as words
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.aftersales import evidence_of, minor_from
from jishi.surfaces.shop.frame import go, require_member, show

K = CaseKind


def ask(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """The form: which kind, which goods, how much, why; and what it was sent for."""
    actor = require_member(request)
    order = order_view(order_id, by=actor)
    if not actor.owns(order.member_id):
        raise NotFound()
    if request.method == "POST":
        try:
            return go(reverse("shop:case", args=[_open(request, order, actor)]))
        except Refusal as refusal:
            if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED):
                raise
            return _ask_page(request, order, request.POST, problem=words_of(refusal))
    return _ask_page(request, order, request.GET, problem="")


def _open(request: HttpRequest, order: OrderView, actor: Actor) -> uuid.UUID:
    """Once per form that was shown."""
    posted = request.POST
    found: list[uuid.UUID] = []

    def act() -> tuple[int, str]:
        kind = K(posted.get("kind", ""))
        wish = Ask(
            kind=kind,
            reason=posted.get("reason", ""),
            has_goods=posted.get("has_goods", "1") == "1",
            units=_units(order, posted),
            amounts=_amounts(order, posted),
            words=posted.get("words", ""),
            evidence=evidence_of(request),
        )
        found.append(open_case(order.id, wish, by=actor))
        return 201, str(found[0])

    if posted.get("kind", "") not in set(K):
        raise InvalidInput(field=_("类型"), reason=_("请选择"))
    values = {name: rows for name, rows in posted.lists() if name != "csrfmiddlewaretoken"}
    answer = answer_once(
        scope=f"case:{actor.id}",
        key=posted.get("once", ""),
        fingerprint=fingerprint_of(str(order.id), values),
        act=act,
    )
    return uuid.UUID(answer.body)


def _units(order: OrderView, posted: QueryDict) -> dict[uuid.UUID, int]:
    units = {}
    for line in order.lines:
        text = posted.get(f"units:{line.id}", "0").strip() or "0"
        if not text.isdecimal() or len(text) > 4:
            raise InvalidInput(field=_("件数"), reason=_("请填数字"))
        units[line.id] = int(text)
    return units


def _amounts(order: OrderView, posted: QueryDict) -> dict[uuid.UUID, int]:
    found = {line.id: minor_from(posted.get(f"amount:{line.id}", ""), _("金额")) for line in order.lines}
    return {line_id: minor for line_id, minor in found.items() if minor is not None}


def _ask_page(request: HttpRequest, order: OrderView, given: QueryDict, *, problem: str) -> HttpResponse:
    facts = order_facts(order)
    ways = _ways(order)
    may = {way: limits(facts, kind=way[0], has_goods=way[1]) for way in ways}
    ways = [way for way in ways if may[way]]
    wanted = (given.get("kind", ""), given.get("has_goods", "1") == "1")
    chosen = next((way for way in ways if (way[0].value, way[1]) == wanted), None)
    values: dict[str, Any] = {
        "order": order,
        "ways": [_way(order, way, is_on=way == chosen) for way in ways],
        "problem": problem,
        "once": given.get("once") or str(ids.new_id()),
        "given": given,
        "evidence_max": EVIDENCE_MAX,
    }
    if chosen is not None:
        kind, has_goods = chosen
        values |= {
            "kind": kind.value,
            "kind_label": _way(order, chosen, is_on=True)["title"],
            "has_goods": has_goods,
            "shows_amount": kind is not K.EXCHANGE,
            "amount_is_optional": kind is K.COMPLAINT,
            "lines": [_ask_line(order, limit, given, kind) for limit in may[chosen]],
            "reasons": [
                {
                    "value": name,
                    "label": words.case_reason(name),
                    "is_on": given.get("reason") == name,
                    "needs_pictures": REASONS[name].needs_pictures,
                }
                for name in reasons_for(kind, has_goods=has_goods)
                if name != CHANGED_MIND or any(line.unshipped_quantity for line in order.lines)
            ],
            "lead": _ask_lead(kind, has_goods),
        }
    return show(request, "shop/case_ask.html", values, tab="me", status=422 if problem else 200)


def _ways(order: OrderView) -> list[tuple[CaseKind, bool]]:
    """Which kinds, and with or without the goods in hand, in the order they are offered."""
    ways = [(K.RETURN_REFUND, True), (K.EXCHANGE, True), (K.REFUND_ONLY, True)]
    if order.state is not OrderState.RECEIVED:
        ways.insert(0, (K.REFUND_ONLY, False))
    return [*ways, (K.COMPLAINT, order.state is OrderState.RECEIVED)]


def _way(order: OrderView, way: tuple[CaseKind, bool], *, is_on: bool) -> dict[str, Any]:
    kind, has_goods = way
    title, help_text = words.kind_words(kind), words.kind_help(kind)
    if kind is K.REFUND_ONLY:
        title = _("部分退款") if has_goods else _("退款（没收到货）")
        help_text = _("货留着，退一部分钱") if has_goods else _("还没发货，或一直没收到")
    icons = {K.REFUND_ONLY: "wallet", K.RETURN_REFUND: "refund", K.EXCHANGE: "box", K.COMPLAINT: "bell"}
    query = f"?kind={kind.value}&has_goods={int(has_goods)}"
    return {
        "title": title,
        "text": help_text,
        "icon": icons[kind],
        "url": f"{reverse('shop:ask_case', args=[order.id])}{query}",
        "is_on": is_on,
    }


def _ask_line(order: OrderView, limit: LineLimit, given: QueryDict, kind: CaseKind) -> dict[str, Any]:
    line = next(found for found in order.lines if found.id == limit.line_id)
    is_only = sum(1 for found in order.lines if found.refunded_quantity < found.quantity) == 1
    return {
        "row": line,
        "most_units": limit.units,
        "most_minor": limit.amount_minor,
        "each_minor": limit.amount_minor // limit.units,
        "units": given.get(f"units:{line.id}") or (str(limit.units) if is_only else "0"),
        "amount": given.get(f"amount:{line.id}", ""),
        "takes_units": takes_units(kind, has_goods=True),
    }


def _ask_lead(kind: CaseKind, has_goods: bool) -> str:
    cap = format_minor(RETURN_FREIGHT_CAP_MINOR, currency=settings.JISHI_CURRENCY)
    if kind is K.REFUND_ONLY and not has_goods:
        return _("商家 48 小时内答复，没答复就自动退款。")
    if kind is K.REFUND_ONLY:
        return _("货不用寄回。商家 48 小时内答复，没答复就按你填的金额退。")
    if kind is K.COMPLAINT:
        return _("商家 48 小时内答复，没答复就交给平台。")
    return _("收货 7 天内可以无理由退换；商家的问题 15 天内可以提，寄回运费由商家承担（最多 %(cap)s）。") % {
        "cap": cap
    }
