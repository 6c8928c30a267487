"""Lists of products: one statement each, whatever the filter."""

import base64
import json
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from jishi.modules.catalog.errors import CursorInvalid
from jishi.modules.catalog.queries import segmenter
from jishi.modules.catalog.queries.addresses import picture_address
from jishi.modules.catalog.rules.search_words import query_terms
from jishi.modules.catalog.types import (
    ProductCard,
    ProductFilter,
    ProductKind,
    ProductListing,
    ProductState,
    Sort,
)

LIMIT_MAX: Final = 60
PAGE_MAX: Final = 200
COUNT_MAX: Final = 10_000

CARD_COLUMNS: Final = (
    "p.id, p.handle, p.title, p.subtitle, p.cover_path, p.currency, p.min_price_minor, p.max_price_minor,"
    " p.compare_at_minor, p.sold_count, p.kind, p.state, p.stamp"
)
# sort → (order, expression of the key in the cursor, comparison); the id breaks ties
_ORDERS: Final = {
    Sort.NEWEST: ("p.published_at DESC, p.id DESC", "p.published_at", "<", "timestamptz"),
    Sort.PRICE_UP: ("p.min_price_minor, p.id", "p.min_price_minor", ">", "bigint"),
    Sort.PRICE_DOWN: ("p.min_price_minor DESC, p.id DESC", "p.min_price_minor", "<", "bigint"),
    Sort.SALES: ("p.sold_count DESC, p.id DESC", "p.sold_count", "<", "bigint"),
}
# a find in the title weighs most; what sells breaks near ties
_RELEVANCE: Final = (
    "ts_rank_cd('{0.05, 0.15, 0.4, 1.0}', p.search_vector, q.query, 1) * (1 + ln(1 + p.sold_count) / 20)"
)


def list_products(
    *,
    filters: ProductFilter | None = None,
    sort: Sort = Sort.RELEVANCE,
    limit: int = 24,
    page: int = 1,
    cursor: str = "",
) -> ProductListing:
    """Published, listed products; one statement. Page by number or by the cursor of the answer before.

    Without words to search for, relevance means newest. Raises CursorInvalid.
    """
    filters = filters or ProductFilter()
    size = max(1, min(limit, LIMIT_MAX))
    where, values, search = _conditions(filters)
    if sort is Sort.RELEVANCE and not search:
        sort = Sort.NEWEST
    skip = (max(1, min(page, PAGE_MAX)) - 1) * size
    if sort is Sort.RELEVANCE:
        order, key = f"{_RELEVANCE} DESC, p.id DESC", "NULL"
        skip = _offset_of(cursor) if cursor else skip
    else:
        order, key, comparison, cast = _ORDERS[sort]
        if sort in (Sort.PRICE_UP, Sort.PRICE_DOWN):
            where.append("p.min_price_minor IS NOT NULL")
        if cursor:
            after_key, after_id = _key_of(cursor, sort)
            where.append(f"({key}, p.id) {comparison} (%s::{cast}, %s::uuid)")
            values += [after_key, after_id]
            skip = 0
    sql = (
        f"SELECT {CARD_COLUMNS}, ({key})::text FROM catalog_product p{search}"
        f" WHERE {' AND '.join(where)} ORDER BY {order} LIMIT %s OFFSET %s"
    )
    with connection.cursor() as db:
        db.execute(sql, [*values, size + 1, skip])
        rows = db.fetchall()
    cards = tuple(card_from(row) for row in rows[:size])
    if len(rows) <= size:
        return ProductListing(cards=cards, next_cursor="")
    if sort is Sort.RELEVANCE:
        return ProductListing(cards=cards, next_cursor=_pack({"s": sort.value, "o": skip + size}))
    last = rows[size - 1]
    return ProductListing(cards=cards, next_cursor=_pack({"s": sort.value, "k": last[-1], "i": str(last[0])}))


def count_products(filters: ProductFilter) -> int:
    """How many there are, counted no further than COUNT_MAX; one statement."""
    where, values, search = _conditions(filters)
    found = f"SELECT 1 FROM catalog_product p{search} WHERE {' AND '.join(where)} LIMIT %s"
    sql = f"SELECT count(*) FROM ({found}) AS n"
    with connection.cursor() as db:
        db.execute(sql, [*values, COUNT_MAX])
        return int(db.fetchone()[0])


def cards_by_ids(product_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ProductCard]:
    """Cards of these products in any state; one statement."""
    if not product_ids:
        return {}
    with connection.cursor() as db:
        db.execute(f"SELECT {CARD_COLUMNS} FROM catalog_product p WHERE p.id = ANY(%s)", [list(product_ids)])
        return {row[0]: card_from(row) for row in db.fetchall()}


def card_from(row: Sequence[Any]) -> ProductCard:
    """A card from CARD_COLUMNS."""
    return ProductCard(
        id=row[0],
        handle=row[1],
        title=row[2],
        subtitle=row[3],
        cover_address=picture_address(path=row[4], title=row[2], key=row[1]),
        currency=row[5],
        min_price_minor=row[6],
        max_price_minor=row[7],
        compare_at_minor=row[8],
        sold_count=row[9],
        kind=ProductKind(row[10]),
        state=ProductState(row[11]),
        stamp=row[12],
    )


def search_clause(text: str) -> tuple[str, list[Any]]:
    """A FROM item `q(query)` for the words of a search; empty when there is nothing to look for."""
    if not text.strip():
        return "", []
    if not segmenter.is_loaded():
        segmenter.load_in_background()
    terms = query_terms(text, cut=segmenter.cut if segmenter.is_loaded() else None)
    parts: list[str] = []
    values: list[Any] = []
    for words, pairs, latin in terms:
        if latin:
            parts.append("(to_tsquery('simple', %s) || plainto_tsquery('english', %s))")
            values += [f"'{latin.replace(chr(39), ' ')}':*", latin]
        else:
            parts.append("(to_tsquery('simple', %s) || to_tsquery('simple', %s))")
            values += [words, pairs]
    if not parts:
        return ", (SELECT ''::tsquery AS query) AS q", []
    return f", (SELECT {' && '.join(parts)} AS query) AS q", values


def _conditions(filters: ProductFilter) -> tuple[list[str], list[Any], str]:
    search, values = search_clause(filters.text)
    where = ["p.state = 'published'", "p.is_listed"]
    if search:
        where.append("p.search_vector @@ q.query")
    if filters.category_handle:
        where.append("p.category_ids @> ARRAY(SELECT c.id FROM catalog_category c WHERE c.handle = %s)")
        where.append("EXISTS (SELECT 1 FROM catalog_category c WHERE c.handle = %s)")
        values += [filters.category_handle, filters.category_handle]
    if filters.price_from_minor is not None:
        where.append("p.max_price_minor >= %s")
        values.append(filters.price_from_minor)
    if filters.price_to_minor is not None:
        where.append("p.min_price_minor <= %s")
        values.append(filters.price_to_minor)
    if filters.product_ids:
        where.append("p.id = ANY(%s)")
        values.append(list(filters.product_ids))
    return where, values, search


def _pack(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _unpack(cursor: str) -> dict[str, Any]:
    try:
        padded = cursor[:400] + "=" * (-len(cursor[:400]) % 4)
        value = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, UnicodeEncodeError) as error:
        raise CursorInvalid() from error
    if not isinstance(value, dict):
        raise CursorInvalid()
    return value


def _offset_of(cursor: str) -> int:
    offset = _unpack(cursor).get("o")
    if not isinstance(offset, int) or not 0 <= offset <= PAGE_MAX * LIMIT_MAX:
        raise CursorInvalid()
    return offset


def _key_of(cursor: str, sort: Sort) -> tuple[str | int, str]:
    value = _unpack(cursor)
    key, product_id = value.get("k"), value.get("i")
    if value.get("s") != sort.value or not isinstance(key, str) or not isinstance(product_id, str):
        raise CursorInvalid()
    try:
        uuid.UUID(product_id)
        if sort is Sort.NEWEST:
            from datetime import datetime

            datetime.fromisoformat(key)
            return key, product_id
        return int(key), product_id
    except ValueError as error:
        raise CursorInvalid() from error
