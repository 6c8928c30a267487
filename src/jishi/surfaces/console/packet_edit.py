"""Making red packets: decide, and see at once the envelope, an example of the shares and the cost."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jishi.kernel import clock
from jishi.modules.plays.life.public import PlayHead, PlayView, play_view
from jishi.modules.plays.red_packet.public import (
    Audience,
    PacketKind,
    Terms,
    change_packets,
    create_packets,
    plan_shares,
    publish_packets,
    terms_of,
)
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.editing import save_change, save_new
from jishi.surfaces.console.forms import LocalTimeField, MoneyField, blame, dress, once_key
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.packets import crumbs_to, packet_kind

DEFAULT_HOURS = 24
EXAMPLE_SEED = "00" * 32
EXAMPLE_SHARES = 12


class EditForm(forms.Form):
    """Everything an operator decides about red packets."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    greeting = forms.CharField(label=gettext_lazy("祝福语"), max_length=40, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("种类"),
        choices=[("random", gettext_lazy("拼手气")), ("even", gettext_lazy("普通（每个一样）"))],
    )
    total_minor = MoneyField(label=gettext_lazy("每波总额"), may_be_zero=False)
    share_count = forms.IntegerField(label=gettext_lazy("每波个数"), min_value=1, max_value=10_000)
    audience = forms.ChoiceField(
        label=gettext_lazy("谁能领"),
        choices=[("everyone", gettext_lazy("所有人")), ("new_member", gettext_lazy("没下过单的新人"))],
    )
    new_within_days = forms.IntegerField(
        label=gettext_lazy("新人注册天数"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy("0 表示不限，只用于新人红包"),
    )
    password = forms.CharField(
        label=gettext_lazy("口令"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("填了就要答对才能拆，每人最多试 5 次"),
    )
    drops = forms.IntegerField(
        label=gettext_lazy("几波"),
        min_value=1,
        max_value=60,
        help_text=gettext_lazy("1 是普通红包，多于 1 就是红包雨"),
    )
    drop_seconds = forms.IntegerField(label=gettext_lazy("每波间隔（秒）"), min_value=1, max_value=3_600)
    opens_at = LocalTimeField(label=gettext_lazy("开始"))
    closes_at = LocalTimeField(label=gettext_lazy("结束"), help_text=gettext_lazy("没领完的钱到时退回"))
    budget_minor = MoneyField(
        label=gettext_lazy("预算"),
        required=False,
        may_be_zero=False,
        help_text=gettext_lazy("不能少于全部红包的总额；留空表示不设上限"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dress(self)

    def head(self) -> PlayHead:
        values = self.cleaned_data
        return PlayHead(
            name=values["name"],
            currency=settings.JISHI_CURRENCY,
            opens_at=values["opens_at"],
            closes_at=values["closes_at"],
            budget_minor=values["budget_minor"],
        )

    def terms(self) -> Terms:
        values = self.cleaned_data
        return Terms(
            kind=PacketKind(values["kind"]),
            total_minor=values["total_minor"],
            share_count=values["share_count"],
            greeting=values["greeting"],
            audience=Audience(values["audience"]),
            new_within_days=values["new_within_days"],
            password=values["password"],
            drops=values["drops"],
            drop_seconds=values["drop_seconds"],
        )


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = EditForm(request.POST or None, initial=_first_values())
    if request.method == "POST" and form.is_valid():
        done = save_new(
            request,
            make=lambda by: create_packets(form.head(), form.terms(), by=by).id,
            publish=publish_packets,
            blame=partial(blame, form),
            said=_("红包已保存"),
            live="console:packet_live",
            table="console:packets",
        )
        if done is not None:
            return done
    return _editor(request, form, play=None)


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    play = play_view(play_id)
    form = EditForm(request.POST or None, initial=_values_of(play, terms_of(play_id)))
    if request.method == "POST" and form.is_valid():
        done = save_change(
            request,
            play_id,
            write=lambda by: change_packets(play_id, form.head(), form.terms(), by=by),
            publish=publish_packets,
            blame=partial(blame, form),
            said=_("红包已保存"),
            live="console:packet_live",
        )
        if done is not None:
            return done
    return _editor(request, form, play=play)


@guarded("plays.edit")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    form = EditForm(request.POST)
    return fragment(request, "console/parts/packet_preview.html", preview_of(form))


def preview_of(form: EditForm) -> dict[str, Any]:
    """The envelope, one example of how the shares may fall, and what all of it costs at most."""
    shown: dict[str, Any] = {"terms": None, "name": ""}
    if not form.is_valid() or form.cleaned_data["total_minor"] < form.cleaned_data["share_count"]:
        return shown
    terms = form.terms()
    plan = plan_shares(
        kind=terms.kind, total_minor=terms.total_minor, share_count=terms.share_count, seed=EXAMPLE_SEED
    )
    budget = form.cleaned_data["budget_minor"]
    return {
        "name": form.cleaned_data["name"],
        "terms": terms,
        "kind": packet_kind(terms),
        "example": plan[:EXAMPLE_SHARES],
        "largest": max(plan),
        "smallest": min(plan),
        "mean_minor": terms.total_minor // terms.share_count,
        "budget_minor": budget,
        "is_over_budget": budget is not None and budget < terms.cost_minor,
    }


def _editor(request: HttpRequest, form: EditForm, *, play: PlayView | None) -> HttpResponse:
    shown = form if form.is_bound else EditForm(_as_sent(form))
    context = {
        **preview_of(shown),
        "form": form,
        "play": play,
        "preview_url": reverse("console:packet_preview"),
        "once": request.POST.get("once") or once_key(),
    }
    crumbs = crumbs_to(play) if play else [(_("红包"), reverse("console:packets"))]
    return show(
        request,
        "console/packet_edit.html",
        section="packets",
        context=context,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


def _first_values() -> dict[str, Any]:
    opens = clock.now().replace(second=0, microsecond=0)
    return {
        "name": _("邻里红包"),
        "greeting": _("恭喜发财，大吉大利"),
        "kind": "random",
        "total_minor": 10_000,
        "share_count": 50,
        "audience": "everyone",
        "new_within_days": 0,
        "drops": 1,
        "drop_seconds": 60,
        "opens_at": opens,
        "closes_at": opens + timedelta(hours=DEFAULT_HOURS),
        "budget_minor": 10_000,
    }


def _values_of(play: PlayView, terms: Terms) -> dict[str, Any]:
    names = [name for name in EditForm.base_fields if hasattr(terms, name)]
    return {
        **{name: getattr(terms, name) for name in names},
        "kind": terms.kind.value,
        "audience": terms.audience.value,
        "name": play.name,
        "opens_at": play.opens_at,
        "closes_at": play.closes_at,
        "budget_minor": play.budget_minor,
    }


def _as_sent(form: EditForm) -> dict[str, Any]:
    """The values of a fresh form as if they had been sent, so that the preview can read them."""
    return {
        name: field.prepare_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }
