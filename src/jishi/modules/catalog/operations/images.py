"""Pictures: asked for by address, fetched once, kept here."""

import uuid
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F

from jishi.kernel.actor import Actor
from jishi.modules.catalog.errors import ProductMissing
from jishi.modules.catalog.models import Product, ProductImage
from jishi.modules.catalog.operations.fetching import FetchFailed, fetch_picture
from jishi.modules.catalog.operations.upkeep import refresh_copies
from jishi.modules.catalog.types import ImageState
from jishi.platform import jobs
from jishi.platform.files import NotAnImage, StoredImage, store_image
from jishi.platform.history import record_step

ATTEMPTS_MAX: Final = 4
FOLDER: Final = "catalog"
BATCH: Final = 100
FETCH_JOB: Final = "catalog.fetch_pictures"


def request_pictures(image_ids: Sequence[uuid.UUID]) -> None:
    """Ask for waiting pictures to be fetched once the transaction commits."""
    if image_ids:
        jobs.defer(FETCH_JOB)


def fetch_waiting_pictures(*, limit: int = BATCH) -> bool:
    """Fetch pictures that wait, the least tried first; True when others still wait for their first try.

    A picture whose host may come back stays waiting for the next round, up to ATTEMPTS_MAX rounds.
    """
    waiting = ProductImage.objects.filter(state=ImageState.PENDING).order_by("attempts", "created_at")
    for image in list(waiting[:limit]):
        fetch_product_image(image.id)
    return ProductImage.objects.filter(state=ImageState.PENDING, attempts=0).exists()


def fetch_product_image(image_id: uuid.UUID) -> ImageState | None:
    """Fetch one waiting picture and say in which state it is now; None when it is gone.

    Nothing is locked while the network is asked; what came is only kept if the picture still waits.
    """
    image = ProductImage.objects.filter(id=image_id).first()
    if image is None or image.state != ImageState.PENDING:
        return ImageState(image.state) if image else None
    try:
        stored = store_image(content=fetch_picture(image.source_address), folder=FOLDER)
    except NotAnImage:
        return _failed(image, code="not_an_image", may_pass=False)
    except FetchFailed as failure:
        return _failed(image, code=failure.code, may_pass=failure.may_pass)
    _keep(image_id=image_id, product_id=image.product_id, stored=stored)
    return ImageState.FETCHED


def add_picture(*, by: Actor, product_id: uuid.UUID, content: bytes, alt: str = "") -> uuid.UUID:
    """A picture from the operator's machine, after the others. Raises NotAnImage."""
    by.require("catalog.edit")
    stored = store_image(content=content, folder=FOLDER)
    with transaction.atomic():
        product = Product.objects.select_for_update().filter(id=product_id).first()
        if product is None:
            raise ProductMissing(id=str(product_id))
        position = ProductImage.objects.filter(product_id=product_id).count()
        image = ProductImage.objects.create(
            product=product,
            path=stored.path,
            alt=alt[:300],
            position=position,
            state=ImageState.DRAWN,
            width=stored.width,
            height=stored.height,
        )
        refresh_copies([product_id])
        record_step(subject=("product", product_id), verb="add_picture", by=by)
    return image.id


def _keep(*, image_id: uuid.UUID, product_id: uuid.UUID, stored: StoredImage) -> None:
    with transaction.atomic():
        ProductImage.objects.filter(id=image_id, state=ImageState.PENDING).update(
            state=ImageState.FETCHED,
            path=stored.path,
            width=stored.width,
            height=stored.height,
            failure="",
        )
        refresh_copies([product_id])


def _failed(image: ProductImage, *, code: str, may_pass: bool) -> ImageState:
    waits = may_pass and image.attempts + 1 < ATTEMPTS_MAX
    state = ImageState.PENDING if waits else ImageState.FAILED
    ProductImage.objects.filter(id=image.id, state=ImageState.PENDING).update(
        state=state, failure=code, attempts=F("attempts") + 1
    )
    return state
