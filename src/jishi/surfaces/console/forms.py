"""Fields of the console's forms, and acting once per form that was sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jishi.kernel import ids
from jishi.kernel.errors import Refusal
from jishi.kernel.money import format_minor, parse_minor
from jishi.platform.http import actor_of
from jishi.platform.once import answer_once, fingerprint_of
from jishi.surfaces.refusals import words_of

AMOUNT_MINOR_MAX = 10**11
ONCE = "once"
_BOXES = (forms.CheckboxInput,)


class MoneyField(forms.CharField):
    """An amount written in units (`29.90`); its value is in minor units of the shop's currency."""

    def __init__(self, *, may_be_zero: bool = True, **options: Any) -> None:
        self.may_be_zero = may_be_zero
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=20, **options)

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().removeprefix("¥")
        if not text:
            return None
        try:
            minor = parse_minor(text, currency=settings.JISHI_CURRENCY)
        except ValueError as error:
            raise forms.ValidationError(_("请填金额，例如 29.90")) from error
        if not (0 if self.may_be_zero else 1) <= minor <= AMOUNT_MINOR_MAX:
            raise forms.ValidationError(_("金额超出范围"))
        return minor

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise forms.ValidationError(_("请填金额，例如 29.90"))

    def run_validators(self, value: Any) -> None:
        """The range has been checked; the validators of texts do not fit."""

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, int) else value


class LocalTimeField(forms.DateTimeField):
    """A moment of the shop's calendar, as browsers ask for it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%dT%H:%M")
        return value


def written(minor: int | None) -> str:
    """Minor units as one would type them."""
    if minor is None:
        return ""
    return format_minor(minor, currency=settings.JISHI_CURRENCY, symbol=False).replace(",", "")


def dress(form: forms.Form) -> forms.Form:
    """Give the fields the look of the house and tell readers of the screen which are wrong."""
    for name, field in form.fields.items():
        is_box = isinstance(field.widget, _BOXES)
        field.widget.attrs.setdefault("class", "toggle toggle-sm toggle-success" if is_box else "field-input")
        if form.is_bound and name in form.errors:
            field.widget.attrs["aria-invalid"] = "true"
    return form


def blame(form: forms.Form, refusal: Refusal) -> None:
    """Put the words of a refusal beside the field that it names, else over the form."""
    field = str(refusal.facts.get("field", ""))
    if field in form.fields:
        reason = str(refusal.facts.get("reason", ""))
        form.add_error(field, _(reason) if reason else words_of(refusal))
        form.fields[field].widget.attrs["aria-invalid"] = "true"
    else:
        form.add_error(None, words_of(refusal))


def once_key() -> str:
    """For the hidden field of a form that must not act twice."""
    return str(ids.new_id())


def act_once(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Do what a form asks for, once per form that was shown. False when it had been done before.

    Raises KeyReused when the same form is sent with other values.
    """
    values = {
        name: values for name, values in request.POST.lists() if name not in (ONCE, "csrfmiddlewaretoken")
    }

    def answer() -> tuple[int, None]:
        act()
        return 200, None

    found = answer_once(
        scope=f"console:{actor_of(request).id}",
        key=request.POST.get(ONCE, ""),
        fingerprint=fingerprint_of(request.path, values),
        act=answer,
    )
    return not found.replayed
