"""One product: its pictures, its choices, its true stock, its price and why, and the teams that wait for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput
from jishi.kernel.money import exponent_of, format_minor
from jishi.modules.catalog.public import ProductKind, ProductPage, VariantView, product_page
from jishi.modules.inventory.public import UNTRACKED_SELLABLE, sellable_by_variant
from jishi.modules.orders.public import add_to_cart
from jishi.modules.plays.group_buy.public import OfferView, forming_teams, selling_offer_of_product
from jishi.modules.promotions.public import is_now, offers_on
from jishi.platform.http import actor_of
from jishi.surfaces.price_words import offer_words
from jishi.surfaces.shop.bargains import bargain_floor_of
from jishi.surfaces.shop.cards import SCARCE_FROM, goods_markup, team_cards
from jishi.surfaces.shop.flash import flash_of_product
from jishi.surfaces.shop.frame import (
    ShareCard,
    absolute,
    go,
    keep_cart_count,
    quantity_from,
    show,
    uuid_from,
)
from jishi.surfaces.shop.words import promises
from jishi.surfaces.templatetags.chrome import kept_markup

TEAMS_SHOWN = 4
OFFERS_SHOWN = 6
_TOKEN = "token-of-this-visitor"
BUY_AT_ONCE_MAX = 99


@dataclass(frozen=True, slots=True)
class Choice:
    """The variant looked at and what it costs. `sellable` is for this variant."""

    variant: VariantView | None
    sellable: int
    offer: OfferView | None
    team_minor: int | None


@require_safe
def product(request: HttpRequest, handle: str) -> HttpResponse:
    """Six queries for a visitor, whatever the product has; two more for one that gathers others."""
    page = product_page(handle=handle, by=actor_of(request))
    sellable = sellable_by_variant([variant.id for variant in page.variants])
    offer = selling_offer_of_product(page.card.id)
    teams = forming_teams(offer_id=offer.id, limit=TEAMS_SHOWN) if offer else []
    choice = _choice(page, request.GET, sellable=sellable, offer=offer)
    card, kind = page.card, page.card.kind
    prices = {offer.id: offer.min_price_minor} if offer else {}
    version = (card.id, card.stamp)
    values = {
        "card": card,
        "bargain_floor_minor": bargain_floor_of(card.id),
        "gallery": kept_markup("shop/parts/gallery.html", version, lambda: _gallery(page)),
        "buy_form": _buy_form(request, page, choice, sellable),
        "offer_rows": _offers_on(page),
        "teams": team_cards(teams, prices=prices, goods={card.id: card}),
        "flash": flash_of_product(list(page.variants)),
        "detail": kept_markup(
            "shop/parts/product_detail.html", version, lambda: {"page": page, "promises": promises()}
        ),
        "members": goods_markup(page.members) if page.members else [],
        "share": _share_card(page, choice),
        "json_ld": _json_ld(page, sellable),
        "has_buy_bar": kind not in (ProductKind.EXTERNAL, ProductKind.GROUPED),
    }
    return show(request, "shop/product.html", values)


@require_POST
def buy(request: HttpRequest, handle: str) -> HttpResponse:
    """The buy bar: into the cart, or on to the checkout for goods or for a team of one's own."""
    actor = actor_of(request)
    page = product_page(handle=handle, by=actor)
    variant = chosen_variant(page, request.POST, sellable=None)
    if variant is None:
        raise InvalidInput(field=_("规格"), reason=_("请选择"))
    quantity = quantity_from(request.POST.get("quantity"))
    action = request.POST.get("action", "single")
    looked_at = f"{reverse('shop:product', args=[handle])}?{urlencode({'variant': variant.id})}"
    if action == "look":  # without a script: show this choice
        return go(looked_at)
    if action == "cart":
        cart = add_to_cart(
            by=actor,
            product_id=page.card.id,
            variant_id=variant.id,
            quantity=quantity,
            price_minor=variant.price_minor,
        )
        messages.success(request, _("放进购物车了"))
        response = go(looked_at)
        if not actor.is_member:
            keep_cart_count(response, cart.unit_count)
        return response
    wish: dict[str, Any] = {"variant": variant.id, "quantity": quantity}
    if action in ("team", "match"):
        wish["offer"] = request.POST.get("offer", "")
    if action == "match":
        wish["match"] = "1"
    return go(f"{reverse('shop:checkout')}?{urlencode(wish)}")


def _offers_on(page: ProductPage) -> list[dict[str, str]]:
    """Rules that count for these goods now, in a line each; the revision's query only."""
    local = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    found = offers_on(
        product_id=page.card.id,
        variant_ids=[variant.id for variant in page.variants],
        category_ids=[category.id for category in page.categories],
    )
    now = [offer for offer in found if is_now(offer, local=local)]
    return [{"label": offer.label, "words": offer_words(offer)} for offer in now[:OFFERS_SHOWN]]


def _gallery(page: ProductPage) -> dict[str, Any]:
    images = [image.address for image in page.images] or [page.card.cover_address]
    return {"images": images, "title": page.card.title}


def _buy_form(
    request: HttpRequest, page: ProductPage, choice: Choice, sellable: Mapping[Any, int]
) -> SafeString:
    """Price, choices and buy bar, rendered once for what they show; only the form's token is the visitor's own."""
    most = _most(choice)
    quantity = min(quantity_from(request.GET.get("quantity")), most)
    open_ids = frozenset(variant_id for variant_id, count in sellable.items() if count > 0)
    key = (page.card.id, page.card.stamp, page.card.sold_count, choice, open_ids, quantity)

    def values() -> dict[str, Any]:
        return {
            "csrf_token": _TOKEN,
            "page": page,
            "card": page.card,
            "choice": choice,
            "offer": choice.offer,
            "options": _option_rows(page, choice, sellable),
            "price": _price(page, choice),
            "stock": _stock_words(choice.sellable),
            "is_choice_gone": choice.sellable <= 0,
            "quantity": quantity,
            "quantity_max": most,
            "is_external": page.card.kind is ProductKind.EXTERNAL,
            "is_grouped": page.card.kind is ProductKind.GROUPED,
        }

    kept = kept_markup("shop/parts/product_buy.html", key, values)
    return mark_safe(kept.replace(_TOKEN, get_token(request)))


def chosen_variant(
    page: ProductPage, asked: Mapping[str, Any], *, sellable: Mapping[Any, int] | None
) -> VariantView | None:
    """The variant of the chosen option values, else of the id asked for, else the first that can be had."""
    shown = [variant for variant in page.variants if variant.is_active]
    wanted = [asked.get(f"o{n}", "") for n in range(len(page.options))]
    if all(wanted) and wanted:
        exact = next((v for v in shown if list(v.option_values) == wanted), None)
        near = [v for v in shown if v.option_values[:1] == (wanted[0],)]
        if exact is not None:
            return exact
        if near:
            return _first_sellable(near, sellable)
    variant_id = uuid_from(asked.get("variant"))
    named = next((v for v in shown if v.id == variant_id), None)
    return named or _first_sellable(shown, sellable)


def _first_sellable(variants: list[VariantView], sellable: Mapping[Any, int] | None) -> VariantView | None:
    if sellable:
        found = next((v for v in variants if sellable.get(v.id, 0) > 0), None)
        if found is not None:
            return found
    return variants[0] if variants else None


def _choice(
    page: ProductPage, asked: Mapping[str, Any], *, sellable: Mapping[Any, int], offer: OfferView | None
) -> Choice:
    variant = chosen_variant(page, asked, sellable=sellable)
    if variant is None:
        return Choice(variant=None, sellable=0, offer=offer, team_minor=None)
    team_minor = offer.price_of(variant.id) if offer else None
    return Choice(variant=variant, sellable=sellable.get(variant.id, 0), offer=offer, team_minor=team_minor)


def _option_rows(page: ProductPage, choice: Choice, sellable: Mapping[Any, int]) -> list[dict[str, Any]]:
    """A fieldset per option. A value is off when nothing with it and the choices above it is left."""
    if choice.variant is None:
        return []
    held = choice.variant.option_values
    rows = []
    for n, option in enumerate(page.options):
        open_values = {
            v.option_values[n]
            for v in page.variants
            if len(v.option_values) > n and v.option_values[:n] == held[:n] and sellable.get(v.id, 0) > 0
        }
        choices = [
            {"value": value, "label": value, "is_on": held[n : n + 1] == (value,), "is_off": False}
            for value in option.values
        ]
        for row in choices:
            row["is_off"] = row["value"] not in open_values and not row["is_on"]
        rows.append({"label": option.name, "name": f"o{n}", "choices": choices})
    return rows


def _price(page: ProductPage, choice: Choice) -> dict[str, Any]:
    """What is paid, what was paid, and the lines that lead from one to the other."""
    if choice.variant is None:
        return {"minor": page.card.min_price_minor, "was": None, "was_label": "", "reasons": []}
    single, team, compare = choice.variant.price_minor, choice.team_minor, choice.variant.compare_at_minor
    reasons: list[dict[str, Any]] = []
    was, was_label = None, ""
    if compare and compare > single:
        was, was_label = compare, _("原价")
        reasons.append({"label": _("原价"), "minor": compare, "note": choice.variant.title})
        reasons.append({"label": _("现在的折扣"), "minor": single - compare, "note": ""})
    else:
        reasons.append({"label": _("单买价"), "minor": single, "note": choice.variant.title})
    if team is None or choice.offer is None or team >= single:
        reasons.append(
            {"label": _("运费"), "minor": None, "note": _("按收货地址和重量算，下单前写清楚，不会事后加")}
        )
        return {"minor": single, "was": was, "was_label": was_label, "reasons": reasons}
    reasons.append(
        {
            "label": _("%(size)d 人团优惠") % {"size": choice.offer.team_size},
            "minor": team - single,
            "note": _("凑满 %(size)d 人才生效，没凑满全额退") % {"size": choice.offer.team_size},
        }
    )
    leader = choice.offer.leader_discount_minor
    if leader:
        amount = format_minor(leader, currency=choice.variant.currency)
        reasons.append(
            {"label": _("开团的人再减"), "minor": None, "note": _("你来开团，下单时另减 %s") % amount}
        )
    reasons.append(
        {"label": _("运费"), "minor": None, "note": _("按收货地址和重量算，下单前写清楚，不会事后加")}
    )
    return {"minor": team, "was": single, "was_label": _("单买"), "reasons": reasons}


def _stock_words(sellable: int) -> str:
    if sellable <= 0:
        return _("这个规格卖完了")
    if sellable >= UNTRACKED_SELLABLE:
        return _("现货")
    if sellable <= SCARCE_FROM:
        return _("仅余 %(count)d 份") % {"count": sellable}
    return _("余 %(count)d 份") % {"count": sellable}


def _most(choice: Choice) -> int:
    limit = choice.offer.member_limit if choice.offer and choice.team_minor is not None else 0
    return max(1, min(value for value in (choice.sellable, BUY_AT_ONCE_MAX, limit or BUY_AT_ONCE_MAX)))


def _share_card(page: ProductPage, choice: Choice) -> ShareCard:
    card = page.card
    minor = choice.team_minor or (choice.variant.price_minor if choice.variant else card.min_price_minor)
    price = format_minor(minor, currency=card.currency) if minor is not None else ""
    if choice.offer is not None and choice.team_minor is not None:
        price = _("%(size)d 人团 %(price)s") % {"size": choice.offer.team_size, "price": price}
    return ShareCard(
        title=card.title,
        description=" · ".join(part for part in (price, card.subtitle) if part),
        url=absolute(reverse("shop:product", args=[card.handle])),
        image=absolute(reverse("shop:product_card_picture", args=[card.handle])),
    )


def _json_ld(page: ProductPage, sellable: Mapping[Any, int]) -> SafeString:
    """schema.org Product for search engines; nothing in it that the page does not show."""
    card = page.card
    unit = 10 ** exponent_of(card.currency)
    places = exponent_of(card.currency)
    has_stock = any(sellable.values())
    value = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": card.title,
        "description": card.subtitle or card.title,
        "image": [absolute(image.address) for image in page.images[:4]],
        "brand": {"@type": "Brand", "name": page.vendor} if page.vendor else None,
        "offers": {
            "@type": "AggregateOffer",
            "priceCurrency": card.currency,
            "lowPrice": f"{(card.min_price_minor or 0) / unit:.{places}f}",
            "highPrice": f"{(card.max_price_minor or 0) / unit:.{places}f}",
            "offerCount": len(page.variants),
            "availability": f"https://schema.org/{'InStock' if has_stock else 'OutOfStock'}",
        },
    }
    text = json.dumps({name: part for name, part in value.items() if part}, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(safe)
