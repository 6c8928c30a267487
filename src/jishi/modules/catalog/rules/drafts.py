"""A product as one comparable value: what is stored, what a file wants, what follows from both."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from jishi.modules.catalog.rules.parsed import ABSENT, Absent, ParsedProduct, ParsedVariant
from jishi.modules.catalog.rules.texts import safe_html
from jishi.modules.catalog.types import ProductKind, ProductState

V = TypeVar("V")
CATEGORY_DEPTH_MAX = 8
CATEGORY_NAME_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True)
class ImageDraft:
    address: str
    alt: str


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """`key` is the stored variant's id as text, empty for a new one."""

    key: str
    sku: str
    option_values: tuple[str, ...]
    price_minor: int
    compare_at_minor: int | None = None
    cost_minor: int | None = None
    weight_grams: int = 0
    barcode: str = ""
    requires_shipping: bool = True
    is_active: bool = True
    position: int = 0
    image_address: str = ""
    source_key: str = ""


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """`images` are those with an address outside; pictures made here are not part of the comparison."""

    handle: str
    title: str
    currency: str
    subtitle: str = ""
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    kind: ProductKind = ProductKind.PHYSICAL
    tags: tuple[str, ...] = ()
    specs: tuple[tuple[str, str], ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    state: ProductState = ProductState.DRAFT
    is_listed: bool = True
    external_address: str = ""
    member_skus: tuple[str, ...] = ()
    option_names: tuple[str, ...] = ()
    images: tuple[ImageDraft, ...] = ()
    variants: tuple[VariantDraft, ...] = ()


def draft_after(*, parsed: ParsedProduct, stored: ProductDraft | None, currency: str) -> ProductDraft:
    """What should be stored after this product of a file has been taken in.

    Columns that the file lacks keep what is known. Variants that it does not name stay as they are, but a
    change of the options retires those that no longer fit. A stored product keeps its handle.
    """
    base = stored or ProductDraft(handle=parsed.handle, title=parsed.title, currency=currency)
    description = base.description_html
    if parsed.description_html is not ABSENT:
        description = safe_html(parsed.description_html)
    images = base.images
    if parsed.images is not ABSENT:
        images = tuple(ImageDraft(address=image.address, alt=image.alt) for image in parsed.images)
    return replace(
        base,
        title=parsed.title,
        subtitle=known(parsed.subtitle, base.subtitle),
        description_html=description,
        vendor=known(parsed.vendor, base.vendor),
        product_type=known(parsed.product_type, base.product_type),
        kind=known(parsed.kind, base.kind),
        tags=known(parsed.tags, base.tags),
        specs=known(parsed.specs, base.specs),
        categories=tidy_categories(known(parsed.categories, base.categories)),
        state=known(parsed.state, base.state),
        is_listed=known(parsed.is_listed, base.is_listed),
        external_address=known(parsed.external_address, base.external_address),
        member_skus=known(parsed.member_skus, base.member_skus),
        option_names=parsed.option_names,
        images=images,
        variants=variants_after(parsed=parsed, stored=base.variants),
    )


def variants_after(*, parsed: ParsedProduct, stored: tuple[VariantDraft, ...]) -> tuple[VariantDraft, ...]:
    """Each parsed variant finds its stored one by source key, then SKU, then options."""
    left = list(stored)
    matched: list[VariantDraft] = []
    pairs = [(variant, _take(left, variant)) for variant in parsed.variants]
    for position, (variant, known_variant) in enumerate(pairs):
        matched.append(_variant_after(variant, known_variant, position))
    taken = {variant.option_values for variant in matched}
    for position, spare in enumerate(left, start=len(matched)):
        values = spare.option_values
        fits = len(values) == len(parsed.option_names) and values not in taken
        if values in taken:  # the same choice under another SKU: the old one is out of use
            values = (*values[:-1], f"{values[-1] if values else ''} ({spare.sku})")
        matched.append(
            replace(spare, position=position, is_active=spare.is_active and fits, option_values=values)
        )
    return tuple(matched)


def tidy_categories(paths: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Paths in the width of their columns, each once, in order."""
    tidy = (tuple(name[:CATEGORY_NAME_LENGTH_MAX] for name in path[:CATEGORY_DEPTH_MAX]) for path in paths)
    return tuple(dict.fromkeys(path for path in tidy if path))


def known(given: V | Absent, stored: V) -> V:
    return stored if isinstance(given, Absent) else given


def changed_fields(*, before: ProductDraft, after: ProductDraft) -> tuple[str, ...]:
    """Names of the fields that differ, in the order of their definition."""
    return tuple(
        name for name in ProductDraft.__dataclass_fields__ if getattr(before, name) != getattr(after, name)
    )


def price_range(variants: tuple[VariantDraft, ...]) -> tuple[int, int] | None:
    prices = [variant.price_minor for variant in variants if variant.is_active]
    return (min(prices), max(prices)) if prices else None


def _take(left: list[VariantDraft], wanted: ParsedVariant) -> VariantDraft | None:
    tests: tuple[Callable[[VariantDraft], bool], ...] = (
        lambda stored: bool(wanted.source_key) and stored.source_key == wanted.source_key,
        lambda stored: bool(wanted.sku) and stored.sku == wanted.sku,
        lambda stored: stored.option_values == wanted.option_values,
    )
    for test in tests:
        found = next((variant for variant in left if test(variant)), None)
        if found is not None:
            left.remove(found)
            return found
    return None


def _variant_after(parsed: ParsedVariant, stored: VariantDraft | None, position: int) -> VariantDraft:
    base = stored or VariantDraft(
        key="", sku=parsed.sku, option_values=parsed.option_values, price_minor=parsed.price_minor
    )
    compare_at = known(parsed.compare_at_minor, base.compare_at_minor)
    return replace(
        base,
        sku=parsed.sku or base.sku,
        option_values=parsed.option_values,
        price_minor=parsed.price_minor,
        compare_at_minor=compare_at if compare_at is not None and compare_at > parsed.price_minor else None,
        cost_minor=known(parsed.cost_minor, base.cost_minor),
        weight_grams=known(parsed.weight_grams, base.weight_grams),
        barcode=known(parsed.barcode, base.barcode),
        requires_shipping=known(parsed.requires_shipping, base.requires_shipping),
        is_active=known(parsed.is_active, base.is_active),
        position=position,
        image_address=parsed.image_address or base.image_address,
        source_key=parsed.source_key or base.source_key,
    )
