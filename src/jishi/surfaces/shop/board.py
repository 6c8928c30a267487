"""The board of the week, and thanking whoever wrote something."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.incentives import thank_author
from jishi.kernel.errors import Kind, Refusal
from jishi.modules.incentives.public import THANKS_PER_DAY, own_standing, week_board
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, require_member, safe_next, show

ROWS_SHOWN = 30


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Two queries besides the frame's, six for a member."""
    actor = actor_of(request)
    found = week_board(limit=ROWS_SHOWN)
    names = people_by_ids([row.member_id for row in found])
    rows = [
        {
            "place": place,
            "name": names[row.member_id].nickname,
            "url": reverse("shop:neighbour", args=[row.member_id]),
            "score": f"{row.score / 100:.1f}",
            "contributions": row.contributions,
            "is_own": actor.owns(row.member_id),
        }
        for place, row in enumerate(found, start=1)
        if row.member_id in names
    ]
    values = {
        "rows": rows,
        "limit": THANKS_PER_DAY,
        "standing": own_standing(by=actor) if actor.is_member else None,
    }
    return show(request, "shop/board.html", values, tab="communities")


@require_POST
def thank_member(
    request: HttpRequest, kind: str, subject_id: uuid.UUID, member_id: uuid.UUID
) -> HttpResponse:
    actor = require_member(request)
    try:
        thank_author(kind, subject_id, by=actor)
        messages.success(request, _("谢意送到了"))
    except Refusal as refusal:
        if refusal.kind is Kind.MISSING:
            raise
        messages.error(request, words_of(refusal))
    return go(safe_next(request))
