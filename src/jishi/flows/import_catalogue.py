"""A product file becomes products and counted stock."""

import uuid
from collections.abc import Callable
from pathlib import Path

from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.modules.catalog import public as catalog
from jishi.modules.inventory import public as inventory


def import_catalogue(
    *,
    by: Actor,
    filename: str,
    content: bytes | Path,
    with_stock: bool = True,
    on_progress: Callable[[catalog.ImportRunView], None] | None = None,
) -> catalog.ImportRunView:
    """Import now; products and their stock of one batch are stored together. Raises FileTooLarge."""
    return catalog.import_products(
        by=by,
        filename=filename,
        content=content,
        take_stock=_count_for(by) if with_stock else None,
        on_progress=on_progress,
    )


def run_requested_import(*, by: Actor, run_id: uuid.UUID, with_stock: bool) -> catalog.ImportRunView:
    """Do in the background what was asked for in the console; doing it again changes nothing."""
    return catalog.run_requested_import(
        by=by, run_id=run_id, take_stock=_count_for(by) if with_stock else None
    )


def _count_for(by: Actor) -> Callable[[list[catalog.StockFigure]], dict[uuid.UUID, int]]:
    def count(figures: list[catalog.StockFigure]) -> dict[uuid.UUID, int]:
        counted = inventory.count_stock(
            by=by,
            figures=[
                inventory.Figure(
                    variant_id=figure.variant_id,
                    product_id=figure.product_id,
                    sku=figure.sku,
                    quantity=figure.quantity,
                )
                for figure in figures
            ],
            key=f"import:{ids.new_id()}",
            note="import",
            raise_to_held=True,
        )
        return dict(counted.raised_to_held)

    return count
