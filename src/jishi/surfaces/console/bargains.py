"""Bargains: the table of offers and the live monitor of one."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.bargain.public import (
    BargainView,
    OfferCounts,
    OfferView,
    bargains_table,
    offer_counts,
    offer_view,
    offers_table,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.plays import head_context, state_tabs, states_asked
from jishi.surfaces.console.questions import local, page_of
from jishi.surfaces.console.tables import bar, column, number, row, table, tag, text, with_query
from jishi.surfaces.templatetags.look import money

OFFERS_SHOWN = 100
BARGAINS_SHOWN = 50


@guarded("reports.view")
@require_safe
def bargains(request: HttpRequest) -> HttpResponse:
    """All offers with how they stand; five queries."""
    offers = offers_table(states=states_asked(request), limit=OFFERS_SHOWN)
    context = {
        "tabs": state_tabs(request),
        "offers": _offers(offers),
        "may_edit": actor_of(request).may("plays.edit"),
    }
    return show(request, "console/bargains.html", section="bargains", context=context)


@guarded("reports.view")
@require_safe
def live(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """The monitor: how many bargain, help and buy; a fragment when it polls."""
    offer = offer_view(play_id)
    page = page_of(request)
    found = bargains_table(offer_id=play_id, page=page, limit=BARGAINS_SHOWN)
    counts = offer_counts([play_id])[play_id]
    context = {
        **head_context(offer.play, by=actor_of(request)),
        "offer": offer,
        "counts": counts,
        "rate": f"{counts.bought / counts.launched * 100:.1f}%" if counts.launched else "–",
        "bargains": _bargains(found),
        "live_url": request.get_full_path(),
        "newer_url": with_query(request.GET, page=page - 1) if page > 1 else None,
        "older_url": with_query(request.GET, page=page + 1) if len(found) == BARGAINS_SHOWN else None,
    }
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/live_bargains.html", context)
    card = cards_by_ids([offer.terms.product_id]).get(offer.terms.product_id)
    return show(
        request,
        "console/bargain.html",
        section="bargains",
        context=context | {"card": card},
        crumbs=crumbs_to(offer),
    )


def crumbs_to(offer: OfferView) -> list[tuple[str, str]]:
    return [
        (_("砍价"), reverse("console:bargains")),
        (offer.play.name, reverse("console:bargain_live", args=[offer.id])),
    ]


def _offers(offers: list[OfferView]) -> dict[str, Any]:
    counts = offer_counts([offer.id for offer in offers])
    cards = cards_by_ids([offer.terms.product_id for offer in offers])
    columns = [
        column(_("砍价")),
        column(_("底价"), is_number=True),
        column(_("帮砍人数"), is_number=True),
        column(_("名额"), is_number=True),
        column(_("在砍"), is_number=True),
        column(_("买到"), is_number=True),
        column(_("帮砍"), is_number=True),
        column(_("状态")),
        column(_("结束")),
    ]
    rows = []
    for offer in offers:
        card, count = cards.get(offer.terms.product_id), counts.get(offer.id, OfferCounts())
        rows.append(
            row(
                [
                    text(
                        offer.play.name,
                        image=card.cover_address if card else "",
                        note=card.title if card and card.title != offer.play.name else "",
                    ),
                    number(money(offer.terms.floor_minor)),
                    number(offer.terms.helpers),
                    number(offer.terms.units),
                    number(count.running + count.ordered),
                    number(count.bought),
                    number(count.helps),
                    tag(*words.play_state(offer.play.state)),
                    text(f"{local(offer.play.closes_at):%m-%d %H:%M}"),
                ],
                url=reverse("console:bargain_live", args=[offer.id]),
            )
        )
    empty = (_("还没有砍价"), _("选一件商品，定好底价、人数和预算，就能发布第一个砍价。"))
    return table(columns, rows, caption=_("砍价"), empty=empty)


def _bargains(found: list[BargainView]) -> dict[str, Any]:
    people = people_by_ids(view.member_id for view in found)
    columns = [
        column(_("发起人")),
        column(_("现价"), is_number=True),
        column(_("进度")),
        column(_("刀数"), is_number=True),
        column(_("状态")),
        column(_("发起")),
        column(_("到期")),
    ]
    rows = [
        row(
            [
                text(people[view.member_id].nickname if view.member_id in people else "–"),
                number(money(view.price_minor)),
                bar(view.percent),
                number(f"{view.slots_taken} / {view.slots}"),
                tag(*words.bargain_state(view.state)),
                text(f"{local(view.launched_at):%m-%d %H:%M}"),
                text(f"{local(view.deadline):%m-%d %H:%M}"),
            ],
            url=reverse("console:order", args=[view.order_id]) if view.order_id else "",
        )
        for view in found
    ]
    empty = (_("还没有人发起"), _("有人发起后会立刻出现在这里。"))
    return table(columns, rows, caption=_("谁在砍"), empty=empty)
