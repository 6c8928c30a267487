"""Where parcels go: one's own addresses, added and changed by one form that also stands in the checkout."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, Kind, Refusal
from jishi.modules.people.public import (
    AddressForm,
    AddressView,
    BadPhone,
    address_view,
    addresses_of,
    mask_phone,
    remove_address,
    save_address,
)
from jishi.surfaces.refusals import words_of
from jishi.surfaces.regions import place_of, regions_under
from jishi.surfaces.shop.frame import go, require_member, safe_next, show, show_part

REGION_FIELDS = ("province", "city", "district")


class AddressFields(forms.Form):
    """The address form. The lists of cities and districts follow what is chosen above them."""

    name = forms.CharField(label=gettext_lazy("收货人"), max_length=40)
    phone = forms.CharField(label=gettext_lazy("手机号"), max_length=20)
    province = forms.CharField(label=gettext_lazy("省"), max_length=6)
    city = forms.CharField(label=gettext_lazy("市"), max_length=6, required=False)
    district = forms.CharField(label=gettext_lazy("区县"), max_length=6, required=False)
    line = forms.CharField(label=gettext_lazy("详细地址"), max_length=120)
    is_default = forms.BooleanField(label=gettext_lazy("设为默认地址"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plain = {"class": "field-input"}
        self.fields["name"].widget = forms.TextInput(attrs={**plain, "autocomplete": "name"})
        self.fields["phone"].widget = forms.TextInput(
            attrs={**plain, "autocomplete": "tel", "inputmode": "tel"}
        )
        self.fields["line"].widget = forms.TextInput(
            attrs={**plain, "autocomplete": "street-address", "placeholder": _("街道、小区、楼号、门牌")}
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        province, city, district = (values.get(name, "") for name in REGION_FIELDS)
        chosen = {"province": ("", province), "city": (province, city), "district": (city, district)}
        for name, (parent, code) in chosen.items():
            known = dict(_choices(parent)) if parent or name == "province" else {}
            if (code or (known and name != "province")) and code not in known:  # no province is said already
                self.add_error(name, _("请选择"))
                break
        return values

    def as_address(self) -> AddressForm:
        values = self.cleaned_data
        code = next(values[name] for name in reversed(REGION_FIELDS) if values.get(name))
        province, city, district = place_of(code) or ("", "", "")
        return AddressForm(
            name=values["name"],
            phone=values["phone"],
            region_code=code,
            province=province,
            city=city,
            district=district,
            line=values["line"],
            is_default=values["is_default"],
        )


@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    rows = [address_card(view) for view in addresses_of(by=actor)]
    return show(request, "shop/addresses.html", {"addresses": rows}, tab="me")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_address(request: HttpRequest, address_id: uuid.UUID | None = None) -> HttpResponse:
    """One form for a new address and for an old one; what was typed survives every refusal."""
    actor = require_member(request)
    form = AddressFields(request.POST or None, initial=_initial(address_id, by=actor))
    saved = (
        save_from(form, request.POST, by=actor, address_id=address_id) if request.method == "POST" else None
    )
    if saved is not None:
        messages.success(request, _("地址保存好了"))
        return go(safe_next(request, default=reverse("shop:addresses")))
    values = {
        "form": form,
        "regions": region_choices(form),
        "address_id": address_id,
        "next": safe_next(request, default=reverse("shop:addresses")),
    }
    has_trouble = form.is_bound and bool(form.errors)
    return show(request, "shop/address_edit.html", values, tab="me", status=422 if has_trouble else 200)


@require_POST
def drop_address(request: HttpRequest, address_id: uuid.UUID) -> HttpResponse:
    remove_address(address_id, by=require_member(request))
    messages.success(request, _("地址删掉了"))
    return go(reverse("shop:addresses"))


@require_safe
def region_fields(request: HttpRequest) -> HttpResponse:
    """The three lists after a choice, for HTMX."""
    form = AddressFields(initial={name: request.GET.get(name, "") for name in REGION_FIELDS})
    return show_part(
        request, "shop/parts/region_fields.html", {"form": form, "regions": region_choices(form)}
    )


def save_from(
    form: AddressFields, sent: QueryDict, *, by: Actor, address_id: uuid.UUID | None = None
) -> AddressView | None:
    """Save what the form holds; None when it has to be shown again, with the reasons beside its fields."""
    if sent.get("step") == "region":  # without a script: the next list was asked for, nothing is wrong yet
        form.errors.clear()
        return None
    if not form.is_valid():
        return None
    try:
        return save_address(form.as_address(), by=by, address_id=address_id)
    except BadPhone as refusal:
        form.add_error("phone", words_of(refusal))
    except InvalidInput as refusal:
        field = str(refusal.facts.get("field"))
        reason = _(str(refusal.facts.get("reason", "")))
        form.add_error(field if field in form.fields else "province", reason)
    except Refusal as refusal:
        if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED):
            raise
        form.add_error(None, words_of(refusal))
    return None


def region_choices(form: AddressFields) -> list[dict[str, Any]]:
    """The three lists with what is chosen; a list without entries is left out."""
    province, city, district = (str(form[name].value() or "") for name in REGION_FIELDS)
    rows = [("province", _choices(""), province)]
    if province and _choices(province):
        rows.append(("city", _choices(province), city))
        known = city if city in dict(_choices(province)) else ""
        if known and _choices(known):
            rows.append(("district", _choices(known), district))
    return [{"field": form[name], "choices": choices, "value": value} for name, choices, value in rows]


def address_card(view: AddressView) -> dict[str, Any]:
    """An address as its card shows it; the phone is masked."""
    parts = [view.province, "" if view.city == view.province else view.city, view.district]
    return {
        "id": view.id,
        "name": view.name,
        "phone": mask_phone(view.phone),
        "region": " ".join(part for part in parts if part),
        "line": view.line,
        "is_default": view.is_default,
    }


def _initial(address_id: uuid.UUID | None, *, by: Actor) -> dict[str, Any]:
    if address_id is None:
        return {}
    view = address_view(address_id, by=by)
    code = view.region_code
    province = f"{code[:2]}0000"
    cities = _choices(province)
    inside = next((known for known, _name in cities if known[:4] == code[:4]), "")
    outside = next((known for known, _name in cities if code in dict(_choices(known))), "")
    return {
        "name": view.name,
        "phone": view.phone.removeprefix("+86"),
        "province": province,
        "city": inside or outside,
        "district": code,
        "line": view.line,
        "is_default": view.is_default,
    }


def _choices(parent: str) -> list[tuple[str, str]]:
    """What lies directly under a code, as a list to choose from; provinces under nothing."""
    return [(region.code, region.name) for region in regions_under(parent)]
