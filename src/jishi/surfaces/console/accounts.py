"""The chart of accounts: what each is for and what is in it; and entries by hand, which a second person agrees to."""

from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jishi.flows.adjustments import accounts_for_entries, ask_adjustment
from jishi.kernel.errors import Refusal
from jishi.modules.ledger.public import Balance, balances
from jishi.platform.http import actor_of
from jishi.surfaces.console import money_words, words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import MoneyField, act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.money import names_of
from jishi.surfaces.console.tables import column, number, row, table, text
from jishi.surfaces.templatetags.look import money

_ORDER = ("asset", "liability", "income", "expense", "budget")


@guarded("ledger.view")
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Grouped by kind; a line opens its journal."""
    found = sorted(balances(), key=lambda one: (_ORDER.index(one.kind), one.unit.endswith(".b"), one.code))
    names = names_of([one.code for one in found])
    groups = [
        {
            "title": words.account_kind(kind),
            "note": money_words.account_kind_note(kind),
            "rows": _table(list(rows), names, kind),
        }
        for kind, rows in groupby(found, key=lambda one: one.kind)
    ]
    context = {"groups": groups, "may_adjust": actor_of(request).may("ledger.adjust")}
    return show(request, "console/accounts.html", section="accounts", context=context)


class EntryForm(forms.Form):
    """`debit` grows an asset or an expense, `credit` a liability or an income."""

    debit = forms.ChoiceField()
    credit = forms.ChoiceField()
    amount = MoneyField(may_be_zero=False)
    reason = forms.CharField(max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [
            (ref.code, f"{words.account(ref.code)} · {words.account_kind(ref.kind)}")
            for ref in accounts_for_entries(currency=settings.JISHI_CURRENCY)
        ]
        labels = {"debit": _("借方"), "credit": _("贷方"), "amount": _("金额"), "reason": _("原因")}
        for name, label in labels.items():
            self.fields[name].label = label
        for name in ("debit", "credit"):
            self.fields[name].choices = [("", _("选一个科目")), *choices]  # type: ignore[attr-defined]


@guarded("ledger.adjust")
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest) -> HttpResponse:
    """Ask for an entry; it is posted when somebody else agrees."""
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            act_once(
                request,
                lambda: ask_adjustment(
                    debit=wanted["debit"],
                    credit=wanted["credit"],
                    amount_minor=wanted["amount"],
                    currency=settings.JISHI_CURRENCY,
                    reason=wanted["reason"],
                    by=actor_of(request),
                ),
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("已提交，等另一个人审批后入账"))
            return redirect("console:approvals")
    crumbs = [(_("科目"), reverse("console:accounts"))]
    context = {"form": dress(form), "once": once_key()}
    status = 422 if form.is_bound else 200
    return show(
        request, "console/entry.html", section="accounts", context=context, crumbs=crumbs, status=status
    )


def _table(found: list[Balance], names: dict[str, str], kind: str) -> dict[str, Any]:
    columns = [
        column(_("科目")),
        column(_("代码")),
        column(_("单位")),
        column(_("余额"), is_number=True),
    ]
    rows = [
        row(
            [
                text(words.account(one.code, offers=names), note=money_words.account_note(one.code)),
                text(one.code if len(one.code) < 34 else f"{one.code[:18]}…{one.code[-6:]}"),
                text(_("预算额度") if one.unit.endswith(".b") else one.unit),
                number(money(one.net_minor, one.unit.partition(".")[0])),
            ],
            url=f"{reverse('console:ledger')}?account={one.code}",
        )
        for one in found
    ]
    return table(columns, rows, caption=words.account_kind(kind))
