"""A provider's statement of a day beside our books."""

from datetime import UTC, date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.flows.reconciliation import Difference, Reconciliation, reconcile
from jishi.kernel import clock
from jishi.kernel.errors import Kind, Refusal
from jishi.modules.payments.public import provider_names
from jishi.platform.http import actor_of
from jishi.surfaces.console import money_words, words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import day_of
from jishi.surfaces.console.tables import column, number, row, table, tag, text
from jishi.surfaces.refusals import words_of
from jishi.surfaces.templatetags.look import money


@guarded("ledger.view")
@require_safe
def reconciliation(request: HttpRequest) -> HttpResponse:
    """One day of one provider. A provider that does not answer is said, not hidden."""
    names = provider_names()
    asked = request.GET.get("provider", "")
    provider = asked if asked in names else names[0]
    yesterday = clock.now().astimezone(UTC).date() - timedelta(days=1)
    day = min(day_of(request.GET.get("day", "")) or yesterday, yesterday + timedelta(days=1))
    found: Reconciliation | None = None
    problem = ""
    try:
        found = reconcile(day, provider=provider, by=actor_of(request))
    except Refusal as refusal:
        if refusal.kind in (Kind.FORBIDDEN, Kind.UNAUTHENTICATED):
            raise
        problem = words_of(refusal)
    context = {
        "found": found,
        "problem": problem,
        "day": day.isoformat(),
        "last_day": (yesterday + timedelta(days=1)).isoformat(),
        "newer_url": _address(day + timedelta(days=1), provider) if day <= yesterday else None,
        "older_url": _address(day - timedelta(days=1), provider),
        "providers": [{"name": name, "is_on": name == provider} for name in names],
        "sums": _sums(found) if found else [],
        "differences": _differences(found) if found else None,
    }
    return show(request, "console/reconciliation.html", section="reconciliation", context=context)


def _address(day: date, provider: str) -> str:
    return f"{reverse('console:reconciliation')}?day={day.isoformat()}&provider={provider}"


def _sums(found: Reconciliation) -> list[dict[str, Any]]:
    ours, theirs = found.ours, found.theirs
    rows = (
        (_("收款"), ours.payments_minor, theirs.payments_minor),
        (_("退款"), ours.refunds_minor, theirs.refunds_minor),
        (_("手续费"), ours.fees_minor, theirs.fees_minor),
        (_("应结算"), ours.net_minor, theirs.net_minor),
    )
    return [
        {"label": label, "ours": mine, "theirs": other, "difference": mine - other, "is_total": place == 3}
        for place, (label, mine, other) in enumerate(rows)
    ]


def _differences(found: Reconciliation) -> dict[str, Any]:
    columns = [
        column(_("差在哪")),
        column(_("种类")),
        column(_("我们记的"), is_number=True),
        column(_("渠道记的"), is_number=True),
        column(_("渠道流水号")),
    ]
    rows = [_difference(one) for one in found.differences]
    empty = (_("一分不差"), _("收款、退款、手续费和账本都对得上。"))
    return table(columns, rows, caption=_("差异"), empty=empty)


def _difference(one: Difference) -> dict[str, Any]:
    return row(
        [
            tag(money_words.difference(one.kind), "accent"),
            text(words.ledger_kind(one.about)),
            number(money(one.ours_minor) if one.ours_minor is not None else "–"),
            number(money(one.theirs_minor) if one.theirs_minor is not None else "–"),
            text(one.reference or one.intent_id),
        ]
    )
