"""The editorial plan by month with hot dates, and the sliders of the feed with what they would do."""

import calendar
import uuid
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput
from jishi.modules.campaigns.public import festivals_between
from jishi.modules.media.public import media_by_ids
from jishi.modules.notes.public import (
    WEIGHT_MAX,
    NoteView,
    Weights,
    cards_of_notes,
    discover,
    forget_feed,
    notes_between,
    reschedule_note,
    set_weights,
    weights_now,
)
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import ANONYMOUS, actor_of
from jishi.surfaces import note_words
from jishi.surfaces.console import words
from jishi.surfaces.console.access import back, guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.questions import local

PREVIEW = 12


@guarded("notes.view")
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """A month of what was and will be published, with the days to write for. Three queries."""
    today = local(clock.now()).date()
    month = _month(request.GET.get("month", ""), today)
    weeks = calendar.Calendar(firstweekday=0).monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1]
    found = notes_between(_start(first), _start(last + timedelta(days=1)), by=actor_of(request))
    people = people_by_ids(one for note in found for one in (note.author_id, note.assignee_id) if one)
    by_day: dict[date, list[NoteView]] = defaultdict(list)
    for note in found:
        if note.publish_at:
            by_day[local(note.publish_at).date()].append(note)
    festivals: dict[date, list[str]] = defaultdict(list)
    for one in festivals_between(first, last):
        festivals[one.day].append(words.festival(one.name))
    days = [
        [
            {
                "day": day,
                "is_today": day == today,
                "is_other": day.month != month.month,
                "festivals": festivals.get(day, []),
                "notes": [_entry(note, people) for note in by_day.get(day, [])],
            }
            for day in week
        ]
        for week in weeks
    ]
    context = {
        "weeks": days,
        "month": month,
        "earlier": f"?month={month - timedelta(days=1):%Y-%m}",
        "later": f"?month={month + timedelta(days=31):%Y-%m}",
        "weekdays": [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")],
        "count": len(found),
        "may_edit": actor_of(request).may("notes.edit"),
    }
    return show(
        request,
        "console/note_plan.html",
        section="note_plan",
        context=context,
        crumbs=[(_("笔记"), reverse("console:notes"))],
    )


@guarded("notes.edit")
@require_POST
def reschedule(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """Another time for a scheduled note."""
    try:
        moment = datetime.fromisoformat(request.POST.get("publish_at", ""))
    except ValueError as error:
        raise InvalidInput(field="时间", reason="请填时间") from error
    moment = moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    if act_once(request, lambda: reschedule_note(note_id, by=actor_of(request), publish_at=moment)):
        messages.success(request, _("改好了"))
    return back(request, otherwise="console:note_plan")


@guarded("notes.view")
@require_safe
def feed_weights(request: HttpRequest) -> HttpResponse:
    """Sliders, and the first cards as everybody who has agreed to nothing would see them; nothing is kept by looking."""
    asked = _weights_from(request.GET) if request.GET.get("freshness") else weights_now()
    context = {
        "sliders": [
            {"name": name, "label": label, "help": about, "value": getattr(asked, name)}
            for name, label, about in _names()
        ],
        "most": WEIGHT_MAX,
        "preview": _preview(asked),
        "once": once_key(),
        "may_edit": actor_of(request).may("notes.edit"),
    }
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/feed_preview.html", context)
    return show(
        request,
        "console/feed_weights.html",
        section="feed_weights",
        context=context,
        crumbs=[(_("笔记"), reverse("console:notes"))],
    )


@guarded("notes.edit")
@require_POST
def keep_weights(request: HttpRequest) -> HttpResponse:
    weights = _weights_from(request.POST)
    if act_once(request, lambda: set_weights(weights, by=actor_of(request))):
        forget_feed()
        messages.success(request, _("新的排法几秒内生效"))
    return redirect("console:feed_weights")


def _names() -> list[tuple[str, str, str]]:
    return [
        ("freshness", _("新鲜"), _("三天减一半")),
        ("affinity", _("和读者有关"), _("关注、赞、收藏、买过；只对同意的人")),
        ("quality", _("大家觉得好"), _("看过的人里有多少赞、收藏、评论、买")),
        ("commerce", _("有人买"), _("从笔记下的单")),
        ("near", _("离得近"), _("同城、同省；只对同意的人")),
        ("diversity", _("换换口味"), _("同一作者、同一话题往后排")),
    ]


def _weights_from(source: Any) -> Weights:
    values = {}
    for name in Weights.__slots__:
        text = source.get(name, "")
        if not (text.isascii() and text.isdigit() and int(text) <= WEIGHT_MAX):
            raise InvalidInput(field="权重", reason="请填 0 到 200")
        values[name] = int(text)
    return Weights(**values)


def _preview(weights: Weights) -> list[dict[str, Any]]:
    ranked = discover(by=ANONYMOUS, weights=weights, limit=PREVIEW)
    cards = cards_of_notes(one.candidate.id for one in ranked)
    people = people_by_ids(card.author_id for card in cards.values())
    media = media_by_ids(card.cover_media_id for card in cards.values() if card.cover_media_id)
    return [
        {
            "card": cards[one.candidate.id],
            "cover": media.get(cards[one.candidate.id].cover_media_id),  # type: ignore[arg-type]
            "author": people[cards[one.candidate.id].author_id].nickname
            if cards[one.candidate.id].author_id in people
            else "–",
            "score": f"{one.score * 100:.1f}",
            "factors": note_words.factor_rows(one),
            "reason": note_words.reason_words(one.reason),
            "url": reverse("console:note", args=[one.candidate.id]),
        }
        for one in ranked
        if one.candidate.id in cards
    ]


def _entry(note: NoteView, people: dict[uuid.UUID, Any]) -> dict[str, Any]:
    label, colour = note_words.state_words(note.state)
    author = people.get(note.author_id)
    assignee = people.get(note.assignee_id) if note.assignee_id else None
    return {
        "note": note,
        "label": label,
        "colour": colour,
        "author": author.nickname if author else "–",
        "assignee": assignee.nickname if assignee else "",
        "url": reverse("console:note", args=[note.id]),
        "at": local(note.publish_at) if note.publish_at else None,
        "once": once_key(),
    }


def _month(text: str, today: date) -> date:
    try:
        found = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year < 2090 else today.replace(day=1)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))
