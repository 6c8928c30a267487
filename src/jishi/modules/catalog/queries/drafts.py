"""Stored products as comparable drafts."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from jishi.modules.catalog.models import Category, Option, Product, ProductCategory, ProductImage, Variant
from jishi.modules.catalog.rules.cells import split_path
from jishi.modules.catalog.rules.drafts import ImageDraft, ProductDraft, VariantDraft
from jishi.modules.catalog.types import ProductKind, ProductState

PATH_SEPARATOR = " > "


def read_drafts(products: Collection[Product]) -> dict[uuid.UUID, ProductDraft]:
    """Five statements for any number of products; the caller bounds that number."""
    ids = [product.id for product in products]
    options: dict[uuid.UUID, list[str]] = defaultdict(list)
    for product_id, name in (
        Option.objects.filter(product_id__in=ids).order_by("position").values_list("product_id", "name")
    ):
        options[product_id].append(name)
    paths: dict[uuid.UUID, list[tuple[str, ...]]] = defaultdict(list)
    links = ProductCategory.objects.filter(product_id__in=ids).order_by("position")
    for product_id, path in links.values_list("product_id", "category__path"):
        paths[product_id].append(split_path(path))
    addresses: dict[uuid.UUID, str] = {}
    images: dict[uuid.UUID, list[ImageDraft]] = defaultdict(list)
    for image in (
        ProductImage.objects.filter(product_id__in=ids).exclude(source_address="").order_by("position")
    ):
        addresses[image.id] = image.source_address
        images[image.product_id].append(ImageDraft(address=image.source_address, alt=image.alt))
    variants: dict[uuid.UUID, list[VariantDraft]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=ids).order_by("position", "id"):
        variants[variant.product_id].append(_variant_draft(variant, addresses))
    return {
        product.id: _product_draft(
            product,
            option_names=tuple(options[product.id]),
            categories=tuple(paths[product.id]),
            images=tuple(images[product.id]),
            variants=tuple(variants[product.id]),
        )
        for product in products
    }


def category_names(category: Category) -> tuple[str, ...]:
    return split_path(category.path)


def _product_draft(
    product: Product,
    *,
    option_names: tuple[str, ...],
    categories: tuple[tuple[str, ...], ...],
    images: tuple[ImageDraft, ...],
    variants: tuple[VariantDraft, ...],
) -> ProductDraft:
    return ProductDraft(
        handle=product.handle,
        title=product.title,
        currency=product.currency,
        subtitle=product.subtitle,
        description_html=product.description_html,
        vendor=product.vendor,
        product_type=product.product_type,
        kind=ProductKind(product.kind),
        tags=tuple(product.tags),
        specs=tuple((name, value) for name, value in product.specs),
        categories=categories,
        state=ProductState(product.state),
        is_listed=product.is_listed,
        external_address=product.external_address,
        member_skus=tuple(product.member_skus),
        option_names=option_names,
        images=images,
        variants=variants,
    )


def _variant_draft(variant: Variant, addresses: dict[uuid.UUID, str]) -> VariantDraft:
    return VariantDraft(
        key=str(variant.id),
        sku=variant.sku,
        option_values=tuple(variant.option_values),
        price_minor=variant.price_minor,
        compare_at_minor=variant.compare_at_minor,
        cost_minor=variant.cost_minor,
        weight_grams=variant.weight_grams,
        barcode=variant.barcode,
        requires_shipping=variant.requires_shipping,
        is_active=variant.is_active,
        position=variant.position,
        image_address=addresses.get(variant.image_id, "") if variant.image_id else "",
        source_key=variant.source_key,
    )
