"""Red packets in the console: the table, and the live monitor of one play."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.kernel import clock
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.life.public import PlayKind, PlayState, PlayView, play_view, plays_table
from jishi.modules.plays.red_packet.public import (
    Audience,
    PacketKind,
    PacketState,
    PacketView,
    Terms,
    current_drop,
    latest_shares,
    packets_by_play,
    packets_of_play,
    terms_by_play,
    terms_of,
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
SHARES_SHOWN = 20


@guarded("reports.view")
@require_safe
def packets(request: HttpRequest) -> HttpResponse:
    """All plays of red packets with how they stand; three queries."""
    plays = plays_table(kinds=[PlayKind.RED_PACKET], states=states_asked(request), limit=PLAYS_SHOWN)
    context = {
        "tabs": state_tabs(request),
        "found": _plays(plays),
        "title": _("红包"),
        "new_url": reverse("console:packet_choose") if actor_of(request).may("plays.edit") else "",
        "new_words": _("新红包"),
    }
    return show(request, "console/luck_table.html", section="packets", context=context)


@guarded("reports.view")
@require_safe
def live(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """The monitor: what is opened, drop by drop, and by whom; a fragment when it polls."""
    play, terms = play_view(play_id), terms_of(play_id)
    context = {
        **head_context(play, by=actor_of(request)),
        **_figures(play_id, terms),
        "terms": terms,
        "kind": packet_kind(terms),
        "live_url": request.get_full_path(),
    }
    context |= {"may_change": context["may_change"] and play.state is PlayState.DRAFT, "may_raise": False}
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/live_packets.html", context)
    return show(request, "console/packet.html", section="packets", context=context, crumbs=crumbs_to(play))


def crumbs_to(play: PlayView) -> list[tuple[str, str]]:
    return [
        (_("红包"), reverse("console:packets")),
        (play.name, reverse("console:packet_live", args=[play.id])),
    ]


def packet_kind(terms: Terms) -> str:
    """What it is, in a few words: 拼手气 · 口令 · 新人 · 5 波."""
    parts = [_("拼手气") if terms.kind is PacketKind.RANDOM else _("普通")]
    if terms.password:
        parts.append(_("口令"))
    if terms.audience is Audience.NEW_MEMBER:
        parts.append(_("新人"))
    if terms.drops > 1:
        parts.append(_("红包雨 %(count)d 波") % {"count": terms.drops})
    return " · ".join(parts)


def _figures(play_id: uuid.UUID, terms: Terms) -> dict[str, Any]:
    drops = packets_of_play(play_id)
    now_open = current_drop(drops)
    shares = latest_shares(play_id, limit=SHARES_SHOWN)
    people = people_by_ids([share.member_id for share in shares])
    opened = sum(drop.opened_minor for drop in drops)
    count = sum(drop.opened_count for drop in drops)
    return {
        "opened_minor": opened,
        "opened_count": count,
        "share_count": terms.share_count * terms.drops,
        "total_minor": terms.cost_minor,
        "left_minor": terms.cost_minor - opened,
        "mean_minor": opened // count if count else None,
        "drops": _drops(drops),
        "now_open": now_open,
        "shares": [
            {
                "name": people[share.member_id].nickname if share.member_id in people else "–",
                "row": share,
            }
            for share in shares
        ],
    }


def _drops(drops: list[PacketView]) -> dict[str, Any]:
    columns = [
        column(_("波次")),
        column(_("开抢")),
        column(_("进度")),
        column(_("领走"), is_number=True),
        column(_("金额"), is_number=True),
        column(_("状态")),
    ]
    rows = [
        row(
            [
                text(str(drop.drop_no)),
                text(f"{local(drop.opens_at):%m-%d %H:%M:%S}"),
                bar(drop.opened_count * 100 / drop.share_count),
                number(f"{drop.opened_count} / {drop.share_count}"),
                number(money(drop.opened_minor)),
                tag(*_drop_state(drop)),
            ],
            url=reverse("shop:packet", args=[drop.id]),
        )
        for drop in drops
    ]
    return table(columns, rows, caption=_("每一波"), empty=(_("还没装好"), _("发布时装红包、封存金额。")))


def _drop_state(drop: PacketView) -> tuple[str, str]:
    if drop.state is PacketState.CLOSED:
        return _("已结束"), "line"
    if drop.is_empty:
        return _("领完了"), "gold"
    return (_("待开抢"), "sky") if drop.opens_at > clock.now() else (_("可以领"), "leaf")


def _plays(plays: list[PlayView]) -> dict[str, Any]:
    terms = terms_by_play([play.id for play in plays])
    packets = packets_by_play([play.id for play in plays])
    columns = [
        column(_("红包")),
        column(_("总额"), is_number=True),
        column(_("个数"), is_number=True),
        column(_("领走")),
        column(_("花了"), is_number=True),
        column(_("状态")),
        column(_("结束")),
    ]
    rows = []
    for play in plays:
        wanted, drops = terms[play.id], packets.get(play.id, [])
        total = wanted.share_count * wanted.drops
        opened = sum(drop.opened_count for drop in drops)
        rows.append(
            row(
                [
                    text(play.name, note=packet_kind(wanted)),
                    number(money(wanted.cost_minor)),
                    number(total),
                    bar(opened * 100 / total),
                    number(money(sum(drop.opened_minor for drop in drops))),
                    tag(*words.play_state(play.state)),
                    text(f"{local(play.closes_at):%m-%d %H:%M}"),
                ],
                url=reverse("console:packet_live", args=[play.id]),
            )
        )
    empty = (_("还没有红包"), _("定好总额和个数，发布时金额就封存好，钱从预算里拨出。"))
    return table(columns, rows, caption=_("红包"), empty=empty)
