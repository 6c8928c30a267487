"""Which stored product does a product of a file mean, and may it have the SKUs it asks for."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jishi.modules.catalog.models import Product, Variant
from jishi.modules.catalog.rules.cells import handle_from
from jishi.modules.catalog.rules.drafts import ProductDraft
from jishi.modules.catalog.rules.parsed import ParsedProduct, ParsedVariant, RowProblem
from jishi.modules.catalog.types import Severity, Source


@dataclass(frozen=True, slots=True)
class Match:
    parsed: ParsedProduct
    row: Product | None
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class SkuOwner:
    product_id: uuid.UUID
    title: str


def match_products(parsed: Sequence[ParsedProduct]) -> list[Match]:
    """By (source, source key), then by handle where the file names handles, then by SKU. Four statements.

    A SKU of another product is refused and its variant left out.
    """
    by_key = _by_source_key(parsed)
    by_handle = {row.handle: row for row in Product.objects.filter(handle__in=[p.handle for p in parsed])}
    owners = _sku_owners(parsed)
    by_id = {
        row.id: row for row in Product.objects.filter(id__in={owner.product_id for owner in owners.values()})
    }
    matches: list[Match] = []
    for product in parsed:
        row = by_key.get((product.source, product.source_key)) or _same_handle(product, by_handle)
        row = row or _same_skus(product, owners, by_id)
        matches.append(_without_foreign_skus(product, row, owners))
    return matches


def name_new_products(drafts: Sequence[ProductDraft]) -> list[ProductDraft]:
    """Give new products handles and every variant a SKU that nobody has. Two statements."""
    handles = _taken_handles([draft.handle for draft in drafts])
    named: list[ProductDraft] = []
    for draft in drafts:
        handle = _free(draft.handle or handle_from(draft.title) or "product", handles)
        handles.add(handle)
        named.append(replace(draft, handle=handle))
    return named


def name_variants(drafts: Sequence[ProductDraft]) -> list[ProductDraft]:
    """A SKU from handle and options for every variant that has none. One statement, none when all have one."""
    wanted = {_sku_base(d, v.option_values) for d in drafts for v in d.variants if not v.sku}
    if not wanted:
        return list(drafts)
    taken: set[str] = {v.sku for d in drafts for v in d.variants if v.sku}
    taken.update(_taken_skus(wanted))
    named: list[ProductDraft] = []
    for draft in drafts:
        variants = []
        for variant in draft.variants:
            sku = variant.sku or _free(_sku_base(draft, variant.option_values), taken)
            taken.add(sku)
            variants.append(replace(variant, sku=sku))
        named.append(replace(draft, variants=tuple(variants)))
    return named


def _by_source_key(parsed: Sequence[ParsedProduct]) -> dict[tuple[str, str], Product]:
    keys = [product.source_key for product in parsed if product.source_key]
    rows = Product.objects.filter(source_key__in=keys)
    return {(row.source, row.source_key): row for row in rows}


def _same_handle(product: ParsedProduct, by_handle: dict[str, Product]) -> Product | None:
    if product.source is Source.WOOCOMMERCE:  # its handles are made here, from titles that may repeat
        return None
    row = by_handle.get(product.handle)
    return row if row is not None and row.source != product.source else None


def _same_skus(
    product: ParsedProduct, owners: dict[str, SkuOwner], by_id: dict[uuid.UUID, Product]
) -> Product | None:
    """The one product of another shop system that has these SKUs; within one system the keys decide."""
    owning = {owners[variant.sku].product_id for variant in product.variants if variant.sku in owners}
    row = by_id[owning.pop()] if len(owning) == 1 else None
    return row if row is not None and row.source != product.source else None


def _sku_owners(parsed: Sequence[ParsedProduct]) -> dict[str, SkuOwner]:
    skus = [variant.sku for product in parsed for variant in product.variants if variant.sku]
    rows = Variant.objects.filter(sku__in=skus).values_list("sku", "product_id", "product__title")
    return {sku: SkuOwner(product_id=product_id, title=title) for sku, product_id, title in rows}


def _without_foreign_skus(product: ParsedProduct, row: Product | None, owners: dict[str, SkuOwner]) -> Match:
    problems: list[RowProblem] = []
    kept: list[ParsedVariant] = []
    for variant in product.variants:
        owner = owners.get(variant.sku) if variant.sku else None
        if owner is None or (row is not None and owner.product_id == row.id):
            kept.append(variant)
            continue
        facts = {"sku": variant.sku, "title": owner.title[:80]}
        problems.append(
            RowProblem(
                line=variant.line, column="SKU", code="sku_taken", facts=facts, severity=Severity.ERROR
            )
        )
    return Match(parsed=replace(product, variants=tuple(kept)), row=row, problems=tuple(problems))


def _taken_handles(wanted: Sequence[str]) -> set[str]:
    taken: set[str] = set(Product.objects.filter(handle__in=wanted).values_list("handle", flat=True))
    repeated = taken | {handle for handle in wanted if wanted.count(handle) > 1}
    for handle in repeated:
        taken.update(Product.objects.filter(handle__startswith=f"{handle}-").values_list("handle", flat=True))
    return taken


def _taken_skus(wanted: set[str]) -> set[str]:
    taken = set(Variant.objects.filter(sku__in=wanted).values_list("sku", flat=True))
    for base in list(taken):
        taken.update(Variant.objects.filter(sku__startswith=f"{base}-").values_list("sku", flat=True))
    return taken


def _sku_base(draft: ProductDraft, values: tuple[str, ...]) -> str:
    return handle_from(" ".join([draft.handle, *values]))[:110] or "sku"


def _free(base: str, taken: set[str]) -> str:
    number, candidate = 1, base
    while candidate in taken:
        number += 1
        candidate = f"{base[:190]}-{number}"
    return candidate
