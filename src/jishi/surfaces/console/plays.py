"""All plays in one table, and the acts that are the same for every kind: publish, close, raise the budget."""

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
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.modules.plays.bargain import public as bargain
from jishi.modules.plays.flash_sale import public as flash_sale
from jishi.modules.plays.life.public import (
    PlayKind,
    PlayState,
    PlayView,
    budget_left_minor,
    close_play,
    play_view,
    plays_table,
    raise_budget,
)
from jishi.modules.plays.lucky_draw import public as lucky_draw
from jishi.modules.plays.red_packet import public as red_packet
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import MoneyField, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of, local
from jishi.surfaces.console.tables import column, number, row, table, tabs, tag, text
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.templatetags.look import money

PLAYS_SHOWN = 100
_GROUPS: dict[str, tuple[PlayState, ...]] = {
    "": (),
    "running": (PlayState.OPEN, PlayState.CLOSING),
    "scheduled": (PlayState.SCHEDULED,),
    "draft": (PlayState.DRAFT,),
    "settled": (PlayState.SETTLED,),
}
Publish = Callable[..., Any]
# what each kind has of its own: the address of its monitor, and how it is published
LIVE_PAGES: dict[PlayKind, str] = {
    PlayKind.BARGAIN: "console:bargain_live",
    PlayKind.FLASH_SALE: "console:flash_sale_live",
    PlayKind.RED_PACKET: "console:packet_live",
    PlayKind.LUCKY_DRAW: "console:draw_live",
}
CLOSE: dict[PlayKind, Publish] = {PlayKind.FLASH_SALE: flash_sale.close_sale}  # its pools close with it
PUBLISH: dict[PlayKind, Publish] = {
    PlayKind.BARGAIN: bargain.publish_offer,
    PlayKind.FLASH_SALE: flash_sale.publish_sale,
    PlayKind.RED_PACKET: red_packet.publish_packets,
    PlayKind.LUCKY_DRAW: lucky_draw.publish_draw,
}


class BudgetForm(forms.Form):
    """How much more a play may cost."""

    amount = MoneyField(label=gettext_lazy("追加金额"), may_be_zero=False)


@guarded("reports.view")
@require_safe
def plays(request: HttpRequest) -> HttpResponse:
    """Every play of every kind, newest first; two queries."""
    found = plays_table(states=_GROUPS.get(request.GET.get("state", ""), ()), limit=PLAYS_SHOWN)
    context = {
        "tabs": state_tabs(request),
        "plays": _table(found),
        "kinds": [
            {"title": words.play_kind(kind), "url": reverse(page.replace("_live", "_choose"))}
            for kind, page in LIVE_PAGES.items()
            if actor_of(request).may("plays.edit")
        ],
    }
    return show(request, "console/plays.html", section="plays", context=context)


@guarded("plays.edit")
@require_POST
def publish(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    play = play_view(play_id)
    if play.kind not in PUBLISH:
        raise NotFound()
    PUBLISH[play.kind](play_id, by=actor_of(request))
    if play_view(play_id).state is PlayState.SCHEDULED:
        messages.success(request, _("已发布，到开始时间自动开放"))
    else:
        messages.success(request, _("已发布，现在就能参加"))
    return redirect(live_url(play))


@guarded("plays.edit")
@require_POST
def close(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    play = play_view(play_id)
    CLOSE.get(play.kind, close_play)(play_id, by=actor_of(request))
    messages.success(request, _("已结束：不再有新的参加，已开始的会走完"))
    return redirect(live_url(play))


@guarded("plays.edit")
@require_POST
def add_budget(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    form = BudgetForm(request.POST)
    grant_id = id_of(request.POST.get("once"))
    if not form.is_valid() or grant_id is None:
        raise InvalidInput(field=_("追加金额"), reason=_("请填金额，例如 29.90"))
    play = raise_budget(
        play_id, by=actor_of(request), by_minor=form.cleaned_data["amount"], grant_id=grant_id
    )
    messages.success(request, _("预算已追加"))
    return redirect(live_url(play))


def live_url(play: PlayView) -> str:
    """The monitor of a play; the table of all plays where a kind has none."""
    page = LIVE_PAGES.get(play.kind)
    return reverse(page, args=[play.id]) if page else reverse("console:plays")


def crumbs_to_play(play: PlayView) -> list[tuple[str, str]]:
    return [(_("全部玩法"), reverse("console:plays")), (play.name, live_url(play))]


def state_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    labels = (_("全部"), _("进行中"), _("待开始"), _("草稿"), _("已结束"))
    return tabs(zip(_GROUPS, labels, strict=True), name="state", query=request.GET)


def states_asked(request: HttpRequest) -> tuple[PlayState, ...]:
    return _GROUPS.get(request.GET.get("state", ""), ())


def head_context(play: PlayView, *, by: Actor) -> dict[str, Any]:
    """What the head of every monitor needs (`console/parts/play_head.html` and friends); two queries."""
    may_edit = by.may("plays.edit")
    left = budget_left_minor(play)
    spent = (play.budget_minor or 0) - (left or 0)
    state, colour = words.play_state(play.state)
    return {
        "play": play,
        "state": state,
        "state_colour": colour,
        "budget_left": left,
        "budget_percent": min(100, spent * 100 // play.budget_minor) if play.budget_minor else 0,
        "may_publish": may_edit and play.state is PlayState.DRAFT,
        "may_change": may_edit and play.state in (PlayState.DRAFT, PlayState.SCHEDULED),
        "may_close": may_edit and play.state in (PlayState.OPEN, PlayState.SCHEDULED),
        "may_raise": may_edit
        and play.budget_minor is not None
        and play.state in (PlayState.OPEN, PlayState.SCHEDULED, PlayState.CLOSING),
        "once": once_key(),
        "events": timeline("play", play.id),
    }


def _table(found: list[PlayView]) -> dict[str, Any]:
    columns = [
        column(_("名称")),
        column(_("玩法")),
        column(_("状态")),
        column(_("开始")),
        column(_("结束")),
        column(_("预算"), is_number=True),
    ]
    rows = [
        row(
            [
                text(play.name),
                text(words.play_kind(play.kind)),
                tag(*words.play_state(play.state)),
                text(f"{local(play.opens_at):%m-%d %H:%M}"),
                text(f"{local(play.closes_at):%m-%d %H:%M}"),
                number(money(play.budget_minor) if play.budget_minor else _("不限")),
            ],
            url=live_url(play),
        )
        for play in found
    ]
    empty = (_("还没有玩法"), _("砍价、秒杀、红包、抽奖都从这里开始。"))
    return table(columns, rows, caption=_("全部玩法"), empty=empty)
