"""Choosing the product of a play: the page of pictures, and what of it can be sold."""

import uuid
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import ProductPage, VariantView, cards_by_ids, product_page, product_table
from jishi.modules.inventory.public import sellable_by_product
from jishi.platform.http import actor_of
from jishi.surfaces.console.frame import Crumb, show

PRODUCTS_SHOWN = 30
VARIANTS_MAX = 60


def products_to_choose(
    request: HttpRequest, *, section: str, title: str, page: str, crumbs: Sequence[Crumb]
) -> HttpResponse:
    """The first step of an editor; a tap leads to `page` with the product's id."""
    asked = request.GET.get("q", "")
    rows, total = product_table(
        by=actor_of(request), text=asked, state="published", sort="-sold", limit=PRODUCTS_SHOWN
    )
    stock = sellable_by_product([found.card.id for found in rows])
    context = {
        "title": title,
        "search_text": asked,
        "products": [
            {
                "card": found.card,
                "sellable": stock.get(found.card.id, 0),
                "url": reverse(page, args=[found.card.id]),
            }
            for found in rows
        ],
        "total": total,
    }
    return show(request, "console/choose_product.html", section=section, context=context, crumbs=crumbs)


def page_of_product(request: HttpRequest, product_id: uuid.UUID) -> ProductPage:
    """Raises NotFound."""
    card = cards_by_ids([product_id]).get(product_id)
    if card is None:
        raise NotFound()
    return product_page(handle=card.handle, by=actor_of(request))


def sellable_variants(page: ProductPage) -> list[VariantView]:
    return [variant for variant in page.variants if variant.is_active][:VARIANTS_MAX]
