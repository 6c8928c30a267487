"""Events for staff: the table, one with its people, writing one, and checking in from the list."""

import uuid
from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.modules.community.public import communities_by_ids, communities_table
from jishi.modules.events.public import (
    EventForm,
    EventState,
    EventView,
    PlaceState,
    cancel_event,
    change_event,
    check_in,
    create_event,
    event_view,
    events_table,
    people_of,
    publish_event,
)
from jishi.modules.people.public import people_by_ids
from jishi.modules.promotions.public import batch_table
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.editing import save_change, save_new
from jishi.surfaces.console.forms import LocalTimeField, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of, local, page_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tabs, tag, text

PAGE_SIZE = 50
BATCHES_SHOWN = 100
COMMUNITIES_SHOWN = 200


class EventEdit(forms.Form):
    """Everything about an event."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    is_online = forms.BooleanField(label=gettext_lazy("线上活动"), required=False)
    place = forms.CharField(label=gettext_lazy("地点"), max_length=200, required=False)
    join_link = forms.URLField(
        label=gettext_lazy("线上入口"),
        max_length=400,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("只有报名的人看得到"),
    )
    starts_at = LocalTimeField(label=gettext_lazy("开始"))
    ends_at = LocalTimeField(label=gettext_lazy("结束"))
    capacity = forms.IntegerField(label=gettext_lazy("名额"), min_value=1, max_value=100_000)
    remind_hours = forms.IntegerField(
        label=gettext_lazy("提前几小时提醒"), min_value=1, max_value=168, initial=24
    )
    coupon_batch_id = forms.ChoiceField(
        label=gettext_lazy("到场的人送券"), required=False, help_text=gettext_lazy("活动结束后自动发")
    )
    text = forms.CharField(
        label=gettext_lazy("介绍"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    community_id = forms.ChoiceField(
        label=gettext_lazy("属于哪个社群"),
        required=False,
        help_text=gettext_lazy("属于社群的活动，能看这个社群的人才看得到"),
    )

    def __init__(
        self,
        *args: Any,
        batches: list[tuple[str, str]],
        communities: list[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        place = self.fields["community_id"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [("", _("全店")), *communities]
        choice = self.fields["coupon_batch_id"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("不送")), *batches]
        dress(self)

    def event(self) -> EventForm:
        values = dict(self.cleaned_data)
        for name in ("coupon_batch_id", "community_id"):
            values[name] = id_of(values[name])
        return EventForm(**values)


@guarded("community.view")
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    actor, query = actor_of(request), request.GET
    page = page_of(request)
    found, total = events_table(by=actor, state=query.get("state", ""), page=page, limit=PAGE_SIZE)
    columns = [
        column(_("活动")),
        column(_("时间")),
        column(_("报名"), is_number=True),
        column(_("候补"), is_number=True),
        column(_("到场"), is_number=True),
        column(_("状态")),
    ]
    rows = [
        row(
            [
                text(one.form.title, note=_("线上") if one.form.is_online else one.form.place[:30]),
                text(f"{local(one.form.starts_at):%m-%d %H:%M}"),
                number(f"{one.going} / {one.form.capacity}"),
                number(one.waiting),
                number(one.attended),
                tag(*_state(one)),
            ],
            url=reverse("console:event", args=[one.id]),
        )
        for one in found
    ]
    empty = (_("还没有活动"), _("线上或线下，约邻居们见一面。"))
    context = {
        "tabs": tabs([("", _("全部")), *_state_tabs()], name="state", query=query),
        "rows": table(columns, rows, caption=_("活动"), empty=empty),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
        "may_edit": actor.may("community.edit"),
    }
    return show(request, "console/events.html", section="events", context=context)


@guarded("community.view")
@require_safe
def event(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    found = event_view(event_id, by=actor)
    people = people_of(event_id, by=actor)
    names = people_by_ids([one.member_id for one in people])
    community_id = found.form.community_id
    context = {
        "found": found,
        "form": found.form,
        "community": communities_by_ids([community_id]).get(community_id) if community_id else None,
        "state": _state(found),
        "people": [
            {
                "id": one.id,
                "member_id": one.member_id,
                "name": names[one.member_id].nickname if one.member_id in names else "–",
                "state": _place_state(one.state),
                "asked_at": one.asked_at,
                "attended_at": one.attended_at,
                "may_check_in": one.state is PlaceState.GOING and found.state is EventState.PUBLISHED,
            }
            for one in people
        ],
        "may_edit": actor.may("community.edit"),
    }
    crumbs = [(_("活动"), reverse("console:events"))]
    return show(request, "console/event.html", section="events", context=context, crumbs=crumbs)


@guarded("community.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def event_new(request: HttpRequest) -> HttpResponse:
    form = EventEdit(request.POST or None, batches=_batches(request), communities=_communities(request))
    if request.method == "POST" and form.is_valid():
        done = save_new(
            request,
            make=lambda by: create_event(form.event(), by=by),
            publish=publish_event,
            blame=lambda refusal: blame(form, refusal),
            said=_("活动已保存"),
            live="console:event",
            table="console:events",
        )
        if done is not None:
            return done
    return _editor(request, form, found=None)


@guarded("community.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def event_edit(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    found = event_view(event_id, by=actor_of(request))
    form = EventEdit(
        request.POST or None,
        batches=_batches(request),
        communities=_communities(request),
        initial=asdict(found.form),
    )
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        done = save_change(
            request,
            event_id,
            write=lambda by: change_event(
                event_id,
                form.event(),
                by=by,
                version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            ),
            publish=None,
            blame=lambda refusal: blame(form, refusal),
            said=_("活动已保存"),
            live="console:event",
        )
        if done is not None:
            return done
    return _editor(request, form, found=found)


@guarded("community.edit")
@require_POST
def event_act(request: HttpRequest, event_id: uuid.UUID, verb: str) -> HttpResponse:
    """Publish, cancel, check somebody in from the list."""
    actor = actor_of(request)
    if verb == "publish":
        publish_event(event_id, by=actor)
        messages.success(request, _("已发布，可以报名了"))
    elif verb == "cancel":
        cancel_event(event_id, by=actor, note=request.POST.get("note", ""))
        messages.success(request, _("已取消，报名的人会收到通知"))
    elif verb == "check-in":
        place_id = id_of(request.POST.get("place"))
        if place_id is not None:
            check_in(place_id, by=actor)
            messages.success(request, _("已签到"))
    return redirect("console:event", event_id)


def _editor(request: HttpRequest, form: EventEdit, *, found: EventView | None) -> HttpResponse:
    context = {"form": form, "found": found, "once": request.POST.get("once") or once_key()}
    crumbs = [(_("活动"), reverse("console:events"))]
    status = 422 if form.is_bound else 200
    return show(
        request, "console/event_edit.html", section="events", context=context, crumbs=crumbs, status=status
    )


def _batches(request: HttpRequest) -> list[tuple[str, str]]:
    """Coupons that can be handed out; none for who may not see them."""
    actor = actor_of(request)
    if not actor.may("promotions.view"):
        return []
    found, _total = batch_table(by=actor, limit=BATCHES_SHOWN)
    return [(str(one.id), one.name) for one in found if one.is_open]


def _communities(request: HttpRequest) -> list[tuple[str, str]]:
    found, _total = communities_table(by=actor_of(request), limit=COMMUNITIES_SHOWN)
    return [(str(one.id), one.name) for one in found]


def _state_tabs() -> list[tuple[str, str]]:
    return [(one.value, _state_words(one)[0]) for one in EventState]


def _state(one: EventView) -> tuple[str, str]:
    return _state_words(one.state)


def _state_words(state: EventState) -> tuple[str, str]:
    return {
        EventState.DRAFT: (_("草稿"), "line"),
        EventState.PUBLISHED: (_("报名中"), "leaf"),
        EventState.CANCELLED: (_("已取消"), "accent"),
        EventState.ENDED: (_("已结束"), "line"),
    }[state]


def _place_state(state: PlaceState) -> tuple[str, str]:
    return {
        PlaceState.GOING: (_("已报名"), "sky"),
        PlaceState.WAITING: (_("候补"), "gold"),
        PlaceState.ATTENDED: (_("已到场"), "leaf"),
        PlaceState.CANCELLED: (_("已取消"), "line"),
    }[state]
