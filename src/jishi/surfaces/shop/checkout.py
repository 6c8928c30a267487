"""The last look before ordering: for the cart, for goods bought at once, and for a seat in a team.

What is wanted travels in the address of the page, so it survives the log-in, a change of address and every refusal.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jishi.flows.checkout import Delivery, SeatWish, order_bargained, order_cart, order_items, order_seat
from jishi.flows.flash_sales import FlashWish, order_flash, quote_flash
from jishi.flows.pricing import ALL_POINTS, Choice
from jishi.flows.quotes import Quote, quote_bargain, quote_cart, quote_items, quote_seat
from jishi.kernel.actor import Actor
from jishi.kernel.errors import Kind, Refusal
from jishi.modules.inventory.public import OutOfStock
from jishi.modules.orders.public import TotalChanged, cart_view
from jishi.modules.people.public import AddressView, addresses_of
from jishi.modules.plays.group_buy.public import LateChoice, OfferView
from jishi.modules.promotions.public import Reason
from jishi.modules.wallet.public import own_balance_minor
from jishi.surfaces.price_words import discount_words, offer_words, told, trace_words
from jishi.surfaces.refusals import status_of, words_of
from jishi.surfaces.shop.addresses import AddressFields, address_card, region_choices, save_from
from jishi.surfaces.shop.frame import go, quantity_from, require_member, show, uuid_from

NOTE_LENGTH_MAX = 200
NO_COUPON = "none"
WHOLE_WALLET = 10**12
NEVER_USABLE = (
    Reason.OUT_OF_SCOPE,
    Reason.PLAY_PRICE,
    Reason.AUDIENCE,
    Reason.NOT_NOW,
    Reason.BELOW_AMOUNT,
    Reason.BELOW_UNITS,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to order: a flash item, a bargain, a seat, goods at once; none of them: the cart.

    `claim_id`: the flash units were claimed already.
    """

    variant_id: uuid.UUID | None
    quantity: int
    offer_id: uuid.UUID | None
    team_id: uuid.UUID | None
    late_choice: LateChoice
    flash_id: uuid.UUID | None = None
    claim_id: uuid.UUID | None = None
    bargain_id: uuid.UUID | None = None
    friend_code: str = ""
    finds_team: bool = False
    coupon: str = ""  # empty: the best; none; or an id
    uses_points: bool = False
    uses_wallet: bool = False

    @property
    def choice(self) -> Choice:
        """How the shopper wants to pay less."""
        coupon_id = uuid_from(self.coupon) if self.coupon not in ("", NO_COUPON) else None
        coupons = (coupon_id,) if coupon_id else () if self.coupon == NO_COUPON else None
        return Choice(
            coupon_ids=coupons,
            points=ALL_POINTS if self.uses_points else 0,
            wallet_minor=WHOLE_WALLET if self.uses_wallet else 0,
        )

    def paying(self) -> dict[str, str]:
        """The choice as it travels in addresses and forms."""
        found = {"coupon": self.coupon} if self.coupon else {}
        found |= {"points": "1"} if self.uses_points else {}
        return found | ({"wallet": "1"} if self.uses_wallet else {})

    @property
    def is_seat(self) -> bool:
        return self.offer_id is not None and self.variant_id is not None

    def as_query(self) -> dict[str, str]:
        if self.flash_id is not None:
            query = {"flash": str(self.flash_id), "quantity": str(self.quantity)}
            return query | ({"claim": str(self.claim_id)} if self.claim_id else {})
        if self.bargain_id is not None:
            return {"bargain": str(self.bargain_id)}
        if self.variant_id is None:
            return {}
        query = {"variant": str(self.variant_id), "quantity": str(self.quantity)}
        if self.offer_id is not None:
            query |= {"offer": str(self.offer_id), "late": self.late_choice.value}
            if self.team_id is not None:
                query["team"] = str(self.team_id)
            if self.friend_code:
                query["friend"] = self.friend_code
            if self.finds_team:
                query["match"] = "1"
        return query

    def address(self, **more: str) -> str:
        query = urlencode(self.as_query() | self.paying() | more)
        return f"{reverse('shop:checkout')}?{query}" if query else reverse("shop:checkout")


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    source = request.POST if request.method == "POST" else request.GET
    wish = wish_from(source)
    own = addresses_of(by=actor)
    address = _chosen(own, uuid_from(source.get("address")))
    if request.method != "POST":
        return _page(request, wish, by=actor, own=own, address=address)
    try:
        order_id = _order(wish, request, by=actor, address=address)
    except Refusal as refusal:
        if refusal.kind in (Kind.UNAUTHENTICATED, Kind.MISSING):
            raise
        return _page(request, wish, by=actor, own=own, address=address, refusal=refusal)
    return go(reverse("shop:pay_order", args=[order_id]))


@require_POST
def add_address(request: HttpRequest) -> HttpResponse:
    """A new address without leaving the checkout."""
    actor = require_member(request)
    wish = wish_from(request.GET)
    form = AddressFields(request.POST)
    saved = save_from(form, request.POST, by=actor)
    if saved is not None:
        messages.success(request, _("地址保存好了"))
        return go(wish.address(address=str(saved.id)))
    own = addresses_of(by=actor)
    return _page(request, wish, by=actor, own=own, address=_chosen(own, None), form=form)


def wish_from(source: Mapping[str, Any]) -> Wish:
    """Raises NotFound for ids that cannot be ids."""
    try:
        late_choice = LateChoice(source.get("late", ""))
    except ValueError:
        late_choice = LateChoice.OTHER_TEAM
    return Wish(
        variant_id=uuid_from(source.get("variant")),
        quantity=quantity_from(source.get("quantity")),
        offer_id=uuid_from(source.get("offer")),
        team_id=uuid_from(source.get("team")),
        late_choice=late_choice,
        flash_id=uuid_from(source.get("flash")),
        claim_id=uuid_from(source.get("claim")),
        bargain_id=uuid_from(source.get("bargain")),
        friend_code=source.get("friend", "")[:12],
        finds_team=source.get("match") == "1",
        coupon=source.get("coupon", "")[:36],
        uses_points=source.get("points") == "1",
        uses_wallet=source.get("wallet") == "1",
    )


def late_choices(chosen: LateChoice) -> list[dict[str, Any]]:
    """What may happen with a payment that comes too late; the buyer says so beforehand."""
    names = {
        LateChoice.OTHER_TEAM: _("换到快满的团"),
        LateChoice.NEW_TEAM: _("我来开新团"),
        LateChoice.REFUND: _("退款"),
    }
    return [
        {"value": choice.value, "label": label, "is_on": choice is chosen} for choice, label in names.items()
    ]


def total_lines(quote: Quote, *, has_address: bool) -> list[dict[str, Any]]:
    """Every cent of a quote: goods, each kind of discount, shipping."""
    rows: list[dict[str, Any]] = [{"label": _("商品"), "minor": quote.list_minor, "note": ""}]
    found: dict[tuple[str, str], int] = {}
    for line in quote.ordered_lines:
        for discount in line.discounts:
            key = (discount.kind, discount.label)
            found[key] = found.get(key, 0) + discount.amount_minor
    rows += [
        {"label": discount_words(kind), "minor": -amount, "note": label}
        for (kind, label), amount in found.items()
    ]
    needs_shipping = any(line.variant.requires_shipping for line in quote.ordered_lines)
    note = "" if has_address or not needs_shipping else _("选好地址就知道")
    full = quote.pricing.shipping_full_minor if quote.pricing else quote.shipping_minor
    rows.append({"label": _("运费"), "minor": None if note else full, "note": note})
    if full > quote.shipping_minor:
        rows.append({"label": _("运费优惠"), "minor": quote.shipping_minor - full, "note": ""})
    if quote.wallet_minor:
        rows.append({"label": _("钱包付"), "minor": -quote.wallet_minor, "note": ""})
    return rows


def ways_to_save(quote: Quote, wish: Wish, *, by: Actor) -> dict[str, Any]:
    """Coupons to choose from (each with what it gives or why it cannot be used), points, the wallet, and every rule."""
    priced = quote.priced
    if priced is None:
        return {"can_save": False}
    traces = {trace.coupon_id: trace for trace in priced.pricing.traces if trace.coupon_id is not None}
    rows = []
    for coupon in priced.coupons:
        trace = traces.get(coupon.id)
        words = trace_words(trace) if trace else None
        rows.append(
            {
                "id": str(coupon.id),
                "label": coupon.offer.label,
                "words": offer_words(coupon.offer),
                "is_on": bool(words and words.tone == "yes"),
                "is_off": bool(trace and trace.reason in NEVER_USABLE),
                "saved_minor": words.saved_minor if words else 0,
                "why": words.text if words and words.tone != "yes" else "",
                "expires_at": coupon.expires_at,
            }
        )
    rows.sort(key=lambda row: (not row["is_on"], row["is_off"]))
    balance = own_balance_minor(by=by, currency=quote.currency)
    return {
        "can_save": True,
        "coupons": rows,
        "coupon_mode": wish.coupon,
        "pricing": priced.pricing,
        "points_most": min(priced.points_left, priced.pricing.points_max),
        "points_left": priced.points_left,
        "is_points_open": priced.is_points_open,
        "wallet_left_minor": balance,
        "traces": told([t for t in priced.pricing.traces if t.coupon_id is None], with_no=True),
        "alternatives": priced.pricing.alternatives,
    }


def _order(wish: Wish, request: HttpRequest, *, by: Actor, address: AddressView | None) -> uuid.UUID:
    delivery = Delivery(
        address_id=address.id if address else None,
        note=request.POST.get("note", "")[:NOTE_LENGTH_MAX],
        choice=wish.choice,
    )
    text = request.POST.get("expected_total", "")
    expected = int(text) if text.isascii() and text.isdigit() else None
    if wish.flash_id is not None:
        units = FlashWish(wish.flash_id, wish.quantity, wish.claim_id)
        return order_flash(units, by=by, delivery=delivery, expected_total_minor=expected)
    if wish.bargain_id is not None:
        return order_bargained(wish.bargain_id, by=by, delivery=delivery, expected_total_minor=expected)
    if wish.variant_id is None:
        return order_cart(by=by, delivery=delivery, expected_total_minor=expected)
    if wish.offer_id is None:
        items = [(wish.variant_id, wish.quantity)]
        return order_items(items, by=by, delivery=delivery, expected_total_minor=expected)
    seat = SeatWish(
        offer_id=wish.offer_id,
        team_id=wish.team_id,
        variant_id=wish.variant_id,
        quantity=wish.quantity,
        late_choice=wish.late_choice,
        friend_code=wish.friend_code,
        finds_team=wish.finds_team,
    )
    return order_seat(seat, by=by, delivery=delivery, expected_total_minor=expected)


def _quote(wish: Wish, *, by: Actor, address: AddressView | None) -> tuple[Quote, OfferView | None]:
    currency = settings.JISHI_CURRENCY
    if wish.flash_id is not None:
        units = FlashWish(wish.flash_id, wish.quantity, wish.claim_id)
        return quote_flash(units, by=by, address=address, currency=currency)[2], None
    if wish.bargain_id is not None:
        quote = quote_bargain(wish.bargain_id, address=address, currency=currency, by=by, choice=wish.choice)
        return quote, None
    if wish.variant_id is None:
        cart = cart_view(by)
        quote = quote_cart(
            cart, address=address, currency=currency, by=by, choice=wish.choice, with_alternatives=True
        )
        return quote, None
    if wish.offer_id is None:
        items = [(wish.variant_id, wish.quantity)]
        return quote_items(items, address=address, currency=currency, by=by, choice=wish.choice), None
    offer, quote = quote_seat(
        offer_id=wish.offer_id,
        team_id=wish.team_id,
        variant_id=wish.variant_id,
        quantity=wish.quantity,
        address=address,
        currency=currency,
        by=by,
        choice=wish.choice,
    )
    return quote, offer


def _page(  # noqa: PLR0913  (the page and what happened to it)
    request: HttpRequest,
    wish: Wish,
    *,
    by: Actor,
    own: list[AddressView],
    address: AddressView | None,
    refusal: Refusal | None = None,
    form: AddressFields | None = None,
) -> HttpResponse:
    quote, offer = _quote(wish, by=by, address=address)
    if not quote.ordered_lines and refusal is None:
        return go(reverse("shop:cart"))
    shown = form or AddressFields(initial={"name": "", "is_default": not own})
    needs_shipping = any(line.variant.requires_shipping for line in quote.ordered_lines)
    values = {
        "quote": quote,
        "wish": wish,
        "hidden": wish.as_query() | wish.paying(),
        "asked": wish.as_query() | ({"address": str(address.id)} if address else {}),
        "offer": offer,
        "opens_team": offer is not None and wish.team_id is None,
        "late_choices": late_choices(wish.late_choice) if offer else [],
        "total_lines": total_lines(quote, has_address=address is not None),
        **ways_to_save(quote, wish, by=by),
        "address": address_card(address) if address else None,
        "addresses": [
            address_card(view) | {"url": wish.address(address=str(view.id)), "is_on": view == address}
            for view in own
        ],
        "needs_address": needs_shipping,
        "form": shown,
        "regions": region_choices(shown),
        "form_action": f"{reverse('shop:checkout_address')}?{urlencode(wish.as_query())}",
        "is_form_open": form is not None or (not own and needs_shipping),
        "note": request.POST.get("note", ""),
        "problem": _problem_words(refusal, quote) if refusal else "",
        "short": [
            {"line": line, "url": _with_quantity(wish, line.sellable)}
            for line in quote.ordered_lines
            if not line.is_available
        ],
        "back": quote_back(quote, wish),
    }
    has_errors = form is not None and bool(form.errors)
    status = status_of(refusal) if refusal else 422 if has_errors else 200
    return show(request, "shop/checkout.html", values, tab="cart", status=status)


def quote_back(quote: Quote, wish: Wish) -> str:
    """Where the shopper came from."""
    if wish.flash_id is not None:
        return reverse("shop:flash")
    if wish.bargain_id is not None:
        return reverse("shop:bargain", args=[wish.bargain_id])
    if wish.variant_id is None:
        return reverse("shop:cart")
    if wish.team_id is not None:
        return reverse("shop:team", args=[wish.team_id])
    return reverse("shop:product", args=[quote.lines[0].variant.product_handle])


def _problem_words(refusal: Refusal, quote: Quote) -> str:
    if isinstance(refusal, OutOfStock):
        return _("手慢了一步：有商品不够了，下面写着还有多少。什么都没有扣。")
    if isinstance(refusal, TotalChanged):
        return _("价格刚刚变了，下面是现在的金额，看过再点一次就好。什么都没有扣。")
    del quote
    return words_of(refusal)


def _with_quantity(wish: Wish, sellable: int) -> str:
    """The same wish for as many as there are."""
    if wish.variant_id is None or sellable <= 0:
        return ""
    return wish.address(quantity=str(sellable))


def _chosen(own: list[AddressView], address_id: uuid.UUID | None) -> AddressView | None:
    """The address asked for, else the default; other people's are never found."""
    return next((view for view in own if view.id == address_id), own[0] if own else None)
