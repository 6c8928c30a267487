"""Members and staff: who they are, what they bought, who brought them, what they may do."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.orders.public import OrderFilter, find_orders
from jishi.modules.people.public import (
    PERMISSIONS_OF_ROLE,
    MemberRow,
    Role,
    addresses_of_member,
    change_role,
    count_members,
    create_staff,
    mask_phone,
    member_row,
    members_table,
    people_by_ids,
)
from jishi.modules.plays.group_buy.public import offers_by_ids, teams_of_member
from jishi.modules.sharing.public import figures_of_sharer, introduction_of
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import blame, dress
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.orders import order_table
from jishi.surfaces.console.questions import local, period_of
from jishi.surfaces.console.tables import column, number, row, table, tag, text, with_query
from jishi.surfaces.console.timeline import timeline

PAGE_SIZE = 50
ORDERS_SHOWN = 20
SHARING_DAYS = 90


class StaffForm(forms.Form):
    """Somebody who works here, with an e-mail and a password of their own."""

    nickname = forms.CharField(label=gettext_lazy("名字"), max_length=24)
    email = forms.EmailField(label=gettext_lazy("邮箱"))
    password = forms.CharField(
        label=gettext_lazy("初始密码"),
        min_length=10,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("至少 10 位，登录后可改"),
    )
    role = forms.ChoiceField(label=gettext_lazy("角色"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = roles()  # type: ignore[attr-defined]
        dress(self)


def roles() -> list[tuple[str, str]]:
    return [(role.value, words.role(role)) for role in Role if role is not Role.NONE]


@guarded("members.view")
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    actor, needle = actor_of(request), request.GET.get("q", "")
    is_period = any(name in request.GET for name in ("days", "from"))
    asked = period_of(request)
    joined = (asked.period.since, asked.period.until) if is_period else None
    after = key_of(request.GET.get("after", ""))
    found = members_table(by=actor, text=needle, joined=joined, after=after, limit=PAGE_SIZE)
    following = cursor_after(found, limit=PAGE_SIZE, field="created_at")
    context = {
        "search_text": needle,
        "hidden": [],
        "chips": [
            {"label": _("%(period)s 加入") % {"period": asked.words}, "url": reverse("console:members")}
        ]
        if is_period
        else [],
        "reset_url": reverse("console:members") if needle else None,
        "members": _table(found, actor),
        "total": count_members(by=actor, text=needle),
        "newer_url": with_query(request.GET, after=None) if after else None,
        "older_url": with_query(request.GET, after=following) if following else None,
    }
    return show(request, "console/members.html", section="members", context=context)


@guarded("members.view")
@require_safe
def member(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """One member: orders, teams, who brought them, whom they brought."""
    actor = actor_of(request)
    person = member_row(member_id, by=actor)
    introduction = introduction_of(member_id)
    teams = teams_of_member(member_id, limit=20)
    people = people_by_ids(
        [member_id, *(team.leader_id for team in teams), *([introduction.sharer_id] if introduction else [])]
    )
    now = clock.now()
    context: dict[str, Any] = {
        "person": person,
        "phone": _phone(person, actor),
        "email": person.email if actor.may("members.contact") else _masked(person.email),
        "role": words.role(person.role),
        "introduction": introduction,
        "introducer": people.get(introduction.sharer_id) if introduction else None,
        "sharing": figures_of_sharer(member_id, since=now - timedelta(days=SHARING_DAYS), until=now),
        "sharing_days": SHARING_DAYS,
        "addresses": addresses_of_member(member_id, by=actor),
        "teams": _teams(teams, member_id, people),
        "roles": [("", words.role("")), *roles()],
        "may_change_role": actor.may("staff.manage"),
        "events": timeline("member", member_id),
        "may_see_sharing": actor.may("sharing.view"),
        "may_see_loyalty": actor.may("loyalty.view"),
    }
    if actor.may("orders.view"):
        orders, total = find_orders(OrderFilter(member_id=member_id), by=actor, limit=ORDERS_SHOWN)
        context |= {"orders": order_table(orders, people), "order_total": total}
    crumbs = [(_("会员"), reverse("console:members"))]
    return show(request, "console/member.html", section="members", context=context, crumbs=crumbs)


@guarded("staff.manage")
@require_POST
def set_role(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    wanted = request.POST.get("role", "")
    if wanted not in set(Role):
        raise NotFound()
    change_role(member_id, by=actor_of(request), role=Role(wanted))
    messages.success(request, _("角色已改为：%(role)s") % {"role": words.role(wanted)})
    if request.POST.get("then") == "staff":
        return redirect("console:staff")
    return redirect("console:member", member_id)


@guarded("staff.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest) -> HttpResponse:
    """Who works here, with what each role may do; posting adds somebody."""
    actor = actor_of(request)
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            create_staff(
                by=actor,
                email=values["email"],
                password=values["password"],
                nickname=values["nickname"],
                role=Role(values["role"]),
            )
        except Refusal as refusal:
            blame(form, refusal)
        except IntegrityError:
            form.add_error("email", _("这个邮箱已经有账号了，可以在会员页给 TA 改角色"))
        else:
            messages.success(request, _("员工已添加"))
            return redirect("console:staff")
    people = members_table(by=actor, staff_only=True, limit=100)
    context = {
        "people": [{"person": person, "role": words.role(person.role)} for person in people],
        "roles": [("", _("不再是员工")), *roles()],
        "form": form,
        "matrix": _matrix(),
        "role_names": [words.role(role) for role in Role if role is not Role.NONE],
    }
    status = 422 if form.is_bound else 200
    return show(request, "console/staff.html", section="staff", context=context, status=status)


def _phone(person: MemberRow, actor: Actor) -> str:
    return person.phone.removeprefix("+86") if actor.may("members.contact") else mask_phone(person.phone)


def _table(found: list[MemberRow], actor: Actor) -> dict[str, Any]:
    columns = [
        column(_("会员")),
        column(_("手机")),
        column(_("邮箱")),
        column(_("身份")),
        column(_("加入时间")),
    ]
    rows = [
        row(
            [
                text(person.nickname),
                text(_phone(person, actor) or "–"),
                text((person.email if actor.may("members.contact") else _masked(person.email)) or "–"),
                tag(words.role(person.role), "accent" if person.role else "line"),
                text(f"{local(person.created_at):%Y-%m-%d %H:%M}"),
            ],
            url=reverse("console:member", args=[person.id]),
        )
        for person in found
    ]
    return table(
        columns, rows, caption=_("会员"), empty=(_("没有找到会员"), _("试试昵称、手机尾号或邮箱开头。"))
    )


def _masked(email: str) -> str:
    head, _at, host = email.partition("@")
    return f"{head[:1]}***@{host}" if host else ""


def _teams(teams: list[Any], member_id: uuid.UUID, people: dict[uuid.UUID, Any]) -> dict[str, Any]:
    offers = offers_by_ids({team.offer_id for team in teams})
    rows = []
    for team in teams:
        leader = people.get(team.leader_id)
        rows.append(
            row(
                [
                    text(offers[team.offer_id].name if team.offer_id in offers else "–"),
                    text(
                        _("自己开的") if team.leader_id == member_id else leader.nickname if leader else "–"
                    ),
                    number(f"{team.paid_count} / {team.size}"),
                    tag(*words.team_state(team.state)),
                    text(f"{local(team.opened_at):%m-%d %H:%M}"),
                ],
                url=reverse("console:team", args=[team.id]),
            )
        )
    columns = [
        column(_("拼团")),
        column(_("团主")),
        column(_("席位"), is_number=True),
        column(_("状态")),
        column(_("开团")),
    ]
    return table(
        columns, rows, caption=_("参加的团"), empty=(_("还没有参过团"), _("TA 还没有开过或参过团。"))
    )


def _matrix() -> list[dict[str, Any]]:
    """What each role may do, for people who decide about roles."""
    named = (
        ("catalog.view", _("看商品")),
        ("catalog.edit", _("改商品、导入导出")),
        ("inventory.edit", _("改库存")),
        ("orders.fulfil", _("发货，看收货地址")),
        ("orders.refund", _("退款")),
        ("plays.edit", _("建拼团、发布、加预算")),
        ("reports.view", _("看报表")),
        ("members.contact", _("看会员的联系方式")),
        ("ledger.view", _("看账本")),
        ("settings.edit", _("改运费等设置")),
        ("staff.manage", _("管员工")),
    )
    return [
        {
            "label": label,
            "cells": [permission in PERMISSIONS_OF_ROLE[role] for role in Role if role is not Role.NONE],
        }
        for permission, label in named
    ]
