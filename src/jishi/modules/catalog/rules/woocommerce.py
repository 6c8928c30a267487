"""WooCommerce's product CSV: a row per product and a row per variation, which names its parent.

Parents are named by SKU or as `id:741`, and may stand anywhere in the file.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from jishi.modules.catalog.rules import cells
from jishi.modules.catalog.rules.cells import handle_from, read_code, split_list, split_path
from jishi.modules.catalog.rules.csv_rows import Header, OpenFile, Row, group_rows, read_rows
from jishi.modules.catalog.rules.formats import ATTRIBUTES_MAX, OPTIONS_MAX
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
from jishi.modules.catalog.rules.texts import plain_text
from jishi.modules.catalog.types import ProductKind, ProductState, Source

_FLAVOURS: Final = frozenset({"downloadable", "virtual"})
_KINDS: Final = frozenset({"simple", "variable", "variation", "grouped", "external"})
_WEIGHTS: Final = ("kg", "g", "lbs", "oz")
_STATES: Final = {"1": ProductState.PUBLISHED, "0": ProductState.DRAFT, "-1": ProductState.DRAFT}


@dataclass(slots=True)
class _Parents:
    """Which line every product stands on, by id and by SKU; a variation belongs to its parent's line."""

    line_of_id: dict[str, int] = field(default_factory=dict)
    line_of_sku: dict[str, int] = field(default_factory=dict)
    kind_of_line: dict[int, str] = field(default_factory=dict)

    def line(self, reference: str) -> int | None:
        if reference.lower().startswith("id:"):
            return self.line_of_id.get(reference[3:].strip())
        return self.line_of_sku.get(read_code(reference))


def parse_woocommerce(
    *, open_file: OpenFile, header: Header, currency: str, today_iso: str
) -> Iterator[ParsedGroup]:
    sheet = Sheet(header=header, currency=currency, source=Source.WOOCOMMERCE)
    parents = _Parents()
    left_out: set[int] = set()
    waiting: list[tuple[int, str]] = []
    for row in read_rows(open_file, header):
        if isinstance(row, RowProblem):
            yield ParsedGroup(rows=1, product=None, problems=(row,))
            continue
        try:
            _place(sheet, row, parents, waiting)
        except RowRefused as refused:
            left_out.add(row.line)
            yield ParsedGroup(rows=1, product=None, problems=(refused.problem,))
    sizes: Counter[Hashable] = Counter(dict.fromkeys(parents.kind_of_line, 1))
    for line, reference in waiting:
        parent = parents.line(reference)
        if parent is None or parents.kind_of_line[parent] != "variable":
            left_out.add(line)
            code = "parent_missing" if parent is None else "parent_not_variable"
            problem = RowProblem(
                line=line, column=header.name("parent"), code=code, facts={"parent": reference[:120]}
            )
            yield ParsedGroup(rows=1, product=None, problems=(problem,))
        else:
            sizes[parent] += 1

    def key_of(row: Row) -> int | None:
        if row.line in left_out:
            return None
        return parents.line(row.text("parent")) if _kind(row) == "variation" else row.line

    for group in group_rows(open_file=open_file, header=header, key_of=key_of, sizes=sizes):
        if not isinstance(group, RowProblem):
            yield _read_group(sheet, group, today_iso)


def _place(sheet: Sheet, row: Row, parents: _Parents, waiting: list[tuple[int, str]]) -> None:
    kind = _kind(row)
    if kind not in _KINDS:
        sheet.refuse(row, "type", "type_unknown", value=row.text("type")[:60])
    number = row.text("id")
    first = parents.line_of_id.get(number)
    if number and first is not None:
        sheet.refuse(row, "id", "duplicate_id", id=number[:40], first_line=first)
    if kind == "variation":
        waiting.append((row.line, row.text("parent")))
        return
    if not row.text("name"):
        sheet.refuse(row, "name", "missing_title")
    sku = read_code(row.text("sku"))
    if number:
        parents.line_of_id[number] = row.line
    if sku:
        parents.line_of_sku.setdefault(sku, row.line)
    parents.kind_of_line[row.line] = kind


def _kind(row: Row) -> str:
    words = [word.strip().lower() for word in row.text("type").split(",")]
    named = [word for word in words if word and word not in _FLAVOURS]
    return named[0] if len(named) == 1 else ("simple" if not named and any(words) else row.text("type"))


def _is_virtual(row: Row) -> bool:
    return any(word.strip().lower() in _FLAVOURS for word in row.text("type").split(","))


def _read_group(sheet: Sheet, rows: list[Row], today_iso: str) -> ParsedGroup:
    problems: list[RowProblem] = []
    parent = next(row for row in rows if _kind(row) != "variation")
    children = sorted((row for row in rows if row is not parent), key=_position)
    try:
        product = _product(sheet, parent, children, problems)
        if _kind(parent) == "variable":
            product = _with_variations(sheet, product, parent, children, today_iso, problems)
        elif _kind(parent) != "grouped":
            variant = _variant(sheet, parent, (), today_iso, problems)
            product = replace(product, variants=(variant,))
    except RowRefused as refused:
        return ParsedGroup(rows=len(rows), product=None, problems=(*problems, refused.problem))
    if not product.variants and product.kind is not ProductKind.GROUPED:
        problems.append(sheet.problem(parent, "type", "no_variants"))
        return ParsedGroup(rows=len(rows), product=None, problems=tuple(problems))
    return ParsedGroup(rows=len(rows), product=product, problems=tuple(problems))


def _position(row: Row) -> tuple[int, int]:
    text = row.text("position")
    return (int(text) if text.isdecimal() and len(text) < 9 else 0, row.line)


def _product(sheet: Sheet, row: Row, children: list[Row], problems: list[RowProblem]) -> ParsedProduct:
    title = sheet.shortened(row, "name", 300, problems)
    sku = read_code(row.text("sku"))
    if _kind(row) in ("variable", "grouped"):  # its SKU names the page; nothing is stocked under it
        sheet.sku(row, "sku")
        sheet.claim_sku(sku, row.line)
    if row.text("download"):
        problems.append(sheet.problem(row, "download", "downloads_left_out"))
    number = row.text("id")
    return ParsedProduct(
        line=row.line,
        source=Source.WOOCOMMERCE,
        source_key=(number or sku or handle_from(title))[:200],
        handle=handle_from(title),
        title=title,
        option_names=(),
        variants=(),
        subtitle=_subtitle(sheet, row),
        description_html=row.text("body") if sheet.has("body") else ABSENT,
        vendor=row.text("brands")[:120] if sheet.has("brands") else ABSENT,
        kind=_product_kind(row),
        tags=tag_list(split_list(row.text("tags"))) if sheet.has("tags") else ABSENT,
        specs=_specs(row, () if _kind(row) != "variable" else _option_names(row, children)),
        categories=_categories(sheet, row),
        state=_state(sheet, row),
        is_listed=row.text("visibility").lower() != "hidden" if sheet.has("visibility") else ABSENT,
        images=_images(sheet, [row, *children], problems),
        external_address=sheet.address(row, "external_address") if sheet.has("external_address") else ABSENT,
        member_skus=split_list(row.text("members")) if sheet.has("members") else ABSENT,
        currency=sheet.currency,
    )


def _with_variations(
    sheet: Sheet,
    product: ParsedProduct,
    parent: Row,
    children: list[Row],
    today_iso: str,
    problems: list[RowProblem],
) -> ParsedProduct:
    names = _option_names(parent, children)
    if len(names) > OPTIONS_MAX:
        key = f"attribute{OPTIONS_MAX + 1}_name"
        sheet.refuse(parent, key, "too_many_options", found=len(names), limit=OPTIONS_MAX)
    variants: list[ParsedVariant] = []
    line_of_options: dict[tuple[str, ...], int] = {}
    for row in children:
        try:
            values = _option_values(sheet, parent, row, names, problems)
            variant = _variant(sheet, row, values, today_iso, problems)
            first = line_of_options.setdefault(values, row.line)
            if first != row.line:
                chosen = " / ".join(values)
                sheet.refuse(row, "attribute1_values", "duplicate_options", options=chosen, first_line=first)
            if len(variants) >= VARIANTS_MAX:
                sheet.refuse(row, "parent", "too_many_variants", limit=VARIANTS_MAX)
        except RowRefused as refused:
            problems.append(refused.problem)
            continue
        variants.append(variant)
    return replace(product, option_names=names, variants=tuple(variants))


def _attributes(row: Row) -> Iterator[tuple[str, str]]:
    for number in range(1, ATTRIBUTES_MAX + 1):
        name = row.text(f"attribute{number}_name")[:80]
        if name:
            yield name, row.text(f"attribute{number}_values")


def _option_names(parent: Row, children: list[Row]) -> tuple[str, ...]:
    """The parent's attributes, in its order, that its variations speak of."""
    spoken = {name.lower() for row in children for name, _ in _attributes(row)}
    return tuple(dict.fromkeys(name for name, _ in _attributes(parent) if name.lower() in spoken))


def _option_values(
    sheet: Sheet, parent: Row, row: Row, names: tuple[str, ...], problems: list[RowProblem]
) -> tuple[str, ...]:
    given = {name.lower(): value for name, value in _attributes(row)}
    offered = {name.lower(): split_list(values) for name, values in _attributes(parent)}
    chosen: list[str] = []
    for name in names:
        value = given.get(name.lower(), "")
        if not value:  # WooCommerce: "any"; one thing in stock, so one variant here
            value = " / ".join(offered.get(name.lower(), ())) or name
            problem = sheet.problem(row, "attribute1_values", "any_value", option=name, value=value[:120])
            problems.append(problem)
        chosen.append(value[:200])
    return tuple(chosen)


def _variant(
    sheet: Sheet, row: Row, values: tuple[str, ...], today_iso: str, problems: list[RowProblem]
) -> ParsedVariant:
    sku = sheet.sku(row, "sku")
    price, compare_at = _prices(sheet, row, today_iso)
    variant = ParsedVariant(
        line=row.line,
        sku=sku,
        option_values=values,
        price_minor=price,
        compare_at_minor=compare_at,
        cost_minor=sheet.price(row, "cost") if sheet.has("cost") else ABSENT,
        weight_grams=_weight(sheet, row),
        barcode=read_code(row.text("barcode"))[:64] if sheet.has("barcode") else ABSENT,
        requires_shipping=not _is_virtual(row) and _kind(row) != "external",
        is_active=_state(sheet, row) is ProductState.PUBLISHED if _kind(row) == "variation" else ABSENT,
        stock=_stock(sheet, row, problems) if _kind(row) != "external" else ABSENT,
        image_address=_first_image(row) if _kind(row) == "variation" else "",
        source_key=row.text("id")[:200],
    )
    sheet.claim_sku(sku, row.line)
    return variant


def _prices(sheet: Sheet, row: Row, today_iso: str) -> tuple[int, int | Absent | None]:
    """The price now and what is crossed out: a sale counts only within its dates."""
    regular = sheet.price(row, "regular_price")
    sale = sheet.price(row, "sale_price")
    starts, ends = cells.read_day(row.text("sale_from")), cells.read_day(row.text("sale_to"))
    in_season = not (starts and starts.isoformat() > today_iso) and not (
        ends and ends.isoformat() < today_iso
    )
    if sale is not None and in_season and (regular is None or sale < regular):
        return sale, regular
    if regular is None:
        sheet.refuse(row, "regular_price", "missing_price")
    return regular, None


def _stock(sheet: Sheet, row: Row, problems: list[RowProblem]) -> FileStock | Absent:
    if not sheet.has("quantity") and not sheet.has("in_stock"):
        return ABSENT
    text = row.text("quantity")
    if text and text.lower() != "parent":
        quantity = sheet.cell(row, "quantity", cells.read_quantity)
        if quantity < 0:
            problems.append(sheet.problem(row, "quantity", "negative_stock", value=quantity))
        return FileStock(quantity=max(0, quantity))
    answer = row.text("in_stock").lower()
    return FileStock(quantity=0 if answer in ("0", "no", "false") else None)


def _weight(sheet: Sheet, row: Row) -> int | Absent:
    for unit in _WEIGHTS:
        key = f"weight_{unit}"
        if sheet.has(key):
            if not row.text(key):
                return 0

            def read(text: str, unit: str = unit) -> int:
                return cells.read_weight_grams(text, unit=unit)

            return sheet.cell(row, key, read)
    return ABSENT


def _state(sheet: Sheet, row: Row) -> ProductState | Absent:
    if not sheet.has("published"):
        return ABSENT
    text = row.text("published") or "1"
    if text not in _STATES:
        sheet.refuse(row, "published", "bad_choice", value=text[:40], choices="1, 0, -1")
    return _STATES[text]


def _product_kind(row: Row) -> ProductKind:
    kind = _kind(row)
    if kind in ("grouped", "external"):
        return ProductKind(kind)
    return ProductKind.VIRTUAL if _is_virtual(row) else ProductKind.PHYSICAL


def _subtitle(sheet: Sheet, row: Row) -> str | Absent:
    return plain_text(row.text("subtitle"))[:300] if sheet.has("subtitle") else ABSENT


def _specs(row: Row, option_names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Attributes nobody chooses between."""
    chosen = {name.lower() for name in option_names}
    return tuple(
        (name, ", ".join(split_list(values))[:400])
        for name, values in _attributes(row)
        if values and name.lower() not in chosen
    )


def _categories(sheet: Sheet, row: Row) -> tuple[tuple[str, ...], ...] | Absent:
    if not sheet.has("categories"):
        return ABSENT
    return tuple(path for text in split_list(row.text("categories")) if (path := split_path(text)))


def _images(sheet: Sheet, rows: list[Row], problems: list[RowProblem]) -> tuple[ParsedImage, ...] | Absent:
    if not sheet.has("images"):
        return ABSENT
    addresses: dict[str, None] = {}
    for row in rows:
        for text in split_list(row.text("images")):
            try:
                addresses[cells.read_address(text)] = None
            except cells.CellProblem as error:
                problems.append(sheet.problem(row, "images", "image_left_out", **error.facts))
    if len(addresses) > IMAGES_MAX:
        problems.append(sheet.problem(rows[0], "images", "too_many_images", limit=IMAGES_MAX))
    return tuple(ParsedImage(address=address, alt="") for address in list(addresses)[:IMAGES_MAX])


def _first_image(row: Row) -> str:
    first = next(iter(split_list(row.text("images"))), "")
    try:
        return cells.read_address(first)
    except cells.CellProblem:
        return ""
