"""Products with drawn pictures, stock and shipping fees."""

import uuid
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from jishi.kernel.actor import SYSTEM
from jishi.modules.catalog.public import (
    NewVariant,
    VariantView,
    add_picture,
    create_product,
    product_page,
    publish_product,
)
from jishi.modules.inventory.public import Figure, count_stock
from jishi.modules.orders.public import Rate, set_default_shipping
from jishi.platform.transactions import in_transaction
from jishi.runtime.demo.catalogue import PRODUCTS, Product, category_path
from jishi.runtime.demo.pictures import VIEWS, paint

PICTURE_WIDTH = 640
STOCK_FOR_HISTORY = 400  # what ninety days sell, on top of what the shelf shows today
# first the near provinces, then the far ones, then everybody else
NEAR = ("31", "32", "33", "34", "36")
FAR = ("54", "65", "63", "62", "64", "15")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product as the seed needs it."""

    product: Product
    product_id: uuid.UUID
    variants: tuple[VariantView, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    shelves: tuple[Shelf, ...]

    def shelf_of(self, handle: str) -> Shelf:
        return next(shelf for shelf in self.shelves if shelf.product.handle == handle)


@in_transaction
def stock_shop() -> Shop:
    set_default_shipping(
        by=SYSTEM,
        name="默认运费",
        rates=[
            Rate(NEAR, 1000, 600, 1000, 100, 6900, False),
            Rate(FAR, 1000, 1500, 1000, 800, 19900, False),
            Rate((), 1000, 800, 1000, 200, 8900, False),
        ],
    )
    return Shop(shelves=tuple(_put_on_shelf(product) for product in PRODUCTS))


class Painter:
    """Draws the pictures on a second core while the history is being played."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
        self._pictures = {
            product.handle: [
                self._pool.submit(paint, product.picture, view=view, width=PICTURE_WIDTH) for view in VIEWS
            ]
            for product in PRODUCTS
        }

    def picture_of(self, handle: str, *, view: int) -> bytes:
        """One view of a product, for what neighbours show one another."""
        return self._pictures[handle][view].result()

    @in_transaction
    def hang_pictures(self, shop: Shop) -> None:
        for shelf in shop.shelves:
            for picture in self._pictures[shelf.product.handle]:
                add_picture(
                    by=SYSTEM, product_id=shelf.product_id, content=picture.result(), alt=shelf.product.title
                )
        self._pool.shutdown()


def _put_on_shelf(product: Product) -> Shelf:
    product_id = create_product(
        by=SYSTEM,
        title=product.title,
        handle=product.handle,
        subtitle=product.subtitle,
        description_html=product.description_html,
        vendor=product.vendor,
        tags=product.tags,
        categories=(category_path(product.category),),
        option_names=product.option_names,
        variants=[
            NewVariant(
                sku=variant.sku,
                option_values=variant.options,
                price_minor=variant.price_fen,
                compare_at_minor=variant.compare_at_fen,
                cost_minor=variant.cost_fen,
                weight_grams=variant.weight_grams,
            )
            for variant in product.variants
        ],
    )
    publish_product(by=SYSTEM, product_id=product_id)
    variants = product_page(handle=product.handle, by=SYSTEM).variants
    stock = {variant.sku: variant.stock for variant in product.variants}
    count_stock(
        by=SYSTEM,
        figures=[
            Figure(
                variant_id=variant.id,
                product_id=product_id,
                sku=variant.sku,
                quantity=stock[variant.sku] + STOCK_FOR_HISTORY,
            )
            for variant in variants
        ],
        key=f"seed:{product.handle}",
        note="seed",
    )
    return Shelf(product=product, product_id=product_id, variants=variants)
