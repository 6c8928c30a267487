"""What contributions count for: one row per rule, all saved together."""

import uuid
from collections.abc import Iterable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jishi.kernel.errors import InvalidInput
from jishi.modules.incentives.public import FIRST_RULES, RuleForm, rules_table, save_rule
from jishi.modules.promotions.public import CouponWay, batches_by_ids, claimable_batches
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of


@guarded("community.view")
@require_http_methods(["GET", "HEAD", "POST"])
def incentive_rules(request: HttpRequest) -> HttpResponse:
    """Those of the table; what the house knows and nobody has saved yet is shown switched off."""
    actor = actor_of(request)
    known = {row.form.fact_name: row.form for row in rules_table(by=actor)}
    forms = [known.get(first.fact_name, replace(first, is_on=False)) for first in FIRST_RULES]
    if request.method == "POST":
        for form in [_read(request, form) for form in forms]:  # all are right before one is saved
            save_rule(form, by=actor)
        messages.success(request, _("已保存，马上生效"))
        return redirect("console:incentive_rules")
    context = {
        "forms": forms,
        "batches": _batches(form.batch_id for form in forms),
        "may_edit": actor.may("community.edit"),
    }
    return show(request, "console/incentive_rules.html", section="incentive_rules", context=context)


def _batches(chosen: Iterable[uuid.UUID | None]) -> list[tuple[uuid.UUID, str]]:
    """Batches that are given out by the shop, and those that are chosen already, whatever became of them; two queries."""
    found = {one.id: one for one in claimable_batches(ways=[CouponWay.TARGETED])}
    found |= batches_by_ids({one for one in chosen if one is not None and one not in found})
    return [(one.id, f"{one.offer.label} · {one.name}") for one in found.values()]


def _read(request: HttpRequest, form: RuleForm) -> RuleForm:
    def number(name: str) -> int:
        value = request.POST.get(f"{form.fact_name}:{name}", "")
        if not (value.isdecimal() and len(value) < 7):
            raise InvalidInput(field=form.label, reason=_("请填数字"))
        return int(value)

    return replace(
        form,
        points=number("points"),
        value=number("value"),
        daily_cap=number("daily_cap"),
        is_on=request.POST.get(f"{form.fact_name}:is_on") == "on",
        batch_id=id_of(request.POST.get(f"{form.fact_name}:batch_id")),
    )
