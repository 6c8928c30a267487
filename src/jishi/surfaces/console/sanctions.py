"""Who may not write for now, and setting or lifting it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jishi.kernel import clock
from jishi.kernel.errors import Refusal
from jishi.modules.guard.public import (
    SanctionForm,
    SanctionKind,
    SanctionView,
    lift_sanction,
    sanctions_of,
    sanctions_table,
    set_sanction,
)
from jishi.modules.people.public import Person, people_by_ids, person
from jishi.platform.http import actor_of
from jishi.surfaces import moderation_words as words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of, local, page_of
from jishi.surfaces.console.tables import pager, tabs

PAGE_SIZE = 50


class SanctionEdit(forms.Form):
    """What a member may not do, and for how long."""

    kind = forms.ChoiceField(label=gettext_lazy("处罚"))
    hours = forms.IntegerField(
        label=gettext_lazy("小时"),
        required=False,
        min_value=1,
        max_value=8_760,
        help_text=gettext_lazy("留空就是直到解除"),
    )
    slow_seconds = forms.IntegerField(
        label=gettext_lazy("隔几秒可以发一条"),
        required=False,
        min_value=1,
        max_value=86_400,
        help_text=gettext_lazy("只用于慢速发言"),
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=400, help_text=gettext_lazy("会员会看到"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(one.value, words.sanction(one)) for one in SanctionKind]
        dress(self)

    def sanction(self) -> SanctionForm:
        values = self.cleaned_data
        kind = SanctionKind(values["kind"])
        seconds = (values["slow_seconds"] or 0) if kind is SanctionKind.SLOW else 0
        return SanctionForm(kind, values["hours"], values["reason"], slow_seconds=seconds)


@guarded("moderation.view")
@require_http_methods(["GET", "HEAD", "POST"])
def sanctions(request: HttpRequest) -> HttpResponse:
    """The running ones, or all; `?member=` shows one member's and a form to set another."""
    actor, query = actor_of(request), request.GET.copy()
    query.setdefault("show", "running")
    page, member_id = page_of(request), id_of(query.get("member"))
    member = person(member_id) if member_id is not None else None
    form = SanctionEdit(request.POST or None)
    if request.method == "POST" and member is not None and form.is_valid():
        try:
            act_once(request, lambda: set_sanction(form.sanction(), by=actor, member_id=member.id))
            messages.success(request, _("处罚已生效"))
            return redirect(f"{reverse('console:sanctions')}?member={member.id}")
        except Refusal as refusal:
            blame(form, refusal)
    if member is not None:
        found = sanctions_of(member.id, by=actor)
        total = len(found)
    else:
        found, total = sanctions_table(
            by=actor, is_running=query["show"] != "all", page=page, limit=PAGE_SIZE
        )
    context = {
        "member": member,
        "form": form if actor.may("moderation.decide") and member is not None else None,
        "once": once_key(),
        "tabs": tabs([("running", _("生效中")), ("all", _("全部"))], name="show", query=query),
        "rows": _rows(found),
        "may_decide": actor.may("moderation.decide"),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
    }
    crumbs = [(_("审核"), reverse("console:moderation"))]
    status = 422 if form.is_bound else 200
    return show(
        request, "console/sanctions.html", section="sanctions", context=context, crumbs=crumbs, status=status
    )


@guarded("moderation.decide")
@require_POST
def sanction_lift(request: HttpRequest, sanction_id: uuid.UUID) -> HttpResponse:
    found = lift_sanction(sanction_id, by=actor_of(request), note=request.POST.get("note", ""))
    messages.success(request, _("已解除"))
    return redirect(f"{reverse('console:sanctions')}?member={found.member_id}")


def _rows(found: list[SanctionView]) -> list[dict[str, Any]]:
    now = clock.now()
    names = people_by_ids([who for one in found for who in (one.member_id, one.set_by) if who is not None])
    return [
        {
            "id": one.id,
            "member_id": one.member_id,
            "name": _name(names, one.member_id),
            "kind": words.sanction(one.kind),
            "seconds": one.slow_seconds,
            "reason": one.reason,
            "set_at": local(one.set_at),
            "set_by": _name(names, one.set_by),
            "ends_at": local(one.ends_at) if one.ends_at else None,
            "item_id": one.item_id,
            "is_active": one.is_active(now),
        }
        for one in found
    ]


def _name(names: dict[uuid.UUID, Person], member_id: uuid.UUID | None) -> str:
    found = names.get(member_id) if member_id is not None else None
    return found.nickname if found is not None else "–"
