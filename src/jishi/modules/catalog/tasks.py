"""Jobs of the catalogue."""

import uuid

from jishi.modules.catalog.operations.images import fetch_product_image
from jishi.modules.catalog.operations.search_index import refresh_terms
from jishi.platform import jobs


@jobs.task(name="catalog.fetch_product_picture", queue="pictures")
def fetch_product_picture(*, image_id: str) -> None:
    fetch_product_image(uuid.UUID(image_id))


@jobs.periodic(cron="*/20 * * * *", name="catalog.refresh_search_terms")
def refresh_search_terms() -> None:
    refresh_terms()
