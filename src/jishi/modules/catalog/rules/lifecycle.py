"""What may happen to a product."""

from collections.abc import Mapping
from typing import Final

from jishi.modules.catalog.rules.drafts import ProductDraft
from jishi.modules.catalog.rules.problems import gettext_noop
from jishi.modules.catalog.types import ProductKind, ProductState

LIFECYCLE: Final[Mapping[tuple[ProductState, str], ProductState]] = {
    (ProductState.DRAFT, "publish"): ProductState.PUBLISHED,
    (ProductState.DRAFT, "archive"): ProductState.ARCHIVED,
    (ProductState.PUBLISHED, "unpublish"): ProductState.DRAFT,
    (ProductState.PUBLISHED, "archive"): ProductState.ARCHIVED,
    (ProductState.ARCHIVED, "restore"): ProductState.DRAFT,
}


def missing_to_publish(product: ProductDraft) -> tuple[str, ...]:
    """What a shopper could not do without, in words."""
    missing: list[str] = []
    if not product.title.strip():
        missing.append(gettext_noop("没有商品名称"))
    if product.kind is ProductKind.GROUPED:
        if not product.member_skus:
            missing.append(gettext_noop("组合里没有商品"))
    elif not any(variant.is_active for variant in product.variants):
        missing.append(gettext_noop("没有可以购买的规格"))
    if product.kind is ProductKind.EXTERNAL and not product.external_address:
        missing.append(gettext_noop("没有外部购买地址"))
    return tuple(missing)
