"""A file becomes products that can be bought."""

import pytest

from jishi.flows.import_catalogue import import_catalogue, run_requested_import
from jishi.kernel.actor import SYSTEM
from jishi.kernel.ids import new_id
from jishi.modules.catalog import public as catalog
from jishi.modules.catalog.tests.makers import OPERATOR, SHIRT, shopify, woo
from jishi.modules.inventory import public as inventory

pytestmark = pytest.mark.django_db

STOCKED = shopify({**SHIRT, "Variant SKU": "A", "Variant Inventory Qty": "7"})


def test_stock_comes_in_with_the_products_as_a_count() -> None:
    run = import_catalogue(by=OPERATOR, filename="a.csv", content=STOCKED)

    variant = catalog.variant_by_sku("A")
    assert run.created == 1
    assert inventory.sellable_by_variant([variant.id]) == {variant.id: 7}
    assert inventory.sellable_by_product([variant.product_id]) == {variant.product_id: 7}
    [movement] = inventory.movements_of(by=OPERATOR, variant_id=variant.id)
    assert (movement.kind, movement.quantity) == (inventory.MovementKind.COUNTED, 7)


def test_the_same_file_again_moves_no_stock() -> None:
    for _ in range(2):
        import_catalogue(by=OPERATOR, filename="a.csv", content=STOCKED)
    variant = catalog.variant_by_sku("A")
    assert len(inventory.movements_of(by=OPERATOR, variant_id=variant.id)) == 1


def test_stock_can_be_left_alone() -> None:
    import_catalogue(by=OPERATOR, filename="a.csv", content=STOCKED, with_stock=False)
    variant = catalog.variant_by_sku("A")
    assert inventory.sellable_by_variant([variant.id]) == {variant.id: 0}


def test_a_figure_below_what_orders_hold_is_raised_and_noted() -> None:
    import_catalogue(by=OPERATOR, filename="a.csv", content=STOCKED)
    variant = catalog.variant_by_sku("A")
    line = inventory.HoldLine(new_id(), variant.id, 5)
    inventory.hold_stock(lines=[line], cause=inventory.Cause("order", new_id()), expires_at=None)

    fewer = shopify({**SHIRT, "Variant SKU": "A", "Variant Inventory Qty": "2"})
    run = import_catalogue(by=OPERATOR, filename="a.csv", content=fewer)

    assert [(issue.line, issue.code, issue.severity.value) for issue in run.issues] == [
        (2, "below_held", "note")
    ]
    assert inventory.sellable_by_variant([variant.id]) == {variant.id: 0}


def test_what_a_shop_does_not_count_can_be_bought() -> None:
    row = {"ID": "1", "Type": "simple", "SKU": "W", "Name": "Mug", "Regular price": "5"}
    import_catalogue(by=OPERATOR, filename="w.csv", content=woo(row))
    variant = catalog.variant_by_sku("W")
    assert inventory.sellable_by_variant([variant.id])[variant.id] == inventory.UNTRACKED_SELLABLE


def test_an_export_with_stock_imports_again_unchanged() -> None:
    import_catalogue(by=OPERATOR, filename="a.csv", content=STOCKED)
    variant = catalog.variant_by_sku("A")
    stock = inventory.on_hand_by_variant([variant.id])
    exported = "".join(catalog.export_products(by=OPERATOR, stock=stock))

    run = import_catalogue(by=OPERATOR, filename="b.csv", content=exported.encode())

    assert (run.unchanged, run.issues) == (1, ())
    assert len(inventory.movements_of(by=OPERATOR, variant_id=variant.id)) == 1


def test_an_import_asked_for_in_the_console_is_done_by_a_job() -> None:
    asked = catalog.request_import(by=OPERATOR, filename="a.csv", content=STOCKED)

    done = run_requested_import(by=SYSTEM, run_id=asked.id, with_stock=True)

    assert (done.state, done.created) == (catalog.ImportState.FINISHED, 1)
    variant = catalog.variant_by_sku("A")
    assert inventory.sellable_by_variant([variant.id]) == {variant.id: 7}


def test_asking_in_the_console_defers_the_job_that_reads_the_file() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jishi.flows.reactions import start_import
    from jishi.flows.tasks import import_catalogue_job
    from jishi.platform.facts import facts_about

    asked = catalog.request_import(by=OPERATOR, filename="a.csv", content=STOCKED, with_stock=False)
    [fact] = facts_about(subject_kind="import_run", subject_id=asked.id)
    start_import(fact)

    job = ProcrastinateJob.objects.get(task_name="flows.import_catalogue")
    import_catalogue_job.func(**job.args)

    assert catalog.import_run(by=OPERATOR, run_id=asked.id).created == 1
    variant = catalog.variant_by_sku("A")
    assert inventory.sellable_by_variant([variant.id]) == {variant.id: 0}
