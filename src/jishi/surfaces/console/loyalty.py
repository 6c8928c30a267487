"""Loyalty: what the shop owes in points with the rows behind every number, and one member's points."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.loyalty import ADJUSTMENT, ask_points_adjustment
from jishi.kernel.errors import InvalidInput
from jishi.kernel.money import format_minor
from jishi.modules.approvals.public import requests_table
from jishi.modules.loyalty.public import (
    EntryKind,
    EntryView,
    Liability,
    LotState,
    LotView,
    balance_of,
    debts_table,
    entries_of,
    entries_table,
    growth_lines,
    liability,
    lots_of,
    lots_table,
    memberships_of,
    progress_of,
    rebuild_balances,
    standing_of,
)
from jishi.modules.people.public import Person, people_by_ids, person
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.console import loyalty_words as lw
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import day_of, local
from jishi.surfaces.console.tables import column, number, row, table, tabs, tag, text, with_query

PAGE_SIZE = 50
A_MOMENT = timedelta(seconds=1)  # a lot that ends at midnight is there on the day before


@guarded("loyalty.view")
@require_safe
def loyalty(request: HttpRequest) -> HttpResponse:
    """The liability report; ten queries, three of them proving the balances."""
    actor = actor_of(request)
    found = liability(by=actor)
    context = {
        "tabs": lw.sections("loyalty", actor=actor),
        "kpis": _kpis(found),
        "months": _months(found),
        "chart": _chart(found),
        "differences": rebuild_balances(by=actor, limit=20),
    }
    return show(request, "console/loyalty.html", section="loyalty", context=context)


@guarded("loyalty.view")
@require_safe
def lots(request: HttpRequest) -> HttpResponse:
    """The lots behind a number."""
    query = request.GET
    state = LotState(query["state"]) if query.get("state") in set(LotState) else None
    found = lots_table(
        by=actor_of(request),
        state=state,
        month=day_of(query.get("month", "")),
        only_left=query.get("all") != "1",
        after=key_of(query.get("cursor", "")),
        limit=PAGE_SIZE,
    )
    people = people_by_ids(lot.member_id for lot in found)
    following = cursor_after(found, limit=PAGE_SIZE, field="at")
    choices = [("", _("全部")), *((one.value, lw.lot_state(one)[0]) for one in LotState)]
    context = {
        "title": _("积分批次"),
        "tabs": tabs(choices, name="state", query=query),
        "rows": lot_rows(found, people),
        "older_url": with_query(query, cursor=following) if following else None,
    }
    return show(request, "console/loyalty_rows.html", section="loyalty", context=context, crumbs=_crumbs())


@guarded("loyalty.view")
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The entries behind a number; `kind` may be given several times."""
    query = request.GET
    kinds = tuple(EntryKind(kind) for kind in query.getlist("kind") if kind in set(EntryKind))
    found = entries_table(
        by=actor_of(request), kinds=kinds, after=key_of(query.get("cursor", "")), limit=PAGE_SIZE
    )
    people = people_by_ids(one.member_id for one in found)
    rows = [_entry_row(one.entry, people.get(one.member_id), member_id=one.member_id) for one in found]
    following = cursor_after([one.entry for one in found], limit=PAGE_SIZE, field="at")
    choices = [("", _("全部")), *((one.value, lw.entry_kind(one)) for one in EntryKind)]
    context = {
        "title": _("积分流水"),
        "tabs": tabs(choices, name="kind", query=query),
        "rows": table(
            [column(_("会员")), *_entry_columns()],
            rows,
            caption=_("积分流水"),
            empty=(_("还没有流水"), _("有人得到或用掉积分就会出现在这里。")),
        ),
        "older_url": with_query(query, cursor=following) if following else None,
    }
    return show(request, "console/loyalty_rows.html", section="loyalty", context=context, crumbs=_crumbs())


@guarded("loyalty.view")
@require_safe
def debts(request: HttpRequest) -> HttpResponse:
    """Who owes points."""
    found = debts_table(by=actor_of(request), limit=PAGE_SIZE)
    people = people_by_ids(member_id for member_id, _debt in found)
    rows = [
        row(
            [text(people[member_id].nickname if member_id in people else "–"), number(f"{debt:,}")],
            url=reverse("console:loyalty_member", args=[member_id]),
        )
        for member_id, debt in found
    ]
    context = {
        "title": _("欠积分的会员"),
        "rows": table(
            [column(_("会员")), column(_("欠"), is_number=True)],
            rows,
            caption=_("欠积分的会员"),
            empty=(_("没有人欠积分"), _("退款时积分已经用掉、又允许负数时才会出现。")),
        ),
    }
    return show(request, "console/loyalty_rows.html", section="loyalty", context=context, crumbs=_crumbs())


@guarded("loyalty.view")
@require_safe
def member(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """One member's points: balance, lots, entries, growth, and the way to an adjustment."""
    actor, who = actor_of(request), person(member_id)
    after = key_of(request.GET.get("cursor", ""))
    found = entries_of(member_id, by=actor, after=after, limit=PAGE_SIZE)
    following = cursor_after(found, limit=PAGE_SIZE, field="at")
    waiting = [
        one
        for one in (
            requests_table(by=actor, kind=ADJUSTMENT, limit=100) if actor.may("approvals.view") else []
        )
        if one.subject_id == member_id
    ][:5]
    context: dict[str, Any] = {
        "person": who,
        "balance": balance_of(member_id, by=actor),
        "standing": standing_of(member_id),
        "progress": progress_of(member_id, by=actor),
        "growth": growth_lines(member_id, by=actor, limit=10),
        "memberships": memberships_of(member_id, by=actor),
        "lots": lot_rows(lots_of(member_id, by=actor, limit=20), {}),
        "entries": table(
            _entry_columns(),
            [_entry_row(entry, None, member_id=member_id) for entry in found],
            caption=_("积分流水"),
            empty=(_("还没有流水"), _("TA 还没有得到过积分。")),
        ),
        "older_url": with_query(request.GET, cursor=following) if following else None,
        "may_adjust": actor.may("loyalty.edit"),
        "waiting": waiting,
        "once": once_key(),
    }
    crumbs = [*_crumbs(), (_("会员"), reverse("console:members"))]
    return show(request, "console/loyalty_member.html", section="loyalty", context=context, crumbs=crumbs)


@guarded("loyalty.edit")
@require_POST
def adjust(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Ask for points to be given or taken; a second person decides."""
    actor = actor_of(request)
    points, reason = _points_from(request.POST.get("points", "")), request.POST.get("reason", "")
    act_once(request, lambda: ask_points_adjustment(member_id, points=points, reason=reason, by=actor))
    messages.success(request, _("已提交，等另一个人审批；在那之前积分不变"))
    return redirect("console:loyalty_member", member_id)


def lot_rows(found: list[LotView], people: dict[uuid.UUID, Person]) -> dict[str, Any]:
    """Lots as a table; with people the first column says whose they are."""
    columns = [
        *([column(_("会员"))] if people else []),
        column(_("来源")),
        column(_("状态")),
        column(_("得到"), is_number=True),
        column(_("剩下"), is_number=True),
        column(_("用掉"), is_number=True),
        column(_("过期"), is_number=True),
        column(_("收回"), is_number=True),
        column(_("到账")),
        column(_("到期")),
    ]
    rows = [
        row(
            [
                *(
                    [text(people[lot.member_id].nickname if lot.member_id in people else "–")]
                    if people
                    else []
                ),
                text(lw.source(lot.source_kind), note=lot.note),
                tag(*lw.lot_tag(lot)),
                number(_count(lot.earned)),
                number(_count(lot.remaining)),
                number(_count(lot.spent)),
                number(_count(lot.expired)),
                number(_count(lot.taken_back + lot.covered)),
                text(
                    f"{local(lot.available_at):%Y-%m-%d}"
                    if lot.available_at
                    else _("等收货")
                    if lot.remaining
                    else "–"
                ),
                text(f"{local(lot.expires_at - A_MOMENT):%Y-%m-%d}" if lot.expires_at else "–"),
            ],
            url=reverse("console:loyalty_member", args=[lot.member_id]) if people else "",
        )
        for lot in found
    ]
    return table(columns, rows, caption=_("积分批次"), empty=(_("没有这样的批次"), _("换个条件看看。")))


def _count(points: int) -> str:
    return f"{points:,}" if points else "–"


def _entry_columns() -> list[dict[str, Any]]:
    return [
        column(_("事情")),
        column(_("可用"), is_number=True),
        column(_("待到账"), is_number=True),
        column(_("说明")),
        column(_("时间")),
    ]


def _entry_row(entry: EntryView, who: Person | None, *, member_id: uuid.UUID) -> dict[str, Any]:
    cells = [
        text(lw.entry_kind(entry.kind), note=lw.source(entry.subject_kind)),
        number(f"{entry.change:+,}" if entry.change else "–"),
        number(f"{entry.pending_change:+,}" if entry.pending_change else "–"),
        text(entry.note or "–"),
        text(f"{local(entry.at):%Y-%m-%d %H:%M}"),
    ]
    if who is not None:
        return row([text(who.nickname), *cells], url=reverse("console:loyalty_member", args=[member_id]))
    return row(cells)


def _kpis(found: Liability) -> list[dict[str, Any]]:
    lots_url, entries_url = reverse("console:loyalty_lots"), reverse("console:loyalty_entries")
    value = format_minor(found.value_minor, currency=settings.JISHI_CURRENCY)
    return [
        _kpi(_("欠着的积分，值"), value, lots_url, note=_("可用、待到账和占用中的，按抵扣价算")),
        _kpi(_("可用"), f"{found.spendable:,}", f"{lots_url}?state=active"),
        _kpi(_("待到账"), f"{found.pending:,}", f"{lots_url}?state=pending"),
        _kpi(_("下单占用"), f"{found.held:,}", f"{entries_url}?kind=spend"),
        _kpi(_("已用"), f"{found.spent:,}", f"{entries_url}?kind=spend"),
        _kpi(
            _("已过期"),
            f"{found.expired:,}",
            f"{entries_url}?kind=expire",
            note=_("过期率 %(rate)s") % {"rate": f"{found.breakage_basis_points / 100:.1f}%"},
        ),
        _kpi(_("退款收回"), f"{found.taken_back:,}", f"{entries_url}?kind=take_back"),
        _kpi(_("会员欠"), f"{found.debt:,}", reverse("console:loyalty_debts")),
    ]


def _kpi(label: str, value: str, url: str, *, note: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "note": note}


def _months(found: Liability) -> dict[str, Any]:
    rows = [
        row(
            [
                text(f"{line.month:%Y-%m}" if line.month else _("还没到账")),
                number(f"{line.points:,}"),
                number(f"{line.members:,}"),
                number(f"{line.lots:,}"),
            ],
            url=f"{reverse('console:loyalty_lots')}?"
            + (f"state=active&month={line.month.isoformat()}" if line.month else "state=pending"),
        )
        for line in found.by_month
    ]
    columns = [
        column(_("哪个月到期")),
        column(_("积分"), is_number=True),
        column(_("会员"), is_number=True),
        column(_("批次"), is_number=True),
    ]
    empty = (_("还没有积分"), _("有人付款或签到后就会有。"))
    return table(columns, rows, caption=_("按到期月份"), empty=empty)


def _chart(found: Liability) -> dict[str, Any]:
    lines = [line for line in found.by_month if line.month]
    return {
        "type": "bar",
        "description": _("哪个月有多少积分到期"),
        "labels": [f"{line.month:%Y-%m}" for line in lines],
        "series": [
            {
                "name": _("到期的积分"),
                "type": "bar",
                "data": [line.points for line in lines],
                "format": "number",
            }
        ],
        "axes": ["number"],
    }


def _points_from(value: str) -> int:
    try:
        return int(value.strip().replace(",", "").replace("+", "").replace("−", "-"))
    except ValueError as error:
        raise InvalidInput(field=_("积分"), reason=_("请填整数，扣减写负数")) from error


def _crumbs() -> list[tuple[str, str]]:
    return [(_("积分与会员"), reverse("console:loyalty"))]
