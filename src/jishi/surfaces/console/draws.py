"""Lucky draws in the console: the table, and the live monitor of one."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.life.public import PlayKind, PlayState, PlayView, play_view, plays_table
from jishi.modules.plays.lucky_draw.public import (
    DrawMode,
    DrawView,
    PrizeView,
    draw_view,
    draws_by_ids,
    winners_of,
    won_worth_minor,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.plays import head_context, state_tabs, states_asked
from jishi.surfaces.console.questions import local
from jishi.surfaces.console.tables import bar, column, number, row, table, tag, text
from jishi.surfaces.templatetags.look import money

PLAYS_SHOWN = 100
WINNERS_SHOWN = 20


@guarded("reports.view")
@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """All draws with how they stand; three queries."""
    plays = plays_table(kinds=[PlayKind.LUCKY_DRAW], states=states_asked(request), limit=PLAYS_SHOWN)
    context = {
        "tabs": state_tabs(request),
        "found": _plays(plays),
        "title": _("抽奖"),
        "new_url": reverse("console:draw_choose") if actor_of(request).may("plays.edit") else "",
        "new_words": _("新抽奖"),
    }
    return show(request, "console/luck_table.html", section="draws", context=context)


@guarded("reports.view")
@require_safe
def live(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """The monitor: tickets, spins, what is left of each prize, who has won; a fragment when it polls."""
    play, draw = play_view(play_id), draw_view(play_id)
    winners = winners_of(play_id, limit=WINNERS_SHOWN)
    people = people_by_ids([ticket.member_id for ticket in winners])
    names = {prize.id: prize.name for prize in draw.prizes}
    paid, goods = won_worth_minor(play_id)
    context = {
        **head_context(play, by=actor_of(request)),
        "draw": draw,
        "mode": mode_words(draw.mode),
        "paid_minor": paid,
        "goods_minor": goods,
        "prizes": _prizes(draw),
        "winners": [
            {
                "ticket": ticket,
                "name": people[ticket.member_id].nickname if ticket.member_id in people else "–",
                "prize": names.get(ticket.prize_id, "") if ticket.prize_id else "",
            }
            for ticket in winners
        ],
        "live_url": request.get_full_path(),
    }
    context |= {"may_change": context["may_change"] and play.state is PlayState.DRAFT, "may_raise": False}
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/live_draw.html", context)
    return show(request, "console/draw.html", section="draws", context=context, crumbs=crumbs_to(play))


def crumbs_to(play: PlayView) -> list[tuple[str, str]]:
    return [
        (_("抽奖"), reverse("console:draws")),
        (play.name, reverse("console:draw_live", args=[play.id])),
    ]


def mode_words(mode: DrawMode) -> str:
    return _("当场揭晓") if mode is DrawMode.INSTANT else _("到时开奖")


def _prizes(draw: DrawView) -> dict[str, Any]:
    """Published odds beside what has really come out."""
    spins = draw.spin_count
    columns = [
        column(_("奖品")),
        column(_("公布概率"), is_number=True),
        column(_("实际"), is_number=True),
        column(_("中出"), is_number=True),
        column(_("剩余"), is_number=True),
        column(_("发放")),
    ]
    rows = [
        row(
            [
                text(prize.name, note=_("安慰奖") if prize.is_consolation else _worth(prize)),
                number(f"{prize.odds_bp / 100:.2f}%" if draw.mode is DrawMode.INSTANT else "–"),
                number(_share(prize, draw, spins)),
                number("–" if prize.is_consolation else prize.won_count),
                number("∞" if prize.left_count is None else prize.left_count),
                bar(prize.won_count * 100 / prize.stock) if prize.stock else text("–"),
            ]
        )
        for prize in draw.prizes
    ]
    return table(columns, rows, caption=_("奖品"))


def _share(prize: PrizeView, draw: DrawView, spins: int) -> str:
    if draw.mode is not DrawMode.INSTANT or not spins:
        return "–"
    won = prize.won_count
    if prize.is_consolation:
        won = spins - sum(one.won_count for one in draw.prizes if not one.is_consolation)
    return f"{won * 100 / spins:.2f}%"


def _worth(prize: PrizeView) -> str:
    if prize.min_minor:
        return f"{money(prize.min_minor)} – {money(prize.amount_minor)}"
    return money(prize.amount_minor or prize.value_minor)


def _plays(plays: list[PlayView]) -> dict[str, Any]:
    found = draws_by_ids([play.id for play in plays])
    columns = [
        column(_("抽奖")),
        column(_("奖券"), is_number=True),
        column(_("已抽"), is_number=True),
        column(_("中奖"), is_number=True),
        column(_("奖品发放")),
        column(_("状态")),
        column(_("结束")),
    ]
    rows = []
    for play in plays:
        draw = found[play.id]
        real = [prize for prize in draw.prizes if not prize.is_consolation]
        won, stock = sum(prize.won_count for prize in real), sum(prize.stock or 0 for prize in real)
        rows.append(
            row(
                [
                    text(play.name, note=mode_words(draw.mode)),
                    number(draw.ticket_count),
                    number(draw.spin_count),
                    number(won),
                    bar(won * 100 / stock if stock else 0),
                    tag(*words.play_state(play.state)),
                    text(f"{local(play.closes_at):%m-%d %H:%M}"),
                ],
                url=reverse("console:draw_live", args=[play.id]),
            )
        )
    empty = (_("还没有抽奖"), _("定好奖品、概率和得券的办法，发布时种子就封存好，谁都能验。"))
    return table(columns, rows, caption=_("抽奖"), empty=empty)
