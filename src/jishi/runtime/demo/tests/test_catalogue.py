import random
from xml.etree import ElementTree

import pytest

from jishi.runtime.demo.catalogue import CATEGORIES, GROUP_BUYS, PRODUCTS, Product, category_path
from jishi.runtime.demo.people import name_neighbours
from jishi.runtime.demo.pictures import VIEWS, draw_product, draw_share_card, rasterise


def test_handles_and_skus_are_unique() -> None:
    assert len({product.handle for product in PRODUCTS}) == len(PRODUCTS) == 60
    skus = [variant.sku for product in PRODUCTS for variant in product.variants]
    assert len(set(skus)) == len(skus)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.handle)
def test_every_product_earns_something_and_names_its_options(product: Product) -> None:
    assert product.category in {category.key for category in CATEGORIES}
    assert len(category_path(product.category)) == 2
    for variant in product.variants:
        assert len(variant.options) == len(product.option_names)
        assert variant.cost_fen < variant.price_fen
        assert variant.compare_at_fen is None or variant.compare_at_fen > variant.price_fen


def test_a_group_price_lies_between_cost_and_single_price() -> None:
    products = {product.handle: product for product in PRODUCTS}
    for idea in GROUP_BUYS:
        for price, variant in zip(idea.prices_fen, products[idea.handle].variants, strict=True):
            assert variant.cost_fen < price < variant.price_fen


@pytest.mark.parametrize("view", VIEWS)
def test_every_picture_is_well_formed_and_repeats_exactly(view: str) -> None:
    for product in PRODUCTS:
        svg = draw_product(product.picture, view=view)
        ElementTree.fromstring(svg)
        assert svg == draw_product(product.picture, view=view)


def test_a_share_card_escapes_its_words_and_has_the_size_that_sites_unfurl() -> None:
    svg = draw_share_card(PRODUCTS[0].picture, title="<b>&", price="¥29.90")
    assert "<b>" not in svg
    png = rasterise(svg, width=1200)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1200, 630)


def test_three_hundred_neighbours_have_different_names() -> None:
    names = name_neighbours(count=300, chance=random.Random(7))
    assert len(set(names)) == 300
    with pytest.raises(ValueError, match="no more than"):
        name_neighbours(count=100_000, chance=random.Random(7))
