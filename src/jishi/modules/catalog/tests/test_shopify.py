import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.modules.catalog.rules import csv_rows
from jishi.modules.catalog.rules.csv_rows import FileProblem
from jishi.modules.catalog.rules.parsed import ABSENT, FileStock, ParsedImage
from jishi.modules.catalog.tests.makers import (
    SHIRT,
    SHOPIFY,
    csv_bytes,
    parse,
    problems_of,
    products_of,
    shopify,
)
from jishi.modules.catalog.types import ProductState, Severity, Source


def sized(value: str, **cells: str) -> dict[str, str]:
    return {"Handle": "shirt", "Option1 Value": value, "Variant Price": "36.00", **cells}


def first_sized(value: str = "S", **cells: str) -> dict[str, str]:
    return {**SHIRT, "Option1 Name": "尺码", "Option1 Value": value, **cells}


def test_rows_of_one_handle_are_one_product_with_variants_and_pictures() -> None:
    content = shopify(
        first_sized(**{"Image Src": "https://a.example/1.jpg", "Variant SKU": "'0001", "Tags": "棉, 夏"}),
        sized("M", **{"Variant Inventory Qty": "5", "Variant Compare At Price": "40"}),
        {"Handle": "shirt", "Image Src": "https://a.example/2.jpg"},
    )

    [product] = products_of(parse(content))

    assert (product.title, product.option_names, product.tags) == ("衬衫", ("尺码",), ("棉", "夏"))
    assert [(v.sku, v.option_values, v.price_minor) for v in product.variants] == [
        ("0001", ("S",), 3600),
        ("", ("M",), 3600),
    ]
    assert product.variants[1].compare_at_minor == 4000
    assert product.variants[1].stock == FileStock(quantity=5)
    assert product.images == (
        ParsedImage(address="https://a.example/1.jpg", alt=""),
        ParsedImage(address="https://a.example/2.jpg", alt=""),
    )
    assert (product.source, product.source_key, product.state) == (
        Source.SHOPIFY,
        "shirt",
        ProductState.PUBLISHED,
    )


def test_rows_of_one_product_may_stand_apart() -> None:
    cap = {"Handle": "cap", "Title": "Cap", "Variant Price": "5"}
    products = products_of(parse(shopify(first_sized(), cap, sized("M"))))

    assert sorted((p.handle, len(p.variants)) for p in products) == [("cap", 1), ("shirt", 2)]


def test_the_default_title_is_no_option() -> None:
    [product] = products_of(
        parse(shopify({**SHIRT, "Option1 Name": "Title", "Option1 Value": "Default Title"}))
    )
    assert (product.option_names, product.variants[0].option_values) == ((), ())


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"Variant Price": "abc"}, "Variant Price", "bad_price"),
        ({"Variant Price": "-1"}, "Variant Price", "negative_price"),
        ({"Variant Price": ""}, "Variant Price", "missing_price"),
        ({"Variant Compare At Price": "x"}, "Variant Compare At Price", "bad_price"),
        ({"Variant Inventory Qty": "many"}, "Variant Inventory Qty", "bad_number"),
        ({"Variant Grams": "-4"}, "Variant Grams", "negative_number"),
        ({"Option1 Value": "S"}, "Option1 Value", "duplicate_options"),
        ({"Option1 Value": "", "Variant SKU": "X9"}, "Option1 Value", "missing_option_value"),
        ({"Variant SKU": "A1"}, "Variant SKU", "duplicate_sku"),
        ({"Variant Image": "ftp://x/1.png"}, "Variant Image", "bad_address"),
    ],
)
def test_a_bad_variant_is_named_by_line_and_column_and_the_others_go_in(
    cells: dict[str, str], column: str, code: str
) -> None:
    content = shopify(first_sized(**{"Variant SKU": "A1"}), sized("M", **cells), sized("L"))

    groups = parse(content)

    assert [(p.line, p.column, p.code, p.severity) for p in problems_of(groups)] == [
        (3, column, code, Severity.ERROR)
    ]
    [product] = products_of(groups)
    assert [v.option_values for v in product.variants] == [("S",), ("L",)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({**SHIRT, "Title": ""}, "missing_title"),
        ({**SHIRT, "Handle": ""}, "missing_handle"),
        ({**SHIRT, "Variant Price": "x"}, "bad_price"),
    ],
)
def test_a_product_that_cannot_be_used_leaves_the_next_one_alone(row: dict[str, str], code: str) -> None:
    groups = parse(shopify(row, {"Handle": "cap", "Title": "Cap", "Variant Price": "5"}))

    assert [p.handle for p in products_of(groups)] == ["cap"]
    assert code in {p.code for p in problems_of(groups)}


def test_line_numbers_count_the_lines_inside_quoted_cells() -> None:
    groups = parse(shopify({**SHIRT, "Body (HTML)": "<p>1\n2\n3</p>"}, {**SHIRT, "Handle": "b", "Title": ""}))

    assert [(p.line, p.code) for p in problems_of(groups)] == [(5, "missing_title")]


def test_rows_of_the_wrong_width_and_open_quotes_are_reported() -> None:
    content = shopify(SHIRT) + b'only,three,cells\r\nshirt2,"open \r\nto the end'

    problems = problems_of(parse(content))

    assert [(p.line, p.code) for p in problems] == [(3, "wrong_cell_count"), (4, "bad_quotes")]
    assert dict(problems[0].facts) == {"found": 3, "expected": len(SHOPIFY)}


def test_empty_lines_and_empty_trailing_cells_are_nothing() -> None:
    content = shopify(SHIRT).replace(b"\r\n", b",,\r\n").replace(b",,\r\n", b"\r\n", 1) + b"\r\n,,,\r\n"

    groups = parse(content)

    assert problems_of(groups) == [] and len(products_of(groups)) == 1


def test_a_byte_order_mark_other_line_ends_and_delimiters_are_understood() -> None:
    plain = csv_bytes(SHOPIFY, [SHIRT], newline="\n")
    for content in (b"\xef\xbb\xbf" + plain, plain, plain.replace(b",", b";"), plain.replace(b",", b"\t")):
        assert [p.title for p in products_of(parse(content))] == ["衬衫"]


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (b"", 1, "file_empty"),
        (shopify(SHIRT).decode().encode("gb18030"), 2, "not_utf8"),
        (shopify(SHIRT).decode().encode("utf-16"), 1, "not_utf8"),
        (b"PK\x03\x04 a spreadsheet", 1, "not_csv"),
        (b"name,slug,optionGroups,sku,price\r\nLaptop,laptop,,L1,5\r\n", 1, "format_unknown"),
        (b"Handle,Title,Vendor,Tags\r\na,A,,\r\n", 1, "missing_column"),
        (b"Handle,Title,Title,Variant Price\r\na,A,A,1\r\n", 1, "column_twice"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, line: int, code: str) -> None:
    with pytest.raises(FileProblem) as stopped:
        parse(content)
    assert (stopped.value.problem.line, stopped.value.problem.code) == (line, code)


def test_the_newer_column_names_are_understood() -> None:
    columns = [
        "Title",
        "URL handle",
        "Description",
        "Vendor",
        "Product category",
        "Type",
        "Status",
        "SKU",
        "Option1 name",
        "Option1 value",
        "Price",
        "Compare-at price",
        "Inventory quantity",
        "Weight value (grams)",
        "Product image URL",
        "Some new column",
    ]
    row = {
        "Title": "Cap",
        "Status": "Draft",
        "Price": "5",
        "Product category": "Apparel > Hats",
        "Inventory quantity": "3",
        "Weight value (grams)": "80",
    }

    [product] = products_of(parse(csv_bytes(columns, [row])))

    assert (product.handle, product.state, product.categories) == (
        "cap",
        ProductState.DRAFT,
        (("Apparel", "Hats"),),
    )
    assert (product.variants[0].weight_grams, product.variants[0].barcode) == (80, ABSENT)


def test_too_many_options_and_too_long_cells_are_refused() -> None:
    columns = [*SHOPIFY, *(f"Option{n} {part}" for n in range(3, 7) for part in ("Name", "Value"))]
    row = {**SHIRT, **{f"Option{n} Name": f"o{n}" for n in range(1, 7)}}
    row |= {f"Option{n} Value": f"v{n}" for n in range(1, 7)}
    long = {**SHIRT, "Handle": "b", "Body (HTML)": "x" * (csv_rows.CELL_LENGTH_MAX + 1)}

    groups = parse(csv_bytes(columns, [row, long]))

    assert [(p.line, p.code) for p in problems_of(groups)] == [(2, "too_many_options"), (3, "cell_too_long")]


def test_rows_beyond_the_limit_are_left_out_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "ROWS_MAX", 2)
    rows = [{**SHIRT, "Handle": f"s{n}"} for n in range(5)]

    groups = parse(shopify(*rows))

    assert len(products_of(groups)) == 2
    assert [p.code for p in problems_of(groups)] == ["too_many_rows"]


def test_a_negative_stock_is_noted_and_counts_as_none() -> None:
    groups = parse(shopify({**SHIRT, "Variant Inventory Qty": "-1"}))

    assert [(p.code, p.severity) for p in problems_of(groups)] == [("negative_stock", Severity.NOTE)]
    assert products_of(groups)[0].variants[0].stock == FileStock(quantity=0)


words = st.text(alphabet="abc 中文'\"=,\n<>-1", max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c"]), words, words, st.integers(-5, 5)), min_size=1, max_size=8
    )
)
def test_reading_never_crashes_and_accounts_for_every_row(rows: list[tuple[str, str, str, int]]) -> None:
    content = shopify(
        *(
            {"Handle": handle, "Title": title, "Option1 Value": value, "Variant Price": str(price)}
            for handle, title, value, price in rows
        )
    )
    groups = parse(content)

    assert sum(group.rows for group in groups) == len(rows)
    assert all(p.line >= 2 for p in problems_of(groups))
    assert all(dataclasses.is_dataclass(product) and product.variants for product in products_of(groups))
