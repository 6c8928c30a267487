"""Communities in the console: all of them, one closely, founding and furnishing."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.insight.community_report import CommunityReport, community_report
from jishi.insight.periods import Compared
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.community.public import (
    CommunityRole,
    CommunityView,
    Level,
    Writers,
    channels_of,
    close_community,
    communities_table,
    decide_request,
    door_of_id,
    hold_level,
    invites_of,
    make_invite,
    members_page,
    open_task,
    order_channels,
    remove_member,
    requests_of,
    save_channel,
    set_role,
    shelf_of,
    waiting_counts,
)
from jishi.modules.media.public import media_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.community_words import level_words, role_words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.community_edit import joining_words, openness_words
from jishi.surfaces.console.community_shelf import moved, shelf_rows
from jishi.surfaces.console.figures import compared, kpi, money, percent, whole
from jishi.surfaces.console.forms import once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import local, page_of, period_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tag, text
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.refusals import words_of

PAGE_SIZE = 50
MEMBERS_SHOWN = 20


@guarded("community.view")
@require_safe
def communities(request: HttpRequest) -> HttpResponse:
    """All of them, the largest first; three queries."""
    actor, page, query = actor_of(request), page_of(request), request.GET
    found, total = communities_table(by=actor, text=query.get("q", "")[:40], page=page, limit=PAGE_SIZE)
    waiting = waiting_counts([one.id for one in found])
    context = {
        "communities": _table(found, waiting),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
        "may_edit": actor.may("community.edit"),
    }
    return show(request, "console/communities.html", section="communities", context=context)


@guarded("community.view")
@require_safe
def community(request: HttpRequest, community_id: uuid.UUID) -> HttpResponse:
    """One closely: numbers, people, channels, shelf, what waits."""
    actor, asked = actor_of(request), period_of(request)
    found = door_of_id(community_id, by=actor).community
    report = community_report(community_id, by=actor, period=asked.period)
    page = page_of(request)
    members, total = members_page(community_id, page=page, limit=MEMBERS_SHOWN)
    requests = requests_of(community_id)
    people = people_by_ids([*(one.member_id for one in members), *(one.member_id for one in requests)])
    context = {
        "community": found,
        "state": _state(found),
        "openness": openness_words(found.form.openness),
        "joining": joining_words(found.form.joining),
        "picker": asked.picker(request.GET),
        "kpis": _kpis(report),
        "chart": _chart(report),
        "members": [
            {"who": people[one.member_id], "one": one, "level": level_words(one.level)}
            for one in members
            if one.member_id in people
        ],
        "roles": [(one.value, role_words(one) or _("成员")) for one in CommunityRole],
        "levels": [(one.value, level_words(one)) for one in Level],
        "writers": [(one.value, writer_words(one)) for one in Writers],
        "pager": pager(query=request.GET, page=page, size=MEMBERS_SHOWN, total=total),
        "requests": [
            {
                "one": one,
                "who": people[one.member_id],
                "answers": list(zip(found.form.questions, one.answers, strict=False)),
            }
            for one in requests
            if one.member_id in people
        ],
        "channels": [{"one": one, "writers": writer_words(one.writers)} for one in channels_of(community_id)],
        "invites": invites_of(community_id),
        "shelf": shelf_rows(shelf_of(community_id)),
        "cover": media_by_ids([found.cover_id]).get(found.cover_id) if found.cover_id else None,
        "cover_behind": f"{reverse('shop:community', args=[found.handle])}cover/",
        "may_edit": actor.may("community.edit"),
        "events": timeline("community", community_id),
        "once": once_key(),
        "shop_url": reverse("shop:community", args=[found.handle]),
    }
    crumbs = [(_("社群"), reverse("console:communities"))]
    return show(request, "console/community.html", section="communities", context=context, crumbs=crumbs)


@guarded("community.edit")
@require_POST
def community_step(request: HttpRequest, community_id: uuid.UUID) -> HttpResponse:
    """What one form of the page asks for: its `verb`."""
    actor, sent = actor_of(request), request.POST
    member_id = _uuid(sent.get("member"))
    acts: dict[str, Callable[[], Any]] = {
        "close": lambda: close_community(community_id, is_open=False, by=actor),
        "reopen": lambda: close_community(community_id, is_open=True, by=actor),
        "channel": lambda: save_channel(
            community_id,
            name=sent.get("name", ""),
            about=sent.get("about", "")[:80],
            writers=Writers(sent.get("writers", "everyone")),
            channel_id=_uuid(sent.get("channel")),
            is_archived=sent.get("archived") == "1",
            by=actor,
        ),
        "task": lambda: open_task(community_id, title=sent.get("title", ""), by=actor),
        "invite": lambda: make_invite(community_id, uses_max=int(sent.get("uses") or 20), by=actor),
        "channel_up": lambda: _move_channel(community_id, sent.get("channel"), step=-1, by=actor),
        "channel_down": lambda: _move_channel(community_id, sent.get("channel"), step=1, by=actor),
        "accept": lambda: _decide(sent.get("request"), is_accepted=True, request=request),
        "refuse": lambda: _decide(sent.get("request"), is_accepted=False, request=request),
    }
    if member_id is not None:
        who = member_id
        acts |= {
            "role": lambda: set_role(community_id, who, role=CommunityRole(sent.get("role", "")), by=actor),
            "level": lambda: hold_level(
                community_id,
                who,
                level=Level(int(sent.get("level", "0"))),
                is_held=sent.get("held") == "1",
                by=actor,
            ),
            "remove": lambda: remove_member(community_id, who, reason=sent.get("reason", ""), by=actor),
        }
    verb = sent.get("verb", "")
    if verb not in acts:
        raise NotFound()
    try:
        acts[verb]()
        messages.success(request, _("做好了"))
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    except ValueError:
        messages.error(request, _("填的内容不对"))
    return redirect("console:community", community_id)


def writer_words(one: Writers) -> str:
    return {
        Writers.EVERYONE: _("所有成员"),
        Writers.ACTIVE: _("活跃以上"),
        Writers.STAFF: _("领队、版主和群主"),
    }[one]


def _move_channel(community_id: uuid.UUID, channel_id: str | None, *, step: int, by: Actor) -> None:
    wanted = _uuid(channel_id)
    if wanted is None:
        raise NotFound()
    order_channels(community_id, moved([one.id for one in channels_of(community_id)], wanted, by=step), by=by)


def _decide(request_id: str | None, *, is_accepted: bool, request: HttpRequest) -> None:
    wanted = _uuid(request_id)
    if wanted is None:
        raise NotFound()
    decide_request(wanted, is_accepted=is_accepted, by=actor_of(request))


def _uuid(text_of_id: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text_of_id) if text_of_id else None
    except ValueError as error:
        raise NotFound() from error


def _state(found: CommunityView) -> tuple[str, str]:
    return (_("开放"), "leaf") if found.is_open else (_("停止更新"), "soft")


def _table(found: list[CommunityView], waiting: dict[uuid.UUID, int]) -> dict[str, Any]:
    columns = [
        column(_("社群")),
        column(_("谁能看")),
        column(_("怎么加入")),
        column(_("成员"), is_number=True),
        column(_("帖子"), is_number=True),
        column(_("等着加入"), is_number=True),
        column(_("最近一篇")),
        column(_("状态")),
    ]
    rows = [
        row(
            [
                text(one.name, note=one.form.audience),
                text(openness_words(one.form.openness)),
                text(joining_words(one.form.joining)),
                number(one.member_count),
                number(one.post_count),
                number(waiting.get(one.id, 0)),
                text(f"{local(one.last_post_at):%m-%d %H:%M}" if one.last_post_at else "–"),
                tag(*_state(one)),
            ],
            url=reverse("console:community", args=[one.id]),
        )
        for one in found
    ]
    empty = (_("还没有社群"), _("建一个，写明为谁而开、来了能得到什么，再请几位熟客进来。"))
    return table(columns, rows, caption=_("社群"), empty=empty)


def _kpis(report: CommunityReport) -> list[dict[str, Any]]:
    now, before = report.figures, report.before
    kept = now.retention_percent
    return [
        kpi(_("健康度"), f"{now.health_percent}", note=_("写的人、有回应、有答案、会回来各占四分之一")),
        kpi(
            _("成员"),
            whole(now.members),
            note=_("进 %(joined)d · 出 %(left)d") % {"joined": now.joined, "left": now.left},
        ),
        compared(_("说话的人"), Compared(now.authors, before.authors), words=whole),
        compared(
            _("帖子和评论"),
            Compared(now.posts + now.comments, before.posts + before.comments),
            words=whole,
            series=[count for _day, count in now.days],
        ),
        kpi(_("留存"), percent(kept / 100 if kept is not None else None), note=_("前半段说话的人后半段又来")),
        kpi(_("成员成交"), money(report.bought_minor), note=_("%d 位买家") % report.buyers),
        kpi(_("成员带来"), money(report.brought_minor), note=_("%d 单") % report.brought_orders),
    ]


def _chart(report: CommunityReport) -> dict[str, Any]:
    counts = dict(report.figures.days)
    return {
        "type": "line",
        "description": _("每天的帖子和评论"),
        "labels": [f"{day:%m-%d}" for day in report.period.days],
        "series": [
            {
                "name": _("帖子和评论"),
                "type": "line",
                "data": [counts.get(day, 0) for day in report.period.days],
                "axis": 0,
                "area": True,
                "format": "number",
            }
        ],
        "axes": ["number"],
    }
