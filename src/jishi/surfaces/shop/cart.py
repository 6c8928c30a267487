"""The cart: what is in it, at today's prices, with what can really be had."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.quotes import Quote, quote_cart
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import CartView, cart_view, change_cart_line
from jishi.platform.http import actor_of
from jishi.surfaces.price_words import told
from jishi.surfaces.shop.cards import team_rail
from jishi.surfaces.shop.frame import go, is_swap, keep_cart_count, quantity_from, show, show_part, uuid_from

TRACES_SHOWN = 6


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    found = cart_view(actor_of(request))
    values = _values(found, by=actor_of(request))
    if not found.lines:
        values["teams"] = team_rail(limit=4)
    values["cart_count"] = found.unit_count
    response = show(request, "shop/cart.html", values, tab="cart")
    return _with_badge(request, response, found)


@require_POST
def change_line(request: HttpRequest) -> HttpResponse:
    """Set a quantity, tick or untick, or take out one line; answers with the lines for HTMX, else goes back."""
    actor = actor_of(request)
    line_id = uuid_from(request.POST.get("line"))
    found = cart_view(actor)
    if line_id is not None:
        quantity = None
        if request.POST.get("remove"):
            quantity = 0
        elif "quantity" in request.POST:
            quantity = quantity_from(request.POST["quantity"], least=0)
        selected = request.POST.get("selected") == "1" if "select" in request.POST else None
        found = change_cart_line(by=actor, line_id=line_id, quantity=quantity, is_selected=selected)
    if is_swap(request) and found.lines:
        values = _values(found, by=actor) | {"cart_count": found.unit_count, "is_swap": True}
        response: HttpResponse = show_part(request, "shop/parts/cart_lines.html", values)
    elif is_swap(request):
        response = HttpResponse(headers={"HX-Redirect": reverse("shop:cart")})
    else:
        response = go(reverse("shop:cart"))
    return _with_badge(request, response, found)


def _values(found: CartView, *, by: Actor) -> dict[str, Any]:
    quote = quote_cart(found, address=None, currency=settings.JISHI_CURRENCY, by=by)
    known = {line.cart_line_id for line in quote.lines}
    return {
        "quote": quote,
        "gone": [line for line in found.lines if line.line_id not in known],
        "traces": told(quote.pricing.traces, with_no=False)[:TRACES_SHOWN] if quote.pricing else [],
        "can_order": bool(quote.ordered_lines) and _all_to_be_had(quote),
    }


def _all_to_be_had(quote: Quote) -> bool:
    return all(line.is_available for line in quote.ordered_lines)


def _with_badge(request: HttpRequest, response: HttpResponse, found: CartView) -> HttpResponse:
    if not actor_of(request).is_member:
        keep_cart_count(response, found.unit_count)
    return response
