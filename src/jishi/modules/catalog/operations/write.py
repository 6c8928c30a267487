"""Storing drafts of products: the one way in which products, variants and pictures are written."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.fact import Fact
from jishi.modules.catalog.facts import (
    ProductCreated,
    ProductPublished,
    ProductUpdated,
    ProductWithdrawn,
    VariantPriced,
)
from jishi.modules.catalog.models import Option, Product, ProductCategory, ProductImage, Variant
from jishi.modules.catalog.operations.categories import ancestors_of, ensure_categories
from jishi.modules.catalog.operations.search_index import index_products
from jishi.modules.catalog.operations.upkeep import refresh_copies
from jishi.modules.catalog.rules.drafts import ProductDraft, VariantDraft, changed_fields
from jishi.modules.catalog.types import ImageState, ProductState
from jishi.platform.facts import record_facts
from jishi.platform.history import record_step

_COLUMNS = [
    "handle",
    "title",
    "subtitle",
    "description_html",
    "vendor",
    "product_type",
    "kind",
    "tags",
    "specs",
    "state",
    "is_listed",
    "currency",
    "external_address",
    "member_skus",
    "category_ids",
    "published_at",
]
_VARIANT_COLUMNS = [
    "sku",
    "option_values",
    "price_minor",
    "compare_at_minor",
    "cost_minor",
    "weight_grams",
    "barcode",
    "requires_shipping",
    "is_active",
    "position",
    "source_key",
]


@dataclass(frozen=True, slots=True)
class Change:
    """`before` None: a new product, whose row is not stored yet."""

    row: Product
    before: ProductDraft | None
    after: ProductDraft
    variant_ids: dict[int, uuid.UUID] = field(default_factory=dict)  # position in `after.variants` → id


def write_changes(*, changes: Sequence[Change], by: Actor, verb: str) -> list[uuid.UUID]:
    """Store products that are new or differ, with history and facts; returns pictures that wait to be fetched.

    Runs inside the caller's transaction; about a dozen statements however many products, besides facts.
    """
    changes = [change for change in changes if change.before != change.after]
    if not changes:
        return []
    _write_products(changes)
    _write_options(changes)
    pending = _write_images(changes)
    _write_variants(changes)
    refresh_copies([change.row.id for change in changes])
    index_products({change.row.id: change.after for change in changes})
    for change in changes:
        _record_step(change, by=by, verb=verb)
    record_facts([fact for change in changes for fact in _facts(change)], by=by)
    return pending


def _write_products(changes: Sequence[Change]) -> None:
    paths = {path for change in changes for path in change.after.categories}
    categories = ensure_categories(paths=paths)
    now = clock.now()
    for change in changes:
        row, after = change.row, change.after
        for name in ["handle", "title", "subtitle", "description_html", "vendor", "product_type"]:
            setattr(row, name, getattr(after, name))
        row.kind, row.state, row.is_listed = after.kind, after.state, after.is_listed
        row.currency, row.external_address = after.currency, after.external_address
        row.tags, row.member_skus = list(after.tags), list(after.member_skus)
        row.specs = [list(pair) for pair in after.specs]
        row.category_ids = ancestors_of(categories=categories, paths=after.categories)
        if after.state is ProductState.PUBLISHED and row.published_at is None:
            row.published_at = now
    Product.objects.bulk_create([change.row for change in changes if change.before is None])
    known = [change.row for change in changes if change.before is not None]
    if known:
        Product.objects.bulk_update(known, _COLUMNS)
    moved = [c for c in changes if c.before is None or c.before.categories != c.after.categories]
    old = [change.row.id for change in moved if change.before is not None]
    if old:
        ProductCategory.objects.filter(product_id__in=old).delete()
    ProductCategory.objects.bulk_create(
        ProductCategory(product=change.row, category=categories[path], position=position)
        for change in moved
        for position, path in enumerate(change.after.categories)
    )


def _write_options(changes: Sequence[Change]) -> None:
    renamed = [c for c in changes if c.before is None or c.before.option_names != c.after.option_names]
    old = [change.row.id for change in renamed if change.before is not None]
    if old:
        Option.objects.filter(product_id__in=old).delete()
    Option.objects.bulk_create(
        Option(product=change.row, name=name, position=position)
        for change in renamed
        for position, name in enumerate(change.after.option_names)
    )


def _write_images(changes: Sequence[Change]) -> list[uuid.UUID]:
    touched = [c for c in changes if c.before is None or c.before.images != c.after.images]
    stored: dict[tuple[uuid.UUID, str], ProductImage] = {
        (image.product_id, image.source_address): image
        for image in ProductImage.objects.filter(
            product_id__in=[change.row.id for change in touched if change.before is not None]
        ).exclude(source_address="")
    }
    made: list[ProductImage] = []
    kept: list[ProductImage] = []
    for change in touched:
        for position, draft in enumerate(change.after.images):
            image = stored.pop((change.row.id, draft.address), None)
            if image is None:
                made.append(
                    ProductImage(
                        product=change.row,
                        source_address=draft.address,
                        alt=draft.alt,
                        position=position,
                        state=ImageState.PENDING,
                    )
                )
            else:
                image.alt, image.position = draft.alt, position
                kept.append(image)
    gone = [image.id for image in stored.values()]
    if gone:
        Variant.objects.filter(image_id__in=gone).update(image=None)
        ProductImage.objects.filter(id__in=gone).delete()
    ProductImage.objects.bulk_create(made)
    if kept:
        ProductImage.objects.bulk_update(kept, ["alt", "position"])
    return [image.id for image in made]


def _write_variants(changes: Sequence[Change]) -> None:
    image_ids = _image_ids(changes)
    made: list[Variant] = []
    changed: list[Variant] = []
    for change in changes:
        before = {variant.key: variant for variant in change.before.variants} if change.before else {}
        for place, draft in enumerate(change.after.variants):
            variant_id = uuid.UUID(draft.key) if draft.key else ids.new_id()
            change.variant_ids[place] = variant_id
            if draft.key and before.get(draft.key) == draft:
                continue
            row = Variant(id=variant_id, product=change.row)
            for name in _VARIANT_COLUMNS:
                setattr(row, name, getattr(draft, name))
            row.option_values = list(draft.option_values)
            if draft.image_address:
                row.image_id = image_ids.get((change.row.id, draft.image_address))
            (changed if draft.key else made).append(row)
    if changed:
        Variant.objects.bulk_update(changed, [*_VARIANT_COLUMNS, "image"])
    Variant.objects.bulk_create(made)


def _image_ids(changes: Sequence[Change]) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    wanted = [c.row.id for c in changes if any(variant.image_address for variant in c.after.variants)]
    if not wanted:
        return {}
    rows = ProductImage.objects.filter(product_id__in=wanted).exclude(source_address="")
    return {
        (product, address): key
        for product, address, key in rows.values_list("product_id", "source_address", "id")
    }


def _record_step(change: Change, *, by: Actor, verb: str) -> None:
    row, before, after = change.row, change.before, change.after
    state_before = before.state if before else None
    fields = changed_fields(before=before, after=after) if before else ()
    record_step(
        subject=("product", row.id),
        verb=verb,
        by=by,
        before=state_before.value if state_before else "",
        after=after.state.value,
        details={"changed": list(fields)},
    )


def _facts(change: Change) -> Iterator[Fact]:
    row, before, after = change.row, change.before, change.after
    state_before = before.state if before else None
    if before is None:
        prices = {variant.sku: variant.price_minor for variant in after.variants}
        yield ProductCreated(product_id=row.id, handle=row.handle, title=row.title, prices=prices)
    elif set(fields := changed_fields(before=before, after=after)) != {"state"}:
        yield ProductUpdated(product_id=row.id, handle=row.handle, changed=fields)
    if after.state is ProductState.PUBLISHED and state_before is not ProductState.PUBLISHED:
        yield ProductPublished(product_id=row.id, handle=row.handle)
    if state_before is ProductState.PUBLISHED and after.state is not ProductState.PUBLISHED:
        yield ProductWithdrawn(product_id=row.id, handle=row.handle, state=after.state.value)
    if before is not None:
        yield from _prices(change, {variant.key: variant for variant in before.variants})


def _prices(change: Change, known: dict[str, VariantDraft]) -> Iterator[Fact]:
    for place, variant in enumerate(change.after.variants):
        old = known.get(variant.key)
        if old and (old.price_minor, old.compare_at_minor) == (variant.price_minor, variant.compare_at_minor):
            continue
        yield VariantPriced(
            variant_id=change.variant_ids[place],
            product_id=change.row.id,
            sku=variant.sku,
            currency=change.after.currency,
            before_minor=old.price_minor if old else None,
            price_minor=variant.price_minor,
            compare_at_minor=variant.compare_at_minor,
        )


def with_variant_images(draft: ProductDraft) -> ProductDraft:
    """Forget pictures of variants that are not among the product's own, so that what is stored reads the same."""
    addresses = {image.address for image in draft.images}
    variants = tuple(
        variant
        if not variant.image_address or variant.image_address in addresses
        else replace(variant, image_address="")
        for variant in draft.variants
    )
    return replace(draft, variants=variants)
