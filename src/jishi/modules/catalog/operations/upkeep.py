"""The copies that keep lists to one statement, and the version stamp."""

import uuid
from collections.abc import Sequence

from django.db import connection

from jishi.kernel import clock

_REFRESH = """
UPDATE catalog_product AS p SET
  min_price_minor = s.low, max_price_minor = s.high, compare_at_minor = s.compare_at,
  cover_path = COALESCE(s.cover, ''), stamp = p.stamp + 1, updated_at = %(now)s
FROM (
  SELECT p2.id,
    min(v.price_minor) AS low, max(v.price_minor) AS high,
    (array_agg(v.compare_at_minor ORDER BY v.price_minor, v.position))[1] AS compare_at,
    (SELECT i.path FROM catalog_productimage i WHERE i.product_id = p2.id AND i.path <> ''
      ORDER BY i.position, i.id LIMIT 1) AS cover
  FROM catalog_product p2
  LEFT JOIN catalog_variant v ON v.is_active AND (
    v.product_id = p2.id OR (p2.kind = 'grouped' AND v.sku = ANY(p2.member_skus)))
  WHERE p2.id IN (
    SELECT unnest(%(ids)s::uuid[])
    UNION SELECT g.id FROM catalog_product g WHERE g.kind = 'grouped'
      AND g.member_skus && ARRAY(SELECT sku::varchar FROM catalog_variant WHERE product_id = ANY(%(ids)s)))
  GROUP BY p2.id
) AS s WHERE p.id = s.id
"""


def refresh_copies(product_ids: Sequence[uuid.UUID]) -> None:
    """Prices, cover and stamp of these products and of those that gather them; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"ids": list(product_ids), "now": clock.now()})


def add_sold(*, product_id: uuid.UUID, quantity: int) -> None:
    """Count sales for sorting; negative when they are taken back. Never below zero, and no new stamp."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_product SET sold_count = GREATEST(0, sold_count + %s) WHERE id = %s",
            [quantity, product_id],
        )
