"""Communities in the console: all of them, one closely, founding and furnishing."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.flows.community import set_shelf
from jishi.insight.community_report import CommunityReport, community_report
from jishi.insight.periods import Compared
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.catalog.public import cards_by_ids, product_id_of
from jishi.modules.community.public import (
    COLORS,
    MOTIFS,
    BadCommunity,
    CommunityForm,
    CommunityView,
    Joining,
    Level,
    Openness,
    Ref,
    RefKind,
    Role,
    Writers,
    change_community,
    channels_of,
    close_community,
    communities_table,
    create_community,
    decide_request,
    door_of_id,
    hold_level,
    invites_of,
    make_invite,
    members_page,
    open_task,
    remove_member,
    requests_of,
    save_channel,
    set_role,
    shelf_of,
    waiting_counts,
)
from jishi.modules.people.public import people_by_ids
from jishi.platform.history import steps_of
from jishi.platform.http import actor_of
from jishi.surfaces.community_words import level_words, role_words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.figures import compared, kpi, money, percent, whole
from jishi.surfaces.console.forms import act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.order import events
from jishi.surfaces.console.questions import local, page_of, period_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tag, text
from jishi.surfaces.refusals import words_of

PAGE_SIZE = 50
MEMBERS_SHOWN = 20


class CommunityEdit(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=24)
    handle = forms.CharField(
        label=gettext_lazy("地址"), max_length=40, help_text=gettext_lazy("小写字母、数字和短横")
    )
    audience = forms.CharField(label=gettext_lazy("为谁而开"), max_length=120)
    promise = forms.CharField(label=gettext_lazy("来这里能得到什么"), max_length=120)
    house_rules = forms.CharField(
        label=gettext_lazy("群规"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    openness = forms.ChoiceField(label=gettext_lazy("谁能看"))
    joining = forms.ChoiceField(label=gettext_lazy("怎么加入"))
    questions = forms.CharField(
        label=gettext_lazy("入群问题"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一个，最多三个"),
    )
    member_limit = forms.IntegerField(
        label=gettext_lazy("人数上限"), min_value=0, initial=0, help_text=gettext_lazy("0 为不限")
    )
    motif = forms.ChoiceField(label=gettext_lazy("封面图案"))
    color = forms.ChoiceField(label=gettext_lazy("封面颜色"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = {
            "openness": [(one.value, openness_words(one)) for one in Openness],
            "joining": [(one.value, joining_words(one)) for one in Joining],
            "motif": [(one, motif_words(one)) for one in MOTIFS],
            "color": [(one, one) for one in COLORS],
        }
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = found
        dress(self)

    def form(self) -> CommunityForm:
        v = self.cleaned_data
        return CommunityForm(
            name=v["name"],
            handle=v["handle"],
            audience=v["audience"],
            promise=v["promise"],
            house_rules=v["house_rules"],
            openness=Openness(v["openness"]),
            joining=Joining(v["joining"]),
            questions=tuple(line.strip() for line in v["questions"].splitlines() if line.strip()),
            member_limit=v["member_limit"],
            motif=v["motif"],
            color=v["color"],
        )


def openness_words(one: Openness) -> str:
    return {
        Openness.PUBLIC: _("所有人可看"),
        Openness.MEMBERS: _("成员可看，别人只看到门口"),
        Openness.SECRET: _("不公开，只有成员知道"),
    }[one]


def joining_words(one: Joining) -> str:
    return {Joining.OPEN: _("直接加入"), Joining.REQUEST: _("答题申请"), Joining.INVITE: _("凭邀请码")}[one]


def motif_words(motif: str) -> str:
    return {
        "leaf": _("叶子"),
        "fruit": _("果子"),
        "tea": _("茶杯"),
        "bowl": _("热碗"),
        "yarn": _("毛线"),
        "paw": _("爪印"),
        "book": _("书"),
        "bag": _("提袋"),
    }[motif]


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
        "roles": [(one.value, role_words(one) or _("成员")) for one in Role],
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
        "shelf_text": _shelf_text(community_id),
        "may_edit": actor.may("community.edit"),
        "events": events(steps_of(subject=("community", community_id))),
        "once": once_key(),
        "shop_url": reverse("shop:community", args=[found.handle]),
    }
    crumbs = [(_("社群"), reverse("console:communities"))]
    return show(request, "console/community.html", section="communities", context=context, crumbs=crumbs)


@guarded("community.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def community_edit(request: HttpRequest, community_id: uuid.UUID | None = None) -> HttpResponse:
    """Found a community, or change one."""
    actor = actor_of(request)
    found = door_of_id(community_id, by=actor).community if community_id else None
    form = CommunityEdit(request.POST or None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            wanted: list[CommunityView] = []

            def act() -> None:
                if found is None:
                    wanted.append(create_community(form.form(), by=actor, owner_id=actor.id))
                else:
                    change_community(found.id, form.form(), by=actor)

            act_once(request, act)
            messages.success(request, _("保存好了"))
            if found is None and not wanted:
                return redirect("console:communities")
            return redirect("console:community", wanted[0].id if wanted else community_id)
        except Refusal as refusal:
            blame(form, refusal)
    context = {"community": found, "form": form, "once": request.POST.get("once") or once_key()}
    crumbs = [(_("社群"), reverse("console:communities"))]
    return show(
        request,
        "console/community_edit.html",
        section="communities",
        context=context,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


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
        "shelf": lambda: set_shelf(community_id, _refs(community_id, sent.get("goods", "")), by=actor),
        "accept": lambda: _decide(sent.get("request"), is_accepted=True, request=request),
        "refuse": lambda: _decide(sent.get("request"), is_accepted=False, request=request),
    }
    if member_id is not None:
        who = member_id
        acts |= {
            "role": lambda: set_role(community_id, who, role=Role(sent.get("role", "")), by=actor),
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


def _refs(community_id: uuid.UUID, lines: str) -> list[Ref]:
    """Products by their handles, one a line; what else stands on the shelf (`kind:id`) stays as it is written."""
    del community_id
    found = []
    for line in lines.splitlines()[:60]:
        word = line.strip()
        kind, sign, key = word.partition(":")
        if not word:
            continue
        if not sign:
            found.append(Ref(RefKind.PRODUCT, product_id_of(word)))
        elif kind in {one.value for one in RefKind} and (ref_id := _uuid(key)):
            found.append(Ref(RefKind(kind), ref_id))
        else:
            raise BadCommunity(field="goods", reason="一行一个商品地址，或 种类:编号")
    return found


def _shelf_text(community_id: uuid.UUID) -> str:
    refs = shelf_of(community_id)
    cards = cards_by_ids([ref.id for ref in refs if ref.kind is RefKind.PRODUCT])
    lines = [
        cards[ref.id].handle if ref.kind is RefKind.PRODUCT else f"{ref.kind.value}:{ref.id}"
        for ref in refs
        if ref.kind is not RefKind.PRODUCT or ref.id in cards
    ]
    return "\n".join(lines)


def _initial(found: CommunityView | None) -> dict[str, Any]:
    if found is None:
        return {"motif": MOTIFS[0], "color": COLORS[0]}
    form = found.form
    return {
        **{name: getattr(form, name) for name in ("name", "handle", "audience", "promise", "house_rules")},
        "openness": form.openness.value,
        "joining": form.joining.value,
        "questions": "\n".join(form.questions),
        "member_limit": form.member_limit,
        "motif": form.motif,
        "color": form.color,
    }


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
