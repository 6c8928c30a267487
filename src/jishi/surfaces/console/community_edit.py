"""Founding a community and changing one."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jishi.flows.community import change_place
from jishi.kernel.errors import Refusal
from jishi.modules.community.public import (
    COLORS,
    MOTIFS,
    CommunityForm,
    CommunityView,
    Joining,
    Openness,
    create_community,
    door_of_id,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show


class CommunityEdit(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=24)
    handle = forms.CharField(
        label=gettext_lazy("地址"), max_length=40, help_text=gettext_lazy("小写字母、数字和短横")
    )
    audience = forms.CharField(label=gettext_lazy("为谁而开"), max_length=120)
    promise = forms.CharField(label=gettext_lazy("来这里能得到什么"), max_length=120)
    house_rules = forms.CharField(
        label=gettext_lazy("群规"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    openness = forms.ChoiceField(label=gettext_lazy("谁能看"))
    joining = forms.ChoiceField(label=gettext_lazy("怎么加入"))
    questions = forms.CharField(
        label=gettext_lazy("入群问题"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一个，最多三个"),
    )
    member_limit = forms.IntegerField(
        label=gettext_lazy("人数上限"), min_value=0, initial=0, help_text=gettext_lazy("0 为不限")
    )
    motif = forms.ChoiceField(label=gettext_lazy("封面图案"))
    color = forms.ChoiceField(label=gettext_lazy("封面颜色"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = {
            "openness": [(one.value, openness_words(one)) for one in Openness],
            "joining": [(one.value, joining_words(one)) for one in Joining],
            "motif": [(one, motif_words(one)) for one in MOTIFS],
            "color": [(one, one) for one in COLORS],
        }
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = found
        dress(self)

    def form(self) -> CommunityForm:
        v = self.cleaned_data
        return CommunityForm(
            name=v["name"],
            handle=v["handle"],
            audience=v["audience"],
            promise=v["promise"],
            house_rules=v["house_rules"],
            openness=Openness(v["openness"]),
            joining=Joining(v["joining"]),
            questions=tuple(line.strip() for line in v["questions"].splitlines() if line.strip()),
            member_limit=v["member_limit"],
            motif=v["motif"],
            color=v["color"],
        )


def openness_words(one: Openness) -> str:
    return {
        Openness.PUBLIC: _("所有人可看"),
        Openness.MEMBERS: _("成员可看，别人只看到门口"),
        Openness.SECRET: _("不公开，只有成员知道"),
    }[one]


def joining_words(one: Joining) -> str:
    return {Joining.OPEN: _("直接加入"), Joining.REQUEST: _("答题申请"), Joining.INVITE: _("凭邀请码")}[one]


def motif_words(motif: str) -> str:
    return {
        "leaf": _("叶子"),
        "fruit": _("果子"),
        "tea": _("茶杯"),
        "bowl": _("热碗"),
        "yarn": _("毛线"),
        "paw": _("爪印"),
        "book": _("书"),
        "bag": _("提袋"),
    }[motif]


@guarded("community.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def community_edit(request: HttpRequest, community_id: uuid.UUID | None = None) -> HttpResponse:
    """Found a community, or change one."""
    actor = actor_of(request)
    found = door_of_id(community_id, by=actor).community if community_id else None
    form = CommunityEdit(request.POST or None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            wanted: list[CommunityView] = []

            def act() -> None:
                if found is None:
                    wanted.append(create_community(form.form(), by=actor, owner_id=actor.id))
                else:
                    change_place(found.id, form.form(), by=actor)

            act_once(request, act)
            messages.success(request, _("保存好了"))
            if found is None and not wanted:
                return redirect("console:communities")
            return redirect("console:community", wanted[0].id if wanted else community_id)
        except Refusal as refusal:
            blame(form, refusal)
    context = {"community": found, "form": form, "once": request.POST.get("once") or once_key()}
    crumbs = [(_("社群"), reverse("console:communities"))]
    return show(
        request,
        "console/community_edit.html",
        section="communities",
        context=context,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


def _initial(found: CommunityView | None) -> dict[str, Any]:
    if found is None:
        return {"motif": MOTIFS[0], "color": COLORS[0]}
    form = found.form
    return {
        **{name: getattr(form, name) for name in ("name", "handle", "audience", "promise", "house_rules")},
        "openness": form.openness.value,
        "joining": form.joining.value,
        "questions": "\n".join(form.questions),
        "member_limit": form.member_limit,
        "motif": form.motif,
        "color": form.color,
    }
