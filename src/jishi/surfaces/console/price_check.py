"""Why this price: a cart of one's choice, priced as the shop would, rule by rule."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from jishi.flows.pricing import ALL_POINTS, Choice
from jishi.flows.quotes import Quote, quote_items
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import product_page, product_table
from jishi.modules.people.public import actor_of_id, members_table
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import dress
from jishi.surfaces.console.frame import show
from jishi.surfaces.price_words import discount_words, told

PRODUCTS_SHOWN = 200


class CheckForm(forms.Form):
    """Why this price: what is in the cart, and whose it is."""

    product = forms.ChoiceField(label=gettext_lazy("商品"))
    quantity = forms.IntegerField(label=gettext_lazy("件数"), min_value=1, max_value=999, initial=1)
    second = forms.ChoiceField(label=gettext_lazy("再加一样"), required=False)
    second_quantity = forms.IntegerField(
        label=gettext_lazy("件数"), required=False, min_value=1, max_value=999, initial=1
    )
    member = forms.CharField(
        label=gettext_lazy("会员手机或邮箱"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("不填就按访客算"),
    )

    def __init__(self, *args: Any, products: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        for name, first in (("product", []), ("second", [("", "–")])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*first, *products]
        dress(self)


@guarded("promotions.view")
@require_safe
def price_check(request: HttpRequest) -> HttpResponse:
    """Why this price: a cart of one's choice, priced as the shop would, rule by rule."""
    rows, _total = product_table(by=actor_of(request), state="published", sort="-sold", limit=PRODUCTS_SHOWN)
    form = CheckForm(
        request.GET if "product" in request.GET else None,
        products=[(found.card.handle, found.card.title) for found in rows],
    )
    context: dict[str, Any] = {"form": form, "quote": None}
    if form.is_bound and form.is_valid():
        context |= _checked(form, by=actor_of(request))
    return show(request, "console/price_check.html", section="price_check", context=context)


def _checked(form: CheckForm, *, by: Actor) -> dict[str, Any]:
    v = form.cleaned_data
    items = [(_variant(v["product"], by=by), v["quantity"])]
    if v["second"]:
        items.append((_variant(v["second"], by=by), v["second_quantity"] or 1))
    buyer = None
    if v["member"]:
        found = members_table(by=by, text=v["member"], limit=1) if by.may("members.view") else []
        if not found:
            form.add_error("member", _("没有找到这位会员"))
            return {}
        buyer = actor_of_id(found[0].id, visitor_id=None)
    quote = quote_items(
        items,
        address=None,
        currency=settings.JISHI_CURRENCY,
        by=buyer,
        choice=Choice(points=ALL_POINTS if buyer else 0),
    )
    assert quote.pricing is not None
    return {
        "quote": quote,
        "lines": _checked_lines(quote),
        "traces": told(quote.pricing.traces, with_no=True),
        "alternatives": quote.pricing.alternatives,
        "is_exact": quote.pricing.is_exact,
    }


def _variant(handle: str, *, by: Actor) -> uuid.UUID:
    shown = [variant for variant in product_page(handle=handle, by=by).variants if variant.is_active]
    if not shown:
        raise NotFound()
    return shown[0].id


def _checked_lines(quote: Quote) -> list[dict[str, Any]]:
    return [
        {
            "title": line.variant.product_title,
            "quantity": line.quantity,
            "list_minor": line.list_minor,
            "steps": [
                {
                    "label": discount.label or discount_words(discount.kind),
                    "kind": discount_words(discount.kind),
                    "minor": -discount.amount_minor,
                }
                for discount in line.discounts
            ],
            "total_minor": line.total_minor,
            "is_gift": line.is_gift,
        }
        for line in quote.ordered_lines
    ]
