"""What search finds. See docs/algorithms/search.md."""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

from jishi.modules.catalog.models import Product, SearchTerm
from jishi.modules.catalog.queries import segmenter
from jishi.modules.catalog.rules.drafts import ProductDraft
from jishi.modules.catalog.rules.search_words import folded, index_text, runs, suggestion_words
from jishi.modules.catalog.rules.texts import plain_text

DESCRIPTION_INDEXED_MAX: Final = 20_000
TERMS_MAX: Final = 50_000
TERM_LENGTH_MAX: Final = 60
TERM_BATCH: Final = 2_000

_UPDATE = """
UPDATE catalog_product AS p SET search_vector =
  setweight(to_tsvector('simple', w.title), 'A') || setweight(to_tsvector('english', w.title_latin), 'A') ||
  setweight(to_tsvector('simple', w.words), 'B') || setweight(to_tsvector('english', w.words_latin), 'B') ||
  setweight(to_tsvector('simple', w.body), 'C') || setweight(to_tsvector('english', w.body_latin), 'C')
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS w(id, title, title_latin, words, words_latin, body, body_latin)
WHERE p.id = w.id
"""


def index_products(drafts: dict[uuid.UUID, ProductDraft]) -> None:
    """Write the search vectors of these products; one statement."""
    rows = [(product_id, *_texts(draft)) for product_id, draft in drafts.items()]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [list(column) for column in zip(*rows, strict=True)])


def refresh_terms() -> int:
    """Count the words of everything that is for sale anew; returns how many there are. For a job."""
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    rows = Product.objects.filter(state="published", is_listed=True).values_list("title", "vendor", "tags")
    for title, vendor, tags in rows.iterator(chunk_size=TERM_BATCH):
        for term in {title, vendor, *tags, *suggestion_words(title, cut=segmenter.cut)}:
            key = folded(term).strip()
            if 2 <= len(key) <= TERM_LENGTH_MAX:
                counts[key] += 1
                spelled.setdefault(key, term.strip())
    _store(counts.most_common(TERMS_MAX), spelled)
    return min(len(counts), TERMS_MAX)


def _store(counted: list[tuple[str, int]], spelled: dict[str, str]) -> None:
    rows = [SearchTerm(term=spelled[key][:TERM_LENGTH_MAX], folded=key, products=n) for key, n in counted]
    with transaction.atomic():
        SearchTerm.objects.all().delete()
        SearchTerm.objects.bulk_create(rows, batch_size=TERM_BATCH, ignore_conflicts=True)


def _texts(draft: ProductDraft) -> tuple[str, str, str, str, str, str]:
    paths = (" ".join(path) for path in draft.categories)
    options = {value for variant in draft.variants for value in variant.option_values}
    skus = [variant.sku for variant in draft.variants if variant.is_active]
    words = " ".join(
        [draft.subtitle, draft.vendor, draft.product_type, *draft.tags, *paths, *sorted(options)]
    )
    body = plain_text(draft.description_html)[:DESCRIPTION_INDEXED_MAX]
    return (
        _indexed(draft.title),
        _latin(draft.title),
        f"{_indexed(words)} {' '.join(folded(sku) for sku in skus)}",
        _latin(words),
        _indexed(body),
        _latin(body),
    )


def _indexed(text: str) -> str:
    return index_text(text, cut=segmenter.cut)


def _latin(text: str) -> str:
    return " ".join(_only_latin(runs(text)))


def _only_latin(words: Iterable[str]) -> Iterable[str]:
    return (word for word in words if word.isascii())
