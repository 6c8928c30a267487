"""Notes in the console: the table, what waits for a look, one note with its versions and numbers."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.notes import screen_draft
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.media.public import media_by_ids
from jishi.modules.notes.public import (
    Arm,
    NoteFilter,
    NoteState,
    NoteView,
    approve_note,
    arm_results,
    assign_note,
    author_view,
    count_notes_by_state,
    find_notes,
    hide_note,
    mark_paid_creator,
    note_view,
    return_note,
    show_note,
    topics_table,
    versions_of,
)
from jishi.modules.people.public import Person, people_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces import note_words
from jishi.surfaces.console.access import back, guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of, page_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tabs, tag, text
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.templatetags.look import money, short_money
from jishi.surfaces.templatetags.pictures import still

PAGE_SIZE, TOPIC_DAYS, TOPICS_SHOWN = 30, 30, 12
_OUT = (NoteState.PUBLISHED, NoteState.HIDDEN)


@guarded("notes.view")
@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """Eight queries."""
    actor, query, page = actor_of(request), request.GET, page_of(request)
    found, total = find_notes(_filter_of(request), by=actor, page=page, limit=PAGE_SIZE)
    people = people_by_ids(one for note in found for one in (note.author_id, note.assignee_id) if one)
    media = media_by_ids(note.cover_media_id for note in found if note.cover_media_id)
    counts = count_notes_by_state(by=actor)
    names = [
        ("", _("待审")),
        ("scheduled", _("定时")),
        ("published", _("已发布")),
        ("hidden", _("已隐藏")),
        ("draft", _("草稿")),
    ]
    shown = {"": counts.get("in_review", 0), **counts, "all": sum(counts.values())}
    columns = [
        column(_("笔记")),
        column(_("状态")),
        column(_("看过"), is_number=True),
        column(_("赞"), is_number=True),
        column(_("收藏"), is_number=True),
        column(_("点商品"), is_number=True),
        column(_("订单"), is_number=True),
        column(_("成交"), is_number=True),
        column(_("谁跟进")),
    ]
    rows = [
        _row(note, people, still(media.get(note.cover_media_id)) if note.cover_media_id else "")
        for note in found
    ]
    context = {
        "tabs": tabs([*names, ("all", _("全部"))], name="state", query=query, counts=shown),
        "found": {
            "table": table(
                columns,
                rows,
                caption=_("笔记"),
                empty=(_("没有笔记"), _("第一篇、付费合作和有疑问的会排在这里。")),
            ),
            "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
        },
        "topics": _topics(actor),
        "days": TOPIC_DAYS,
        "text": query.get("q", ""),
        "may_edit": actor.may("notes.edit"),
    }
    return show(request, "console/notes.html", section="notes", context=context)


@guarded("notes.view")
@require_safe
def note(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """Everything about one, with what a look needs: words, advice, pictures, versions, history."""
    actor = actor_of(request)
    found = note_view(note_id, by=actor)
    media = media_by_ids(found.media_ids)
    goods = cards_by_ids([one.product_id for one in found.tags])
    people = people_by_ids(one for one in (found.author_id, found.assignee_id) if one)
    results = arm_results([note_id])[note_id] if found.alt_title or found.alt_cover else None
    screening = screen_draft(found.draft)
    label, colour = note_words.state_words(found.state)
    author = people.get(found.author_id)
    context = {
        "note": found,
        "author": author.nickname if author else "–",
        "standing": author_view(found.author_id, by=actor),
        "assignee": people[found.assignee_id].nickname if found.assignee_id in people else "",
        "state": label,
        "colour": colour,
        "review": note_words.review_words(found.review_note),
        "cooperation": note_words.cooperation_words(found.cooperation),
        "pictures": [
            {
                "media": media[media_id],
                "tags": [
                    {"tag": one, "card": goods[one.product_id], "is_right": one.x_bp > 5_500}
                    for one in found.tags
                    if one.picture == place and one.product_id in goods
                ],
            }
            for place, media_id in enumerate(found.media_ids)
            if media_id in media
        ],
        "stopped": screening.stopped,
        "advice": screening.advice,
        "figures": _figures(found),
        "test": _test(results) if results else None,
        "versions": versions_of(note_id),
        "events": timeline("note", note_id),
        "may_edit": actor.may("notes.edit"),
        "once": once_key(),
        "me": actor.id,
    }
    return show(
        request,
        "console/note.html",
        section="notes",
        context=context,
        crumbs=[(_("笔记"), reverse("console:notes"))],
    )


@guarded("notes.edit")
@require_POST
def decide(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """Approve, return, hide, show, take on."""
    actor, reason = actor_of(request), request.POST.get("reason", "")
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "approve": (lambda: approve_note(note_id, by=actor), _("通过了")),
        "return": (lambda: return_note(note_id, by=actor, reason=reason), _("退回了，作者会知道原因")),
        "hide": (lambda: hide_note(note_id, by=actor, reason=reason), _("隐藏了，作者会知道原因")),
        "show": (lambda: show_note(note_id, by=actor), _("又展示了")),
        "take": (lambda: assign_note(note_id, by=actor, assignee_id=actor.id), _("由你跟进")),
        "leave": (lambda: assign_note(note_id, by=actor, assignee_id=None), _("没有人跟进了")),
    }
    act, said = acts.get(request.POST.get("act", ""), (lambda: None, ""))
    if said and act_once(request, act):
        messages.success(request, said)
    return back(request, otherwise="console:notes")


@guarded("notes.edit")
@require_POST
def creator(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Mark somebody as a paid creator, or no longer."""
    is_paid = request.POST.get("is_paid") == "1"
    if act_once(request, lambda: mark_paid_creator(member_id, by=actor_of(request), is_paid=is_paid)):
        messages.success(request, _("以后的笔记必须写明合作") if is_paid else _("不再必须写明合作"))
    return back(request, otherwise="console:notes")


def _filter_of(request: HttpRequest) -> NoteFilter:
    query = request.GET
    state = query.get("state", "")
    states = () if state == "all" else (NoteState(state) if state in set(NoteState) else NoteState.IN_REVIEW,)
    return NoteFilter(
        states=states,
        author_id=id_of(query.get("author")),
        topic=query.get("topic", "")[:16],
        text=query.get("q", "").strip()[:30],
    )


def _row(note: NoteView, people: dict[uuid.UUID, Person], image: str) -> dict[str, Any]:
    label, colour = note_words.state_words(note.state)
    author = people.get(note.author_id)
    mark = note_words.cooperation_mark(note.cooperation)
    by = " · ".join(part for part in (author.nickname if author else "–", mark) if part)
    moment = note.publish_at if note.state is NoteState.SCHEDULED else None
    counts = note.counts
    assignee = people.get(note.assignee_id) if note.assignee_id else None
    return row(
        [
            text(note.title or _("没有标题"), note=by, image=image),
            tag(
                label,
                colour,
                note=f"{moment:%m-%d %H:%M}" if moment else note_words.review_words(note.review_note),
            ),
            number(counts.views),
            number(counts.likes),
            number(counts.saves),
            number(counts.taps),
            number(counts.orders),
            number(short_money(counts.net_minor)),
            text(assignee.nickname if assignee else "–"),
        ],
        url=reverse("console:note", args=[note.id]),
    )


def _topics(actor: Actor) -> list[dict[str, Any]]:
    rows = topics_table(since=clock.now() - timedelta(days=TOPIC_DAYS), by=actor, limit=TOPICS_SHOWN)
    most = max((one.views for one in rows), default=0) or 1
    return [{"row": one, "percent": one.views * 100 // most} for one in rows]


def _figures(found: NoteView) -> list[dict[str, Any]]:
    counts = found.counts
    return [
        {"label": _("看过"), "value": counts.views},
        {"label": _("赞"), "value": counts.likes},
        {"label": _("收藏"), "value": counts.saves},
        {"label": _("评论"), "value": counts.comments},
        {"label": _("分享"), "value": counts.shares},
        {"label": _("点商品"), "value": counts.taps},
        {"label": _("订单"), "value": counts.orders},
        {"label": _("成交（退款后）"), "value": money(counts.net_minor)},
    ]


def _test(results: Any) -> dict[str, Any]:
    arms = []
    for place, arm in enumerate((Arm.A, Arm.B)):
        shown, clicked = results.exposures[place], results.clicks[place]
        arms.append(
            {
                "name": arm.value.upper(),
                "shown": shown,
                "clicked": clicked,
                "rate": f"{clicked * 100 / shown:.1f}%" if shown else "–",
                "low": f"{results.low_bp[place] / 100:.1f}%",
                "high": f"{results.high_bp[place] / 100:.1f}%",
                "is_winner": results.winner is arm,
            }
        )
    return {"arms": arms, "winner": results.winner, "z": f"{results.z:.2f}", "is_open": _OUT}
