"""Group buys: the table, the live monitor of one, its teams, and what an operator does to it."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.teams import complete_team_by_merchant
from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput
from jishi.modules.catalog.public import ProductCard, cards_by_ids
from jishi.modules.ledger.public import available_in
from jishi.modules.orders.public import summaries_by_ids
from jishi.modules.people.public import Person, people_by_ids
from jishi.modules.plays.group_buy.public import (
    OfferState,
    OfferView,
    TeamCounts,
    TeamState,
    TeamView,
    close_offer,
    offer_view,
    offers_by_ids,
    offers_table,
    publish_offer,
    raise_budget,
    team_counts,
    team_view,
    teams_table,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import MoneyField, act_once, once_key
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.home import DUE_SOON_HOURS
from jishi.surfaces.console.questions import id_of, local, page_of
from jishi.surfaces.console.tables import column, number, row, table, tabs, tag, text, with_query
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.templatetags.look import money

OFFERS_SHOWN = 100
TEAMS_SHOWN = 50
LIVE_SHOWN = 60
LIVE_SHOWN_SMALL = 8
_GROUPS: dict[str, tuple[OfferState, ...]] = {
    "": (),
    "running": (OfferState.OPEN, OfferState.CLOSING),
    "scheduled": (OfferState.SCHEDULED,),
    "draft": (OfferState.DRAFT,),
    "settled": (OfferState.SETTLED,),
}


class BudgetForm(forms.Form):
    """How much more an offer may give away."""

    amount = MoneyField(label=gettext_lazy("追加金额"), may_be_zero=False)


@guarded("reports.view")
@require_safe
def group_buys(request: HttpRequest) -> HttpResponse:
    offers = offers_table(states=_GROUPS.get(request.GET.get("state", ""), ()), limit=OFFERS_SHOWN)
    counts = team_counts([offer.id for offer in offers])
    cards = cards_by_ids([offer.product_id for offer in offers])
    labels = (_("全部"), _("进行中"), _("待开始"), _("草稿"), _("已结束"))
    context = {
        "tabs": tabs(zip(_GROUPS, labels, strict=True), name="state", query=request.GET),
        "offers": _offers(offers, counts, cards),
        "may_edit": actor_of(request).may("plays.edit"),
    }
    return show(request, "console/group_buys.html", section="group_buys", context=context)


@guarded("reports.view")
@require_safe
def live(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    """The monitor: the teams that wait now; a fragment when it polls."""
    offer = offer_view(offer_id)
    context = {**live_teams(request, offer, is_small=request.GET.get("small") == "1"), "offer": offer}
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/live_teams.html", context)
    state, colour = words.offer_state(offer.state)
    context |= {
        "state": state,
        "state_colour": colour,
        "events": timeline("group_offer", offer_id),
        **_acts(request, offer),
    }
    return show(request, "console/live.html", section="group_buys", context=context, crumbs=crumbs_to(offer))


@guarded("reports.view")
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """Teams of one offer or of all."""
    offer_id = id_of(request.GET.get("offer"))
    state = request.GET.get("state", "")
    is_due = request.GET.get("due") == "soon"
    states = [TeamState(state)] if state in set(TeamState) else []
    page = page_of(request)
    found = (
        teams_table(
            offer_id=offer_id,
            states=[TeamState.FORMING] if is_due else states,
            due_before=clock.now() + timedelta(hours=DUE_SOON_HOURS) if is_due else None,
            page=page,
            limit=TEAMS_SHOWN + 1,
        )
        if page == 1
        else teams_table(offer_id=offer_id, states=states, page=page, limit=TEAMS_SHOWN)
    )
    shown = found[:TEAMS_SHOWN]
    choices = [("", _("全部")), *((kind.value, words.team_state(kind)[0]) for kind in TeamState)]
    context = {
        "tabs": tabs(choices, name="state", query=request.GET),
        "teams": _teams(shown),
        "is_due": is_due,
        "newer_url": with_query(request.GET, page=page - 1) if page > 1 else None,
        "older_url": with_query(request.GET, page=page + 1)
        if len(found) >= TEAMS_SHOWN and not is_due
        else None,
        "due_words": _("只看 %(hours)s 小时内到期的") % {"hours": DUE_SOON_HOURS},
    }
    crumbs = crumbs_to(offer_view(offer_id)) if offer_id else [(_("拼团"), reverse("console:group_buys"))]
    return show(request, "console/teams.html", section="group_buys", context=context, crumbs=crumbs)


@guarded("reports.view")
@require_safe
def team(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """One team: its seats with their orders, its history."""
    view = team_view(team_id)
    offer = offer_view(view.offer_id)
    people = people_by_ids([view.leader_id, *(seat.member_id for seat in view.seats)])
    orders = summaries_by_ids([seat.order_id for seat in view.seats])
    state, colour = words.team_state(view.state)
    rows = []
    for seat in view.seats:
        order = orders.get(seat.order_id)
        seat_words, seat_colour = words.seat_state(seat.state)
        name = people[seat.member_id].nickname if seat.member_id in people else "–"
        rows.append(
            row(
                [
                    text(f"{seat.seat_no}"),
                    text(name, note=_("团主") if seat.is_leader else ""),
                    tag(seat_words, seat_colour),
                    text(order.number if order else "–"),
                    number(money(order.total_minor, order.currency) if order else "–"),
                    text(f"{local(seat.joined_at):%m-%d %H:%M}"),
                ],
                url=reverse("console:order", args=[seat.order_id])
                if actor_of(request).may("orders.view")
                else "",
            )
        )
    heads = (_("席位"), _("会员"), _("状态"), _("订单"))
    columns = [*(column(head) for head in heads), column(_("金额"), is_number=True), column(_("加入时间"))]
    context = {
        "team": view,
        "offer": offer,
        "leader": people.get(view.leader_id),
        "state": state,
        "state_colour": colour,
        "is_forming": view.state is TeamState.FORMING,
        "seats": table(columns, rows, caption=_("席位"), empty=(_("没有人在座"), _("席位都已放弃。"))),
        "events": timeline("team", team_id),
        "may_complete": may_complete(request, offer),
        "once": once_key(),
    }
    return show(request, "console/team.html", section="group_buys", context=context, crumbs=crumbs_to(offer))


@guarded("plays.edit")
@require_POST
def complete(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """The merchant lets a team succeed with the people it has."""
    view = team_view(team_id)
    act_once(request, lambda: complete_team_by_merchant(team_id, by=actor_of(request)))
    messages.success(request, _("已按现有人数成团，订单可以发货了"))
    return redirect("console:live", view.offer_id)


@guarded("plays.edit")
@require_POST
def publish(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    offer = publish_offer(offer_id, by=actor_of(request))
    if offer.state is OfferState.SCHEDULED:
        messages.success(request, _("已发布，到开始时间自动开放"))
    else:
        messages.success(request, _("已发布，现在就能开团"))
    return redirect("console:live", offer_id)


@guarded("plays.edit")
@require_POST
def close(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    close_offer(offer_id, by=actor_of(request))
    messages.success(request, _("已结束：不再开新团，正在凑的团会走完"))
    return redirect("console:live", offer_id)


@guarded("plays.edit")
@require_POST
def add_budget(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    form = BudgetForm(request.POST)
    grant_id = id_of(request.POST.get("once"))
    if not form.is_valid() or grant_id is None:
        raise InvalidInput(field=_("追加金额"), reason=_("请填金额，例如 29.90"))
    raise_budget(offer_id, by=actor_of(request), by_minor=form.cleaned_data["amount"], grant_id=grant_id)
    messages.success(request, _("预算已追加"))
    return redirect("console:live", offer_id)


def crumbs_to(offer: OfferView) -> list[tuple[str, str]]:
    return [
        (_("拼团"), reverse("console:group_buys")),
        (offer.name, reverse("console:live", args=[offer.id])),
    ]


def live_teams(request: HttpRequest, offer: OfferView, *, is_small: bool = False) -> dict[str, Any]:
    """The teams that wait for people now, the one that ends first on top; five queries. Small: few, without acts."""
    limit = LIVE_SHOWN_SMALL if is_small else LIVE_SHOWN
    forming = teams_table(offer_id=offer.id, states=[TeamState.FORMING], limit=limit)
    people = people_by_ids(
        member for view in forming for member in (view.leader_id, *(seat.member_id for seat in view.seats))
    )
    counts = team_counts([offer.id]).get(offer.id, TeamCounts())
    budget = (
        available_in(code=f"budget:group_buy:{offer.id}", unit=f"{settings.JISHI_CURRENCY}.b")
        if offer.budget_minor
        else None
    )
    spent = (offer.budget_minor or 0) - (budget or 0)
    return {
        "live": [_live(view, people) for view in sorted(forming, key=lambda view: view.deadline)],
        "counts": counts,
        "rate": f"{counts.succeeded / counts.ended * 100:.1f}%" if counts.ended else "–",
        "budget_left": budget,
        "budget_percent": min(100, spent * 100 // offer.budget_minor) if offer.budget_minor else 0,
        "may_complete": may_complete(request, offer) and not is_small,
        "live_url": reverse("console:live", args=[offer.id]) + ("?small=1" if is_small else ""),
    }


def may_complete(request: HttpRequest, offer: OfferView) -> bool:
    return offer.allows_merchant_completion and actor_of(request).may("plays.edit")


def _budget_left(offer: OfferView) -> int | None:
    if offer.budget_minor is None:
        return None
    return available_in(code=f"budget:group_buy:{offer.id}", unit=f"{settings.JISHI_CURRENCY}.b")


def _live(view: TeamView, people: dict[uuid.UUID, Person]) -> dict[str, Any]:
    left = view.deadline - clock.now()
    state = (
        (_("将到期"), "accent")
        if left < timedelta(hours=1)
        else (_("快满"), "gold")
        if view.missing_count == 1
        else (_("凑人中"), "line")
    )
    return {
        "team": view,
        "leader": people.get(view.leader_id),
        "seats": [
            {"name": people[seat.member_id].nickname, "is_paid": seat.state.value == "paid"}
            for seat in view.seats
            if seat.member_id in people
        ],
        "missing": range(view.free_count),
        "state": state[0],
        "colour": state[1],
        "once": once_key(),
    }


def _acts(request: HttpRequest, offer: OfferView) -> dict[str, Any]:
    """Which buttons the operator has."""
    may_edit = actor_of(request).may("plays.edit")
    return {
        "may_publish": may_edit and offer.state is OfferState.DRAFT,
        "may_change": may_edit and offer.state in (OfferState.DRAFT, OfferState.SCHEDULED),
        "may_close": may_edit and offer.state in (OfferState.OPEN, OfferState.SCHEDULED),
        "may_raise": may_edit
        and offer.budget_minor is not None
        and offer.state in (OfferState.OPEN, OfferState.CLOSING, OfferState.SCHEDULED),
        "once": once_key(),
    }


def _offers(
    offers: list[OfferView], counts: dict[uuid.UUID, TeamCounts], cards: dict[uuid.UUID, ProductCard]
) -> dict[str, Any]:
    columns = [
        column(_("拼团")),
        column(_("拼团价"), is_number=True),
        column(_("几人团"), is_number=True),
        column(_("正在凑"), is_number=True),
        column(_("已成团"), is_number=True),
        column(_("成团率"), is_number=True),
        column(_("状态")),
        column(_("到期")),
    ]
    rows = []
    for offer in offers:
        card, count = cards.get(offer.product_id), counts.get(offer.id, TeamCounts())
        rate = f"{count.succeeded / count.ended * 100:.0f}%" if count.ended else "–"
        rows.append(
            row(
                [
                    text(
                        offer.name,
                        image=card.cover_address if card else "",
                        note=card.title if card and card.title != offer.name else "",
                    ),
                    number(money(offer.min_price_minor)),
                    number(offer.team_size),
                    number(count.forming),
                    number(count.succeeded),
                    number(rate),
                    tag(*words.offer_state(offer.state)),
                    text(f"{local(offer.closes_at):%m-%d %H:%M}"),
                ],
                url=reverse("console:live", args=[offer.id]),
            )
        )
    empty = (_("还没有拼团"), _("选一件商品，定好价格和人数，就能开第一个团。"))
    return table(columns, rows, caption=_("拼团"), empty=empty)


def _teams(found: list[TeamView]) -> dict[str, Any]:
    people = people_by_ids(view.leader_id for view in found)
    offers = offers_by_ids({view.offer_id for view in found})
    rows = []
    for view in found:
        leader = people.get(view.leader_id)
        note = _("商家补齐") if view.is_merchant_completed else ""
        rows.append(
            row(
                [
                    text(leader.nickname if leader else "–"),
                    text(offers[view.offer_id].name if view.offer_id in offers else ""),
                    number(f"{view.paid_count} / {view.size}"),
                    tag(*words.team_state(view.state), note=note),
                    text(f"{local(view.opened_at):%m-%d %H:%M}"),
                    text(f"{local(view.settled_at or view.deadline):%m-%d %H:%M}"),
                ],
                url=reverse("console:team", args=[view.id]),
            )
        )
    columns = [
        column(_("团主")),
        column(_("拼团")),
        column(_("席位"), is_number=True),
        column(_("状态")),
        column(_("开团")),
        column(_("结束或到期")),
    ]
    return table(columns, rows, caption=_("团"), empty=(_("没有符合的团"), _("换一个状态看看。")))
