"""Real exports of shops; skipped where they are not at hand."""

import os
from pathlib import Path

import pytest

from jishi.modules.catalog import public as catalog
from jishi.modules.catalog.models import Product, Variant
from jishi.modules.catalog.tests.makers import OPERATOR, take_in
from jishi.modules.catalog.types import StockFigure

HERE = Path(__file__).resolve()
DATA = Path(os.environ.get("JISHI_SHARED_DATA", "") or HERE.parents[6] / "shared" / "data") / "catalogues"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="the shared catalogues are not here (JISHI_SHARED_DATA)"),
]


@pytest.mark.parametrize(
    ("name", "rows", "products", "variants"),
    [
        ("shopify/Apparel.csv", 104, 25, 96),
        ("shopify/jewelry.csv", 30, 19, 24),
        ("woocommerce/sample_products_en.csv", 24, 15, 21),
    ],
)
def test_a_real_export_goes_in_whole_and_again_unchanged(
    name: str, rows: int, products: int, variants: int
) -> None:
    content = (DATA / name).read_bytes()
    figures: list[StockFigure] = []

    run = take_in(content, figures=figures)

    assert (run.rows_read, run.created, run.failed_rows) == (rows, products, 0)
    assert (Product.objects.count(), Variant.objects.count()) == (products, variants)
    again = take_in(content)
    assert (again.unchanged, again.created, again.updated) == (products, 0, 0)
    exported = "".join(catalog.export_products(by=OPERATOR))
    back = take_in(exported.encode())
    assert (back.unchanged, back.issues) == (products, ())


def test_files_of_another_shop_system_are_refused_with_a_reason() -> None:
    for path in sorted((DATA / "vendure").glob("*.csv")):
        run = take_in(path.read_bytes())
        assert [issue.code for issue in run.issues] == ["format_unknown"], path.name
