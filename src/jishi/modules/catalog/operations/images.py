"""Pictures: asked for by address, fetched once, kept here."""

import uuid
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F

from jishi.kernel.actor import Actor
from jishi.modules.catalog.errors import PictureMissing, ProductMissing
from jishi.modules.catalog.models import Product, ProductImage, Variant
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


def remove_picture(*, by: Actor, product_id: uuid.UUID, image_id: uuid.UUID) -> None:
    """Take a picture off a product; the next one is the cover then. Removing it again is nothing. Its file stays:
    orders show it as it was bought."""
    by.require("catalog.edit")
    with transaction.atomic():
        images = _locked_images(product_id)
        gone = next((image for image in images if image.id == image_id), None)
        if gone is None:
            return
        Variant.objects.filter(image_id=image_id).update(image=None)
        _put_in_order([image for image in images if image is not gone])
        gone.delete()
        refresh_copies([product_id])
        record_step(subject=("product", product_id), verb="remove_picture", by=by)


def move_picture(*, by: Actor, product_id: uuid.UUID, image_id: uuid.UUID, to: int) -> None:
    """Put a picture at a place, counted from 0; the first is the cover. Places beyond the ends are the ends.

    Raises PictureMissing.
    """
    by.require("catalog.edit")
    with transaction.atomic():
        images = _locked_images(product_id)
        moved = next((image for image in images if image.id == image_id), None)
        if moved is None:
            raise PictureMissing(id=str(image_id))
        others = [image for image in images if image.id != image_id]
        place = max(0, min(to, len(others)))
        if images[place].id == image_id:
            return
        _put_in_order([*others[:place], moved, *others[place:]])
        refresh_copies([product_id])
        record_step(subject=("product", product_id), verb="move_picture", by=by)


def _locked_images(product_id: uuid.UUID) -> list[ProductImage]:
    """In their order, with the product locked."""
    if Product.objects.select_for_update().filter(id=product_id).first() is None:
        raise ProductMissing(id=str(product_id))
    return list(ProductImage.objects.filter(product_id=product_id).order_by("position", "id"))


def _put_in_order(images: Sequence[ProductImage]) -> None:
    for position, image in enumerate(images):
        image.position = position
    ProductImage.objects.bulk_update(images, ["position"])


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
