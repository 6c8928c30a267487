"""The wallet: what is in it, and every movement with its reason."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from jishi.modules.wallet.public import Movement, own_balance_minor, own_statement
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.shop.frame import require_member, show
from jishi.surfaces.shop.words import movement_words

MOVEMENTS_SHOWN = 30


@require_safe
def my_wallet(request: HttpRequest) -> HttpResponse:
    """Three queries besides the frame's, however long the statement is."""
    actor = require_member(request)
    currency = settings.JISHI_CURRENCY
    after = key_of(request.GET.get("cursor", ""))
    rows = own_statement(by=actor, currency=currency, after=after, limit=MOVEMENTS_SHOWN)
    values = {
        "balance_minor": own_balance_minor(by=actor, currency=currency),
        "movements": [_row(movement) for movement in rows],
        "next_cursor": cursor_after(rows, limit=MOVEMENTS_SHOWN, field="at"),
        "is_first_page": after is None,
    }
    return show(request, "shop/wallet.html", values, tab="me")


def _row(movement: Movement) -> dict[str, Any]:
    return {
        "label": movement_words(movement.kind),
        "change_minor": movement.change_minor,
        "is_in": movement.change_minor > 0,
        "at": movement.at,
        "url": _about(movement.subject_kind, movement.subject_id),
        "icon": _ICONS.get(movement.kind, "wallet"),
    }


_ICONS = {"payment": "receipt", "refund": "refund", "draw_prize": "star"}


def _about(kind: str, subject_id: uuid.UUID) -> str:
    """The page of what a movement was about, where there is one."""
    return reverse("shop:order", args=[subject_id]) if kind == "order" else ""
