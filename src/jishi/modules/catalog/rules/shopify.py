"""Shopify's product CSV: one row per variant, joined by Handle; more rows carry more pictures.

Jishi's own export has the same shape with columns of its own behind it.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Final

from jishi.modules.catalog.rules import cells
from jishi.modules.catalog.rules.cells import (
    HANDLE_LENGTH_MAX,
    handle_from,
    read_code,
    split_list,
    split_path,
)
from jishi.modules.catalog.rules.csv_rows import Header, OpenFile, Row, group_rows, read_rows
from jishi.modules.catalog.rules.formats import OPTIONS_MAX
from jishi.modules.catalog.rules.parsed import (
    ABSENT,
    Absent,
    FileStock,
    ParsedGroup,
    ParsedImage,
    ParsedProduct,
    ParsedVariant,
    RowProblem,
)
from jishi.modules.catalog.rules.sheet import IMAGES_MAX, VARIANTS_MAX, RowRefused, Sheet, tag_list
from jishi.modules.catalog.types import ProductKind, ProductState, Source

DEFAULT_OPTION: Final = ("Title", "Default Title")
_OPTIONS: Final = tuple(range(1, OPTIONS_MAX + 2))


def parse_shopify(
    *, open_file: OpenFile, header: Header, currency: str, source: Source
) -> Iterator[ParsedGroup]:
    def key_of(row: Row) -> str | None:
        # the newer shape may leave the handle to be made from the title
        return _key_of(row, derive=header.name("handle").lower() == "url handle")

    sizes: Counter[Hashable] = Counter()
    for row in read_rows(open_file, header):
        if isinstance(row, RowProblem):
            yield ParsedGroup(rows=1, product=None, problems=(row,))
        elif (key := key_of(row)) is None:
            problem = RowProblem(line=row.line, column=header.name("handle"), code="missing_handle")
            yield ParsedGroup(rows=1, product=None, problems=(problem,))
        else:
            sizes[key] += 1
    sheet = Sheet(header=header, currency=currency, source=source)
    for group in group_rows(open_file=open_file, header=header, key_of=key_of, sizes=sizes):
        if not isinstance(group, RowProblem):
            yield _read_group(sheet, group)


def _key_of(row: Row, *, derive: bool) -> str | None:
    handle = row.text("handle").lower()
    if not handle and derive:
        handle = handle_from(row.text("title"))
    return handle[:HANDLE_LENGTH_MAX] or None


def _read_group(sheet: Sheet, rows: list[Row]) -> ParsedGroup:
    problems: list[RowProblem] = []
    titled = next((row for row in rows if row.text("title")), None)
    if titled is None:
        problem = sheet.problem(rows[0], "title", "missing_title")
        return ParsedGroup(rows=len(rows), product=None, problems=(problem,))
    try:
        options = _options(sheet, rows, problems)
        variants = _variants(sheet, rows, options, problems)
        if not variants and _kind(sheet, titled) is not ProductKind.GROUPED:
            problems.append(sheet.problem(titled, "price", "no_variants"))
            return ParsedGroup(rows=len(rows), product=None, problems=tuple(problems))
        product = replace(
            _product(sheet, titled, problems),
            option_names=tuple(options.values()),
            variants=variants,
            images=_images(sheet, rows, problems),
        )
    except RowRefused as refused:
        return ParsedGroup(rows=len(rows), product=None, problems=(*problems, refused.problem))
    return ParsedGroup(rows=len(rows), product=product, problems=tuple(problems))


def _product(sheet: Sheet, row: Row, problems: list[RowProblem]) -> ParsedProduct:
    key = _key_of(row, derive=True) or ""
    given = row.text("source")
    source = Source(given) if given in {source.value for source in Source} else sheet.source
    return ParsedProduct(
        line=row.line,
        source=source,
        source_key=row.text("source_key")[:HANDLE_LENGTH_MAX] or key,
        handle=handle_from(key) or handle_from(row.text("title")),
        title=sheet.shortened(row, "title", 300, problems),
        option_names=(),
        variants=(),
        subtitle=sheet.text(row, "subtitle", 300, problems),
        description_html=row.text("body") if sheet.has("body") else ABSENT,
        vendor=sheet.text(row, "vendor", 120, problems),
        product_type=sheet.text(row, "type", 120, problems),
        kind=_kind(sheet, row),
        tags=tag_list(split_list(row.text("tags"))) if sheet.has("tags") else ABSENT,
        specs=_specs(sheet, row),
        categories=_categories(sheet, row),
        state=_state(sheet, row),
        is_listed=sheet.flag(row, "listed"),
        external_address=row.text("external_address") if sheet.has("external_address") else ABSENT,
        member_skus=split_list(row.text("member_skus")) if sheet.has("member_skus") else ABSENT,
        currency=_currency(sheet, row),
    )


def _options(sheet: Sheet, rows: list[Row], problems: list[RowProblem]) -> dict[int, str]:
    """Number of the column pair → name of the option; empty for a product without choices."""
    names: dict[int, str] = {}
    for number in _OPTIONS:
        named = next((row for row in rows if row.text(f"option{number}_name")), None)
        valued = next((row for row in rows if row.text(f"option{number}_value")), None)
        if named is not None:
            names[number] = named.text(f"option{number}_name")[:80]
        elif valued is not None:
            value = valued.text(f"option{number}_value")[:40]
            problems.append(
                sheet.problem(valued, f"option{number}_value", "option_without_name", value=value)
            )
            names[number] = f"Option{number}"
    if len(names) > OPTIONS_MAX:
        key = f"option{OPTIONS_MAX + 1}_name"
        sheet.refuse(rows[0], key, "too_many_options", found=len(names), limit=OPTIONS_MAX)
    values = {row.text("option1_value") for row in rows if row.text("option1_value")}
    if names == {1: DEFAULT_OPTION[0]} and values <= {DEFAULT_OPTION[1]}:
        return {}
    return names


def _variants(
    sheet: Sheet, rows: list[Row], options: dict[int, str], problems: list[RowProblem]
) -> tuple[ParsedVariant, ...]:
    variants: list[ParsedVariant] = []
    line_of_options: dict[tuple[str, ...], int] = {}
    for row in rows:
        if not _is_variant(sheet, row):
            continue
        try:
            variant = _variant(sheet, row, options, problems)
            first = line_of_options.setdefault(variant.option_values, row.line)
            if first != row.line:
                chosen = " / ".join(variant.option_values) or DEFAULT_OPTION[1]
                sheet.refuse(row, "option1_value", "duplicate_options", options=chosen, first_line=first)
            if len(variants) >= VARIANTS_MAX:
                sheet.refuse(row, "option1_value", "too_many_variants", limit=VARIANTS_MAX)
        except RowRefused as refused:
            problems.append(refused.problem)
            continue
        sheet.claim_sku(variant.sku, row.line)
        variants.append(variant)
    return tuple(variants)


def _is_variant(sheet: Sheet, row: Row) -> bool:
    keys = ("price", "sku", *(f"option{number}_value" for number in _OPTIONS))
    if any(row.text(key) for key in keys):
        return True
    return bool(row.text("title")) and _kind(sheet, row) is not ProductKind.GROUPED


def _variant(sheet: Sheet, row: Row, options: dict[int, str], problems: list[RowProblem]) -> ParsedVariant:
    values = _option_values(sheet, row, options)
    sku = sheet.sku(row, "sku")
    price = sheet.price(row, "price")
    if price is None:
        sheet.refuse(row, "price", "missing_price")
    return ParsedVariant(
        line=row.line,
        sku=sku,
        option_values=values,
        price_minor=price,
        compare_at_minor=sheet.compare_at(row, "compare_at", price, problems),
        cost_minor=sheet.price(row, "cost") if sheet.has("cost") else ABSENT,
        weight_grams=_weight(sheet, row),
        barcode=read_code(row.text("barcode"))[:64] if sheet.has("barcode") else ABSENT,
        requires_shipping=sheet.flag(row, "requires_shipping"),
        is_active=sheet.flag(row, "variant_active"),
        stock=_stock(sheet, row, problems),
        image_address=sheet.address(row, "variant_image"),
        source_key=row.text("variant_source_key")[:200],
    )


def _option_values(sheet: Sheet, row: Row, options: dict[int, str]) -> tuple[str, ...]:
    values: list[str] = []
    for number, name in options.items():
        value = row.text(f"option{number}_value")
        if not value:
            sheet.refuse(row, f"option{number}_value", "missing_option_value", option=name)
        values.append(value[:200])
    return tuple(values)


def _stock(sheet: Sheet, row: Row, problems: list[RowProblem]) -> FileStock | Absent:
    if not sheet.has("quantity"):
        return ABSENT
    text = row.text("quantity")
    if not text:
        tracked = bool(row.text("tracker")) or not sheet.has("tracker")
        return ABSENT if tracked else FileStock(quantity=None)
    quantity = sheet.cell(row, "quantity", cells.read_quantity)
    if quantity < 0:
        problems.append(sheet.problem(row, "quantity", "negative_stock", value=quantity))
    return FileStock(quantity=max(0, quantity))


def _images(sheet: Sheet, rows: list[Row], problems: list[RowProblem]) -> tuple[ParsedImage, ...] | Absent:
    if not sheet.has("image") and not sheet.has("variant_image"):
        return ABSENT
    found: dict[str, tuple[int, str]] = {}
    for row in rows:
        for key in ("image", "variant_image"):
            if not row.text(key):
                continue
            try:
                address = sheet.address(row, key)
                position = _position(sheet, row) if key == "image" else IMAGES_MAX
            except RowRefused as refused:
                if key == "image" or not _is_variant(sheet, row):
                    problems.append(refused.problem)
                continue
            if address not in found and len(found) >= IMAGES_MAX:
                problems.append(sheet.problem(row, key, "too_many_images", limit=IMAGES_MAX))
                continue
            alt = row.text("image_alt")[:300] if key == "image" else ""
            found.setdefault(address, (position, alt))
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    return tuple(ParsedImage(address=address, alt=alt) for address, (_, alt) in ordered)


def _position(sheet: Sheet, row: Row) -> int:
    text = row.text("image_position")
    return max(0, sheet.cell(row, "image_position", cells.read_quantity)) if text else 0


def _kind(sheet: Sheet, row: Row) -> ProductKind | Absent:
    text = row.text("kind")
    return ProductKind(text) if text in {kind.value for kind in ProductKind} else ABSENT


def _categories(sheet: Sheet, row: Row) -> tuple[tuple[str, ...], ...] | Absent:
    if sheet.has("categories"):
        return tuple(split_path(path) for path in split_list(row.text("categories")))
    if not sheet.has("category") and not sheet.has("type"):
        return ABSENT
    path = split_path(row.text("category")) or split_path(row.text("type"))
    return (path,) if path else ()


def _state(sheet: Sheet, row: Row) -> ProductState | Absent:
    status = row.text("status").lower()
    if status in ("draft", "archived"):
        return ProductState(status)
    if status not in ("", "active", "published", "unlisted"):
        sheet.refuse(row, "status", "bad_choice", value=status[:40], choices="active, draft, archived")
    shown = sheet.flag(row, "published")
    if shown is ABSENT:
        return ABSENT if not status else ProductState.PUBLISHED
    return ProductState.PUBLISHED if shown else ProductState.DRAFT


def _specs(sheet: Sheet, row: Row) -> tuple[tuple[str, str], ...] | Absent:
    if not sheet.has("specs"):
        return ABSENT
    try:
        pairs = json.loads(row.text("specs") or "[]")
        return tuple((str(name)[:80], str(value)[:400]) for name, value in pairs)
    except (ValueError, TypeError):
        sheet.refuse(row, "specs", "bad_choice", value=row.text("specs")[:40], choices='[["A", "B"]]')


def _currency(sheet: Sheet, row: Row) -> str | Absent:
    text = row.text("currency").upper()
    if text and text != sheet.currency:
        sheet.refuse(row, "currency", "bad_currency", value=text[:8], currency=sheet.currency)
    return sheet.currency


def _weight(sheet: Sheet, row: Row) -> int | Absent:
    if not sheet.has("grams"):
        return ABSENT
    return sheet.cell(row, "grams", cells.read_weight_grams) if row.text("grams") else 0
