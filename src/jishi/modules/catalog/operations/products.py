"""Making and changing products by hand."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from jishi.kernel import flow
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput
from jishi.modules.catalog.errors import (
    ChangedMeanwhile,
    HandleTaken,
    NotReadyToPublish,
    OptionsTaken,
    ProductMissing,
    SkuTaken,
    VariantMissing,
)
from jishi.modules.catalog.models import Product, Variant
from jishi.modules.catalog.operations.images import request_pictures
from jishi.modules.catalog.operations.matching import name_new_products, name_variants
from jishi.modules.catalog.operations.write import Change, write_changes
from jishi.modules.catalog.queries.drafts import read_drafts
from jishi.modules.catalog.rules.cells import PRICE_MINOR_MAX, handle_from
from jishi.modules.catalog.rules.drafts import ProductDraft, VariantDraft, tidy_categories
from jishi.modules.catalog.rules.lifecycle import LIFECYCLE, missing_to_publish
from jishi.modules.catalog.rules.texts import safe_html
from jishi.modules.catalog.types import ProductKind, ProductState, Source
from jishi.platform.locks import lock_timeout

EDITABLE: Final = frozenset(
    [
        "handle",
        "title",
        "subtitle",
        "description_html",
        "vendor",
        "product_type",
        "kind",
        "tags",
        "specs",
        "categories",
        "is_listed",
        "external_address",
        "member_skus",
        "option_names",
    ]
)
VARIANT_EDITABLE: Final = frozenset(
    [
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
    ]
)
_WIDTHS: Final = {
    "title": 300,
    "subtitle": 300,
    "vendor": 120,
    "product_type": 120,
    "external_address": 2_000,
}


@dataclass(frozen=True, slots=True)
class NewVariant:
    """A variant to make. An empty SKU is made from the handle and the options."""

    price_minor: int
    option_values: tuple[str, ...] = ()
    sku: str = ""
    compare_at_minor: int | None = None
    cost_minor: int | None = None
    weight_grams: int = 0
    barcode: str = ""
    requires_shipping: bool = True


def create_product(
    *, by: Actor, title: str, variants: Sequence[NewVariant], option_names: Sequence[str] = (), **fields: Any
) -> uuid.UUID:
    """A draft with its variants. `fields` are those of EDITABLE. Raises SkuTaken, OptionsTaken, InvalidInput."""
    by.require("catalog.edit")
    draft = ProductDraft(
        handle=handle_from(str(fields.pop("handle", "") or title)),
        title=title,
        currency=settings.JISHI_CURRENCY,
        option_names=tuple(option_names),
        variants=tuple(_new_variant(variant, n) for n, variant in enumerate(variants)),
    )
    draft = _checked(_with_fields(draft, fields))
    _refuse_repeated_options(draft)
    with transaction.atomic():
        draft = name_variants(name_new_products([draft]))[0]
        _refuse_taken_skus(draft, product_id=None)
        row = Product(source=Source.JISHI, source_key=draft.handle, currency=draft.currency)
        _store(row=row, before=None, after=draft, by=by, verb="create")
    return row.id


def update_product(
    *, by: Actor, product_id: uuid.UUID, fields: Mapping[str, Any], stamp: int | None = None
) -> None:
    """Change fields of EDITABLE. With `stamp`, refuses as ChangedMeanwhile when someone was faster."""
    by.require("catalog.edit")
    with transaction.atomic():
        row, before = _locked(product_id)
        if stamp is not None and stamp != row.stamp:
            raise ChangedMeanwhile(stamp=row.stamp)
        after = _checked(_with_fields(before, fields))
        if after.handle != before.handle and Product.objects.filter(handle=after.handle).exists():
            raise HandleTaken(handle=after.handle)
        _store(row=row, before=before, after=after, by=by, verb="update")


def publish_product(*, by: Actor, product_id: uuid.UUID) -> None:
    """Put on sale. Raises NotReadyToPublish, IllegalStep."""
    _step(by=by, product_id=product_id, verb="publish")


def unpublish_product(*, by: Actor, product_id: uuid.UUID) -> None:
    _step(by=by, product_id=product_id, verb="unpublish")


def archive_product(*, by: Actor, product_id: uuid.UUID) -> None:
    _step(by=by, product_id=product_id, verb="archive")


def restore_product(*, by: Actor, product_id: uuid.UUID) -> None:
    _step(by=by, product_id=product_id, verb="restore")


def add_variant(*, by: Actor, product_id: uuid.UUID, variant: NewVariant) -> uuid.UUID:
    """One more thing to choose. Raises OptionsTaken, SkuTaken."""
    by.require("catalog.edit")
    with transaction.atomic():
        row, before = _locked(product_id)
        made = _new_variant(variant, len(before.variants))
        if any(known.option_values == made.option_values for known in before.variants):
            raise OptionsTaken(options=" / ".join(made.option_values) or "-")
        after = _checked(replace(before, variants=(*before.variants, made)))
        after = name_variants([after])[0]
        _refuse_taken_skus(after, product_id=product_id)
        change = _store(row=row, before=before, after=after, by=by, verb="add_variant")
    return change.variant_ids[len(before.variants)]


def update_variant(*, by: Actor, variant_id: uuid.UUID, fields: Mapping[str, Any]) -> None:
    """Change fields of VARIANT_EDITABLE. Raises SkuTaken, OptionsTaken, InvalidInput, VariantMissing."""
    by.require("catalog.edit")
    unknown = set(fields) - VARIANT_EDITABLE
    if unknown:
        raise InvalidInput(field=min(unknown), reason=gettext_noop("不能修改"))
    product_id = Variant.objects.filter(id=variant_id).values_list("product_id", flat=True).first()
    if product_id is None:
        raise VariantMissing(id=str(variant_id))
    with transaction.atomic():
        row, before = _locked(product_id)
        values: dict[str, Any] = dict(fields)
        if "option_values" in values:
            values["option_values"] = tuple(values["option_values"])
        variants = tuple(
            replace(variant, **values) if variant.key == str(variant_id) else variant
            for variant in before.variants
        )
        after = _checked(replace(before, variants=variants))
        _refuse_repeated_options(after)
        _refuse_taken_skus(after, product_id=product_id)
        _store(row=row, before=before, after=after, by=by, verb="update_variant")


def set_variant_price(
    *, by: Actor, variant_id: uuid.UUID, price_minor: int, compare_at_minor: int | None = None
) -> None:
    """Price and crossed-out price in minor units; the crossed-out one must be the higher."""
    fields = {"price_minor": price_minor, "compare_at_minor": compare_at_minor}
    update_variant(by=by, variant_id=variant_id, fields=fields)


def _step(*, by: Actor, product_id: uuid.UUID, verb: str) -> None:
    by.require("catalog.edit")
    with transaction.atomic():
        row, before = _locked(product_id)
        state = flow.advance(LIFECYCLE, before.state, verb)
        missing = missing_to_publish(before) if state is ProductState.PUBLISHED else ()
        if missing:
            raise NotReadyToPublish(missing=missing[0])
        _store(row=row, before=before, after=replace(before, state=state), by=by, verb=verb)


def _locked(product_id: uuid.UUID) -> tuple[Product, ProductDraft]:
    with lock_timeout():
        row = Product.objects.select_for_update().filter(id=product_id).first()
    if row is None:
        raise ProductMissing(id=str(product_id))
    return row, read_drafts([row])[row.id]


def _store(*, row: Product, before: ProductDraft | None, after: ProductDraft, by: Actor, verb: str) -> Change:
    change = Change(row=row, before=before, after=after)
    request_pictures(write_changes(changes=[change], by=by, verb=verb))
    return change


def _new_variant(variant: NewVariant, position: int) -> VariantDraft:
    return VariantDraft(
        key="",
        sku=variant.sku.strip()[:120],
        option_values=tuple(variant.option_values),
        price_minor=variant.price_minor,
        compare_at_minor=variant.compare_at_minor,
        cost_minor=variant.cost_minor,
        weight_grams=variant.weight_grams,
        barcode=variant.barcode[:64],
        requires_shipping=variant.requires_shipping,
        position=position,
    )


def _with_fields(draft: ProductDraft, fields: Mapping[str, Any]) -> ProductDraft:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise InvalidInput(field=min(unknown), reason=gettext_noop("不能修改"))
    values = dict(fields)
    if "kind" in values:
        values["kind"] = ProductKind(values["kind"])
    if "handle" in values:
        values["handle"] = handle_from(values["handle"])
    if "description_html" in values:
        values["description_html"] = safe_html(values["description_html"])
    if "categories" in values:
        values["categories"] = tidy_categories(tuple(tuple(path) for path in values["categories"]))
    if "specs" in values:
        values["specs"] = tuple((name, text) for name, text in values["specs"])
    for name in ("tags", "member_skus", "option_names"):
        if name in values:
            values[name] = tuple(dict.fromkeys(values[name]))
    return replace(draft, **values)


def _checked(draft: ProductDraft) -> ProductDraft:
    if not draft.title.strip() or not draft.handle:
        raise InvalidInput(field="title", reason=gettext_noop("不能为空"))
    for name, width in _WIDTHS.items():
        if len(getattr(draft, name)) > width:
            raise InvalidInput(field=name, reason=gettext_noop("太长了"))
    if draft.external_address and not draft.external_address.startswith(("http://", "https://")):
        raise InvalidInput(field="external_address", reason=gettext_noop("需要 http 或 https 地址"))
    for variant in draft.variants:
        _check_variant(variant, draft.option_names)
    return draft


def _check_variant(variant: VariantDraft, option_names: tuple[str, ...]) -> None:
    if not 0 <= variant.price_minor <= PRICE_MINOR_MAX:
        raise InvalidInput(field="price_minor", reason=gettext_noop("价格不能是负数或太大"))
    if variant.compare_at_minor is not None and variant.compare_at_minor <= variant.price_minor:
        raise InvalidInput(field="compare_at_minor", reason=gettext_noop("划线价要高于售价"))
    if variant.cost_minor is not None and variant.cost_minor < 0:
        raise InvalidInput(field="cost_minor", reason=gettext_noop("不能是负数"))
    if variant.weight_grams < 0:
        raise InvalidInput(field="weight_grams", reason=gettext_noop("不能是负数"))
    if variant.is_active and len(variant.option_values) != len(option_names):
        raise InvalidInput(field="option_values", reason=gettext_noop("规格值要和规格项一一对应"))


def _refuse_repeated_options(draft: ProductDraft) -> None:
    chosen = [variant.option_values for variant in draft.variants]
    repeated = next((values for n, values in enumerate(chosen) if values in chosen[:n]), None)
    if repeated is not None:
        raise OptionsTaken(options=" / ".join(repeated) or "-")


def _refuse_taken_skus(draft: ProductDraft, *, product_id: uuid.UUID | None) -> None:
    skus = [variant.sku for variant in draft.variants]
    repeated = next((sku for n, sku in enumerate(skus) if sku in skus[:n]), None)
    if repeated is not None:
        raise SkuTaken(sku=repeated)
    others = Variant.objects.filter(sku__in=skus)
    if product_id is not None:
        others = others.exclude(product_id=product_id)
    first = others.values_list("sku", flat=True).first()
    if first is not None:
        raise SkuTaken(sku=first)
