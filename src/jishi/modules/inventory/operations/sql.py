"""The statements that touch many levels at once. Rows are locked in the order (variant, id) everywhere."""

from typing import Final

# One statement: lock the levels in order, share each line over its locations, and write all or nothing.
# A level that another transaction has just changed is read again after the wait, so no figure here is stale.
HOLD: Final = """
WITH wanted AS (
  SELECT * FROM unnest(%(hold_ids)s::uuid[], %(variant_ids)s::uuid[], %(quantities)s::bigint[])
    AS w(hold_id, variant_id, quantity)
), known AS (
  SELECT h.id FROM inventory_hold h WHERE h.id = ANY(%(hold_ids)s::uuid[])
), locked AS MATERIALIZED (
  SELECT s.id, s.variant_id, s.location_id, l.priority, l.code,
    CASE WHEN s.is_tracked THEN s.on_hand - s.held ELSE %(endless)s END AS sellable
  FROM inventory_stocklevel s JOIN inventory_location l ON l.id = s.location_id AND l.is_active
  WHERE s.variant_id = ANY(%(variant_ids)s::uuid[])
  ORDER BY s.variant_id, s.id FOR UPDATE OF s
), ranked AS (
  SELECT w.hold_id, w.quantity, k.id AS level_id, k.location_id, GREATEST(k.sellable, 0) AS sellable,
    COALESCE(sum(GREATEST(k.sellable, 0)) OVER chosen, 0) AS before, row_number() OVER ordered AS place
  FROM wanted w JOIN locked k ON k.variant_id = w.variant_id
  WINDOW ordered AS (PARTITION BY w.hold_id ORDER BY (k.sellable >= w.quantity) DESC, k.priority, k.code),
    chosen AS (ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), parts AS (
  SELECT hold_id, level_id, place, LEAST(sellable, quantity - before) AS quantity,
    CASE WHEN place = 1 THEN hold_id ELSE md5(hold_id::text || location_id::text)::uuid END AS id
  FROM ranked WHERE before < quantity AND sellable > 0
), short AS (
  SELECT w.variant_id, w.quantity, COALESCE(sum(p.quantity), 0) AS found
  FROM wanted w LEFT JOIN parts p ON p.hold_id = w.hold_id
  GROUP BY w.hold_id, w.variant_id, w.quantity HAVING COALESCE(sum(p.quantity), 0) < w.quantity
), moved AS (
  UPDATE inventory_stocklevel s SET held = s.held + p.quantity, updated_at = %(now)s
  FROM parts p WHERE s.id = p.level_id
    AND NOT EXISTS (SELECT 1 FROM short) AND NOT EXISTS (SELECT 1 FROM known)
  RETURNING s.id
), written AS (
  INSERT INTO inventory_hold
    (id, level_id, quantity, shipped, state, cause_kind, cause_id, expires_at, created_at)
  SELECT p.id, p.level_id, p.quantity, 0, 'held', %(cause_kind)s, %(cause_id)s, %(expires_at)s, %(now)s
  FROM parts p JOIN moved m ON m.id = p.level_id
  RETURNING id
)
SELECT 'short', variant_id, quantity, found FROM short
UNION ALL SELECT 'known', id, 0, 0 FROM known
UNION ALL SELECT 'held', id, 0, 0 FROM written
"""

WRITE_LEVELS: Final = """
UPDATE inventory_stocklevel s
SET on_hand = w.on_hand, held = w.held, is_tracked = w.tracked, updated_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(on_hand)s::bigint[], %(held)s::bigint[], %(tracked)s::boolean[])
  AS w(id, on_hand, held, tracked)
WHERE s.id = w.id
"""

_GIVE_BACK: Final = """
, sums AS (
  SELECT level_id, sum(rest) AS quantity FROM closed GROUP BY level_id
), locked AS MATERIALIZED (
  SELECT s.id, s.variant_id FROM inventory_stocklevel s WHERE s.id IN (SELECT level_id FROM sums)
  ORDER BY s.variant_id, s.id FOR UPDATE
), moved AS (
  UPDATE inventory_stocklevel s SET held = s.held - sums.quantity, updated_at = %(now)s
  FROM sums JOIN locked ON locked.id = sums.level_id WHERE s.id = sums.level_id
  RETURNING s.id
)
SELECT c.cause_kind, c.cause_id, l.variant_id, sum(c.rest)
FROM closed c JOIN locked l ON l.id = c.level_id JOIN moved m ON m.id = c.level_id
GROUP BY c.cause_kind, c.cause_id, l.variant_id
"""

RELEASE: Final = (
    """
WITH mine AS MATERIALIZED (
  SELECT h.id FROM inventory_hold h
  WHERE h.cause_kind = %(cause_kind)s AND h.cause_id = %(cause_id)s AND h.state = 'held'
  ORDER BY h.id FOR UPDATE
), closed AS (
  UPDATE inventory_hold h SET state = 'released', closed_at = %(now)s, expires_at = NULL
  FROM mine WHERE h.id = mine.id AND h.state = 'held'
  RETURNING h.level_id, h.quantity - h.shipped AS rest, h.cause_kind, h.cause_id
)"""
    + _GIVE_BACK
)

EXPIRE: Final = (
    """
WITH due AS MATERIALIZED (
  SELECT h.id FROM inventory_hold h WHERE h.state = 'held' AND h.expires_at <= %(now)s
  ORDER BY h.expires_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), closed AS (
  UPDATE inventory_hold h SET state = 'expired', closed_at = %(now)s
  FROM due WHERE h.id = due.id AND h.state = 'held'
  RETURNING h.level_id, h.quantity - h.shipped AS rest, h.cause_kind, h.cause_id
)"""
    + _GIVE_BACK
)

# Goods change their cause and stay where they are: the lines, laid end to end, are cut out of the source's open holds, laid
# end to end. No level is touched, for what is held there stays the same.
TAKE_OVER: Final = """
WITH wanted AS (
  SELECT w.hold_id, w.cause_id, w.quantity, sum(w.quantity) OVER (ORDER BY w.place) - w.quantity AS start
  FROM unnest(%(hold_ids)s::uuid[], %(cause_ids)s::uuid[], %(quantities)s::bigint[])
    WITH ORDINALITY AS w(hold_id, cause_id, quantity, place)
), source AS MATERIALIZED (
  SELECT h.id, h.level_id, h.quantity - h.shipped AS rest FROM inventory_hold h
  WHERE h.cause_kind = %(from_kind)s AND h.cause_id = %(from_id)s AND h.state = 'held'
  ORDER BY h.id FOR UPDATE
), ranked AS (
  SELECT id, level_id, rest, sum(rest) OVER (ORDER BY id) - rest AS start FROM source
), parts AS (
  SELECT w.hold_id, w.cause_id, s.id AS source_id, s.level_id,
    LEAST(w.start + w.quantity, s.start + s.rest) - GREATEST(w.start, s.start) AS quantity,
    row_number() OVER (PARTITION BY w.hold_id ORDER BY s.id) AS place
  FROM wanted w JOIN ranked s ON s.start < w.start + w.quantity AND w.start < s.start + s.rest
), sums AS (
  SELECT (SELECT sum(quantity) FROM wanted) AS wanted, COALESCE((SELECT sum(rest) FROM source), 0) AS found
), taken AS (
  SELECT p.source_id, sum(p.quantity) AS quantity FROM parts p, sums WHERE sums.found >= sums.wanted
  GROUP BY p.source_id
), shrunk AS (
  UPDATE inventory_hold h SET
    quantity = CASE WHEN h.quantity = t.quantity THEN h.quantity ELSE h.quantity - t.quantity END,
    state = CASE WHEN h.quantity - h.shipped > t.quantity THEN 'held'
      WHEN h.shipped > 0 THEN 'shipped' ELSE 'released' END,
    closed_at = CASE WHEN h.quantity - h.shipped > t.quantity THEN NULL ELSE %(now)s END
  FROM taken t WHERE h.id = t.source_id
  RETURNING h.id
), written AS (
  INSERT INTO inventory_hold (id, level_id, quantity, shipped, state, cause_kind, cause_id, expires_at, created_at)
  SELECT CASE WHEN p.place = 1 THEN p.hold_id ELSE md5(p.hold_id::text || p.source_id::text)::uuid END,
    p.level_id, p.quantity, 0, 'held', %(to_kind)s, p.cause_id, NULL, %(now)s
  FROM parts p JOIN shrunk ON shrunk.id = p.source_id
  RETURNING id
)
SELECT wanted::bigint, found::bigint, (SELECT count(*) FROM written) FROM sums
"""
