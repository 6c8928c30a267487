import pytest

from jishi.modules.catalog.rules.parsed import FileStock
from jishi.modules.catalog.tests.makers import parse, problems_of, products_of, woo
from jishi.modules.catalog.types import ProductKind, ProductState, Severity

TEE = {
    "ID": "741",
    "Type": "variable",
    "SKU": "tee",
    "Name": "T-Shirt",
    "Categories": "Clothing > Tshirts, Sale, Odds\\, ends",
    "Images": "https://a.example/1.jpg, https://a.example/2.jpg",
    "Attribute 1 name": "Color",
    "Attribute 1 value(s)": "Blue, Red",
    "Attribute 2 name": "Size",
    "Attribute 2 value(s)": "L, S",
}


def variation(color: str, **cells: str) -> dict[str, str]:
    row = {
        "Type": "variation",
        "Name": f"T-Shirt - {color}",
        "Parent": "tee",
        "Regular price": "25",
        "Attribute 1 name": "Color",
        "Attribute 1 value(s)": color,
        "Attribute 2 name": "Size",
        "Attribute 2 value(s)": "L",
        "SKU": f"tee-{color.lower()}",
    }
    return {**row, **cells}


CAP = {"ID": "9", "Type": "simple", "SKU": "cap", "Name": "Cap", "Regular price": "18", "Sale price": "16"}


def test_variations_join_their_parent_by_sku_or_id_wherever_they_stand() -> None:
    content = woo(variation("Blue"), CAP, TEE, variation("Red", Parent="id:741"))

    products = {product.handle: product for product in products_of(parse(content))}

    tee = products["t-shirt"]
    assert tee.option_names == ("Color", "Size")
    assert [(v.sku, v.option_values, v.price_minor) for v in tee.variants] == [
        ("tee-blue", ("Blue", "L"), 2500),
        ("tee-red", ("Red", "L"), 2500),
    ]
    assert tee.categories == (("Clothing", "Tshirts"), ("Sale",), ("Odds, ends",))
    assert [image.address for image in tee.images or ()] == [  # type: ignore[union-attr]
        "https://a.example/1.jpg",
        "https://a.example/2.jpg",
    ]
    assert tee.source_key == "741"


def test_a_sale_price_is_the_price_and_the_regular_one_is_crossed_out() -> None:
    [cap] = products_of(parse(woo(CAP)))
    assert (cap.variants[0].price_minor, cap.variants[0].compare_at_minor) == (1600, 1800)


@pytest.mark.parametrize(("starts", "ends", "price"), [("2025-04-01", "", 1800), ("", "2025-03-07", 1800)])
def test_a_sale_counts_only_within_its_dates(starts: str, ends: str, price: int) -> None:
    row = {**CAP, "Date sale price starts": starts, "Date sale price ends": ends}
    [cap] = products_of(parse(woo(row), today_iso="2025-03-08"))
    assert (cap.variants[0].price_minor, cap.variants[0].compare_at_minor) == (price, None)


def test_an_attribute_left_open_is_one_variant_with_a_note() -> None:
    groups = parse(woo(TEE, variation("Blue", **{"Attribute 2 value(s)": ""})))

    assert products_of(groups)[0].variants[0].option_values == ("Blue", "L / S")
    assert [(p.code, p.severity) for p in problems_of(groups)] == [("any_value", Severity.NOTE)]


def test_kinds_of_products() -> None:
    content = woo(
        {**CAP, "Type": "simple, downloadable, virtual"},
        {"Type": "grouped", "ID": "2", "Name": "Set", "Grouped products": "cap, tee"},
        {
            "Type": "external",
            "ID": "3",
            "Name": "Gift",
            "Regular price": "30",
            "External URL": "https://b.example/",
        },
    )
    cap, group, gift = products_of(parse(content))

    assert (cap.kind, cap.variants[0].requires_shipping) == (ProductKind.VIRTUAL, False)
    assert (group.kind, group.member_skus, group.variants) == (ProductKind.GROUPED, ("cap", "tee"), ())
    assert (gift.kind, gift.external_address) == (ProductKind.EXTERNAL, "https://b.example/")


def test_stock_is_a_number_nothing_or_not_counted() -> None:
    rows = [
        {**CAP, "ID": "1", "SKU": "a", "Stock": "7"},
        {**CAP, "ID": "2", "SKU": "b"},
        {**CAP, "ID": "3", "SKU": "c", "In stock?": "0"},
    ]
    products = products_of(parse(woo(*rows)))
    assert [p.variants[0].stock for p in products] == [FileStock(7), FileStock(None), FileStock(0)]


def test_attributes_nobody_chooses_between_become_specs_and_hidden_products_are_not_listed() -> None:
    row = {**CAP, "Attribute 1 name": "Stoff", "Attribute 1 value(s)": "Wolle, Seide"}
    [cap] = products_of(parse(woo({**row, "Visibility in catalog": "hidden", "Published": "-1"})))
    assert cap.specs == (("Stoff", "Wolle, Seide"),)
    assert (cap.is_listed, cap.state) == (False, ProductState.DRAFT)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (variation("Blue", Parent="nobody"), "Parent", "parent_missing"),
        (variation("Blue", Parent="cap"), "Parent", "parent_not_variable"),
        ({**CAP, "ID": "10", "SKU": "x", "Name": ""}, "Name", "missing_title"),
        ({**CAP, "SKU": "x"}, "ID", "duplicate_id"),
        ({**CAP, "ID": "10"}, "SKU", "duplicate_sku"),
        ({**CAP, "ID": "10", "SKU": "x", "Type": "subscription"}, "Type", "type_unknown"),
        (
            {**CAP, "ID": "10", "SKU": "x", "Regular price": "", "Sale price": ""},
            "Regular price",
            "missing_price",
        ),
        ({**CAP, "ID": "10", "SKU": "x", "Regular price": "18 EUR"}, "Regular price", "bad_price"),
        ({**CAP, "ID": "10", "SKU": "x", "Published": "maybe"}, "Published", "bad_choice"),
        ({**CAP, "ID": "10", "SKU": "x", "Stock": "lots"}, "Stock", "bad_number"),
        ({**CAP, "ID": "10", "SKU": "x", "Weight (kg)": "-1"}, "Weight (kg)", "negative_number"),
    ],
)
def test_a_bad_row_is_named_and_the_good_one_goes_in(row: dict[str, str], column: str, code: str) -> None:
    groups = parse(woo(CAP, row))

    assert [(p.line, p.column, p.code) for p in problems_of(groups)] == [(3, column, code)]
    assert [p.handle for p in products_of(groups)] == ["cap"]


def test_a_parent_without_one_good_variation_is_left_out() -> None:
    groups = parse(woo(TEE, variation("Blue", **{"Regular price": "x"})))

    assert products_of(groups) == []
    assert [p.code for p in problems_of(groups)] == ["no_variants", "bad_price"]
