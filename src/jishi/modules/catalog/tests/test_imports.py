"""Files going in: through real PostgreSQL."""

import pytest
from django.utils import translation

from jishi.kernel.errors import NotAllowed
from jishi.modules.catalog import public as catalog
from jishi.modules.catalog.errors import FileTooLarge
from jishi.modules.catalog.models import Category, ImportIssue, Product, ProductImage, Variant
from jishi.modules.catalog.operations import imports
from jishi.modules.catalog.tests.makers import OPERATOR, READER, SHIRT, shopify, take_in, woo
from jishi.modules.catalog.types import ImageState, ImportState, StockFigure
from jishi.platform.facts import facts_about
from jishi.platform.history import steps_of

pytestmark = pytest.mark.django_db

SIZES = [
    {
        **SHIRT,
        "Option1 Name": "尺码",
        "Option1 Value": "S",
        "Type": "上衣",
        "Tags": "棉",
        "Body (HTML)": "<p onclick='x'>好</p><script>1</script>",
        "Image Src": "https://a.example/1.jpg",
    },
    {"Handle": "shirt", "Option1 Value": "M", "Variant Price": "40", "Variant Inventory Qty": "3"},
    {
        "Handle": "shirt",
        "Option1 Value": "L",
        "Variant Price": "42",
        "Variant Compare At Price": "50",
        "Variant Image": "https://a.example/2.jpg",
    },
]


def test_a_file_becomes_products_with_everything_a_card_needs() -> None:
    run = take_in(shopify(*SIZES))

    assert (run.state, run.created, run.rows_read, run.failed_rows) == (ImportState.FINISHED, 1, 3, 0)
    product = Product.objects.get()
    assert (product.min_price_minor, product.max_price_minor, product.state) == (3600, 4200, "published")
    assert product.description_html == "<p>好</p>"
    assert product.category_ids == [Category.objects.get(name="上衣").id]
    assert [v.sku for v in Variant.objects.order_by("position")] == ["shirt-s", "shirt-m", "shirt-l"]
    assert [i.state for i in ProductImage.objects.order_by("position")] == [ImageState.PENDING] * 2
    assert Variant.objects.get(sku="shirt-l").image == ProductImage.objects.get(
        source_address="https://a.example/2.jpg"
    )
    assert [step.verb for step in steps_of(subject=("product", product.id))] == ["import"]
    assert [fact.name for fact in facts_about(subject_kind="product", subject_id=product.id)] == [
        "catalog.product_created.v1",
        "catalog.product_published.v1",
    ]


def test_the_same_file_again_changes_nothing_and_records_nothing() -> None:
    take_in(shopify(*SIZES))
    product = Product.objects.get()

    run = take_in(shopify(*SIZES))

    assert (run.created, run.updated, run.unchanged) == (0, 0, 1)
    assert (Product.objects.count(), Variant.objects.count(), ProductImage.objects.count()) == (1, 3, 2)
    assert Product.objects.get().stamp == product.stamp
    assert len(steps_of(subject=("product", product.id))) == 1


def test_a_changed_price_updates_the_same_variant_and_says_so() -> None:
    take_in(shopify(*SIZES))
    before = Variant.objects.get(sku="shirt-m")

    run = take_in(shopify(SIZES[0], {**SIZES[1], "Variant Price": "39"}, SIZES[2]))

    assert (run.created, run.updated) == (0, 1)
    after = Variant.objects.get(id=before.id)
    assert after.price_minor == 3900
    [fact] = facts_about(subject_kind="variant", subject_id=before.id)
    assert (fact.payload["before_minor"], fact.payload["price_minor"]) == (4000, 3900)


def test_good_rows_go_in_and_bad_ones_are_told_in_the_readers_language() -> None:
    content = shopify(SIZES[0], {**SIZES[1], "Variant Price": "abc"}, SIZES[2])

    run = take_in(content)

    assert (run.created, run.failed_rows, Variant.objects.count()) == (1, 1, 2)
    [issue] = run.issues
    assert (issue.line, issue.column, issue.reason) == (3, "Variant Price", "“abc”不是价格。")
    with translation.override("en"):
        [english] = catalog.import_run(by=OPERATOR, run_id=run.id).issues
    assert english.code == issue.code


def test_a_sku_of_another_product_is_refused_by_name() -> None:
    take_in(shopify({**SHIRT, "Variant SKU": "A"}))
    cap = {"Handle": "cap", "Title": "Cap", "Option1 Name": "Size", "Variant Price": "5"}

    run = take_in(
        shopify(
            {**SHIRT, "Handle": "cap", **cap, "Option1 Value": "S", "Variant SKU": "B"},
            {"Handle": "cap", "Option1 Value": "M", "Variant Price": "5", "Variant SKU": "A"},
        )
    )

    [issue] = run.issues
    assert (run.created, issue.line, issue.code) == (1, 3, "sku_taken")
    assert "衬衫" in issue.reason
    assert Variant.objects.get(sku="A").product.handle == "shirt"


def test_products_of_two_shops_with_the_same_sku_are_the_same_product() -> None:
    take_in(shopify({**SHIRT, "Variant SKU": "A"}))

    run = take_in(woo({"ID": "7", "Type": "simple", "SKU": "A", "Name": "Hemd", "Regular price": "30"}))

    assert (run.updated, Product.objects.count()) == (1, 1)
    assert (Product.objects.get().title, Product.objects.get().handle) == ("Hemd", "shirt")


def test_two_products_of_one_name_stay_two() -> None:
    rows = [
        {"ID": n, "Type": "simple", "SKU": f"s{n}", "Name": "Mug", "Regular price": "5"} for n in ("1", "2")
    ]
    run = take_in(woo(*rows))

    assert run.created == 2
    assert sorted(Product.objects.values_list("handle", flat=True)) == ["mug", "mug-2"]
    assert take_in(woo(*rows)).unchanged == 2


def test_stock_is_handed_over_with_the_variants_it_is_about() -> None:
    figures: list[StockFigure] = []
    take_in(shopify(*SIZES), figures=figures)

    by_sku = {figure.sku: figure.quantity for figure in figures}
    assert by_sku == {"shirt-m": 3, "shirt-s": None, "shirt-l": None}
    assert {f.variant_id for f in figures} == set(Variant.objects.values_list("id", flat=True))


def test_an_export_imports_again_unchanged() -> None:
    take_in(
        shopify(
            {**SIZES[0], "Title": '=1+1, "quoted"', "Tags": "a, b", "Vendor": "-x"},
            *SIZES[1:],
            {**SHIRT, "Handle": "b"},
        )
    )
    take_in(
        woo(
            {
                "ID": "7",
                "Type": "simple, virtual",
                "SKU": "A,B",
                "Name": "'=Hemd\nzwei",
                "Regular price": "30",
                "Categories": "A > B, C\\, D",
                "Attribute 1 name": "Stoff",
                "Attribute 1 value(s)": "Wolle",
            },
            {"ID": "8", "Type": "grouped", "Name": "Set", "Grouped products": "A\\,B, shirt-s"},
            {
                "ID": "9",
                "Type": "external",
                "Name": "Out",
                "Regular price": "1",
                "External URL": "https://b.example/",
                "Visibility in catalog": "hidden",
            },
        )
    )
    exported = "".join(catalog.export_products(by=OPERATOR))

    run = take_in(exported.encode())

    assert (run.format, run.created, run.updated, run.unchanged) == ("jishi", 0, 0, 5)
    assert run.issues == ()
    assert "".join(catalog.export_products(by=OPERATOR)) == exported


def test_an_export_rebuilds_the_catalogue_in_an_empty_shop() -> None:
    take_in(shopify(*SIZES))
    exported = "".join(catalog.export_products(by=OPERATOR))
    Variant.objects.update(image=None)
    for table in ("option", "productcategory", "productimage", "variant", "product"):
        _empty(table)

    assert take_in(exported.encode()).created == 1
    assert "".join(catalog.export_products(by=OPERATOR)) == exported


def test_a_file_that_is_not_one_of_ours_fails_with_its_reason() -> None:
    run = take_in(b"name,slug,sku,price\r\nLaptop,laptop,L1,5\r\n")

    assert (run.state, run.created) == (ImportState.FAILED, 0)
    assert [(issue.line, issue.code) for issue in run.issues] == [(1, "format_unknown")]
    assert not Product.objects.exists()


def test_issues_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "ISSUES_STORED_MAX", 3)
    run = take_in(shopify(*({**SHIRT, "Handle": f"s{n}", "Title": ""} for n in range(5))))

    assert (run.failed_rows, run.issues_left_out, ImportIssue.objects.count()) == (5, 2, 3)


def test_a_large_file_goes_in_by_batches_with_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH_PRODUCTS", 10)
    seen: list[int] = []
    run = catalog.import_products(
        by=OPERATOR,
        filename="x.csv",
        content=shopify(*({**SHIRT, "Handle": f"s{n}"} for n in range(25))),
        on_progress=lambda view: seen.append(view.rows_read),
    )
    assert (run.created, seen) == (25, [10, 20, 25])


def test_the_statements_of_a_batch_do_not_grow_with_its_products(
    django_assert_max_num_queries: object,
) -> None:
    take_in(shopify(*({**SHIRT, "Handle": f"s{n}"} for n in range(40))))

    with django_assert_max_num_queries(40):  # type: ignore[operator]
        take_in(shopify(*({**SHIRT, "Handle": f"s{n}"} for n in range(40))))


def test_only_those_who_may_edit_import_and_export(monkeypatch: pytest.MonkeyPatch) -> None:
    for act in (
        lambda: catalog.import_products(by=READER, filename="x", content=shopify(SHIRT)),
        lambda: catalog.request_import(by=READER, filename="x", content=shopify(SHIRT)),
        lambda: catalog.export_products(by=READER),
    ):
        with pytest.raises(NotAllowed):
            act()
    monkeypatch.setattr(imports, "FILE_BYTES_MAX", 10)
    with pytest.raises(FileTooLarge):
        catalog.import_products(by=OPERATOR, filename="x", content=shopify(SHIRT))
    assert not Product.objects.exists()


def test_a_requested_import_is_done_once() -> None:
    run = catalog.request_import(by=OPERATOR, filename="../../x.csv", content=shopify(*SIZES))
    assert (run.state, run.filename) == (ImportState.WAITING, "x.csv")
    [fact] = facts_about(subject_kind="import_run", subject_id=run.id)
    assert fact.payload["with_stock"] is True

    done = catalog.run_requested_import(by=OPERATOR, run_id=run.id)
    again = catalog.run_requested_import(by=OPERATOR, run_id=run.id)

    assert (done.state, done.created) == (ImportState.FINISHED, 1)
    assert again == done


def _empty(table: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM catalog_{table}")
