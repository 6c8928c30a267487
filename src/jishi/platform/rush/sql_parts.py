"""What stands around the claim function: shards, giving back, capacity, turns, and telling the lanes of it."""

CREATE_PARTS = """
CREATE FUNCTION rush_home(p_member uuid, p_shards int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (get_byte(uuid_send(p_member), 14) * 256 + get_byte(uuid_send(p_member), 15)) % p_shards
$$;

CREATE FUNCTION rush_hold_seconds(p_min int, p_max int, p_remaining int, p_capacity int) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
    SELECT (p_min + (p_max - p_min)::bigint * p_remaining / greatest(p_capacity, 1))::int
$$;

-- Locks every shard in number order and shares what is free anew: the home first gets what its batch wants, the
-- rest goes evenly, one more for the lowest numbers. Reserved and open units are shared apart. Sums do not change.
CREATE FUNCTION rush_share_out(p_pool uuid, p_home int, p_want_open int, p_want_favoured int, p_has_reserve bool)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    shards int; free_open int; free_reserved int; home_open int; home_reserved int;
BEGIN
    PERFORM 1 FROM rush_shard WHERE pool_id = p_pool ORDER BY number FOR NO KEY UPDATE;
    SELECT count(*), sum(capacity - taken - reserved_left), sum(reserved_left)
    INTO shards, free_open, free_reserved FROM rush_shard WHERE pool_id = p_pool;
    IF NOT p_has_reserve THEN free_open := free_open + free_reserved; free_reserved := 0; END IF;
    home_reserved := least(p_want_favoured, free_reserved);
    home_open := least(p_want_open + p_want_favoured - home_reserved, free_open);
    free_open := free_open - home_open; free_reserved := free_reserved - home_reserved;
    UPDATE rush_shard s SET capacity = s.taken + n.open + n.reserved, reserved_left = n.reserved
    FROM (
        SELECT id, free_open / shards + (number < free_open % shards)::int
                   + CASE WHEN number = p_home THEN home_open ELSE 0 END AS open,
               free_reserved / shards + (number < free_reserved % shards)::int
                   + CASE WHEN number = p_home THEN home_reserved ELSE 0 END AS reserved
        FROM rush_shard WHERE pool_id = p_pool
    ) n
    WHERE s.id = n.id AND (s.capacity, s.reserved_left) <> (s.taken + n.open + n.reserved, n.reserved);
END $$;

-- The home shard, locked, with enough for the batch; or, when it has not, with all that the others could give.
CREATE FUNCTION rush_lock_home(
    p_pool rush_pool, p_home int, p_now timestamptz, p_tag text, p_quantities int[], p_favoured bool[],
    OUT capacity int, OUT taken int, OUT reserved_left int, OUT everything bool
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    want_open int; want_favoured int; enough bool;
    has_reserve bool := coalesce(p_now < p_pool.reserved_until, false);
BEGIN
    SELECT coalesce(sum(r.quantity) FILTER (WHERE NOT r.is_favoured), 0),
           coalesce(sum(r.quantity) FILTER (WHERE r.is_favoured), 0)
    INTO want_open, want_favoured
    FROM (SELECT quantity, coalesce(favoured, false) AND p_tag = p_pool.reserved_for AS is_favoured
          FROM unnest(p_quantities, p_favoured) AS u(quantity, favoured)) r;
    SELECT s.capacity - s.taken - CASE WHEN has_reserve THEN s.reserved_left ELSE 0 END >= want_open + want_favoured
    INTO enough FROM rush_shard s WHERE s.pool_id = p_pool.id AND s.number = p_home;
    everything := false;
    IF enough THEN
        BEGIN
            SELECT s.capacity, s.taken, s.reserved_left INTO capacity, taken, reserved_left
            FROM rush_shard s WHERE s.pool_id = p_pool.id AND s.number = p_home FOR NO KEY UPDATE;
            IF capacity - taken - (CASE WHEN has_reserve THEN reserved_left ELSE 0 END) < want_open + want_favoured THEN
                RAISE SQLSTATE 'RU001';
            END IF;
            RETURN;
        EXCEPTION WHEN SQLSTATE 'RU001' THEN  -- somebody was quicker: let the row go, then lock all in order
        END;
    END IF;
    PERFORM rush_share_out(p_pool.id, p_home, want_open, want_favoured, has_reserve);
    everything := true;
    SELECT s.capacity, s.taken, s.reserved_left INTO capacity, taken, reserved_left
    FROM rush_shard s WHERE s.pool_id = p_pool.id AND s.number = p_home;
END $$;

-- Units of ended claims go back to the row they were counted in; reserved ones to the reserve while it lasts.
CREATE FUNCTION rush_give_back(p_pools uuid[], p_shards int[], p_units int[], p_reserved int[], p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM rush_pool p WHERE p.id IN (
        SELECT u.pool FROM unnest(p_pools, p_shards) AS u(pool, shard) WHERE u.shard IS NULL
    ) ORDER BY p.id FOR NO KEY UPDATE;
    UPDATE rush_pool p SET taken = p.taken - b.units,
        reserved_left = p.reserved_left + CASE WHEN p_now < p.reserved_until THEN b.reserved ELSE 0 END
    FROM (SELECT u.pool, sum(u.units)::int AS units, sum(u.reserved)::int AS reserved
          FROM unnest(p_pools, p_shards, p_units, p_reserved) AS u(pool, shard, units, reserved)
          WHERE u.shard IS NULL GROUP BY u.pool) b
    WHERE p.id = b.pool;
    IF array_remove(p_shards, NULL) = '{}' THEN RETURN; END IF;
    PERFORM 1 FROM rush_shard s WHERE (s.pool_id, s.number) IN (
        SELECT u.pool, u.shard FROM unnest(p_pools, p_shards) AS u(pool, shard) WHERE u.shard IS NOT NULL
    ) ORDER BY s.pool_id, s.number FOR NO KEY UPDATE;
    UPDATE rush_shard s SET taken = s.taken - b.units,
        reserved_left = s.reserved_left + CASE WHEN p_now < p.reserved_until THEN b.reserved ELSE 0 END
    FROM (SELECT u.pool, u.shard, sum(u.units)::int AS units, sum(u.reserved)::int AS reserved
          FROM unnest(p_pools, p_shards, p_units, p_reserved) AS u(pool, shard, units, reserved)
          WHERE u.shard IS NOT NULL GROUP BY u.pool, u.shard) b
    JOIN rush_pool p ON p.id = b.pool
    WHERE s.pool_id = b.pool AND s.number = b.shard;
END $$;

CREATE FUNCTION rush_expire(p_now timestamptz, p_limit int) RETURNS SETOF uuid LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE
    ids uuid[]; pools uuid[]; shards int[]; units int[]; reserved int[];
BEGIN
    WITH due AS (
        SELECT id FROM rush_claim WHERE state = 'held' AND expires_at <= p_now
        ORDER BY expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), done AS (
        UPDATE rush_claim c SET state = 'expired' FROM due WHERE c.id = due.id
        RETURNING c.id, c.pool_id, c.shard, c.quantity, c.reserved_units
    )
    SELECT array_agg(d.id), array_agg(d.pool_id), array_agg(d.shard::int), array_agg(d.quantity),
           array_agg(d.reserved_units)
    INTO ids, pools, shards, units, reserved FROM done d;
    IF ids IS NULL THEN RETURN; END IF;
    PERFORM rush_give_back(pools, shards, units, reserved, p_now);
    RETURN QUERY SELECT unnest(ids);
END $$;

CREATE FUNCTION rush_resize(p_pool uuid, p_capacity int, p_now timestamptz) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    pool rush_pool%ROWTYPE; used int; reserve int;
BEGIN
    SELECT * INTO pool FROM rush_pool WHERE id = p_pool FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    IF pool.shards = 0 THEN
        IF p_capacity < pool.taken THEN RETURN false; END IF;
        UPDATE rush_pool SET capacity = p_capacity, reserved_left = least(reserved_left, p_capacity - taken)
        WHERE id = p_pool;
        RETURN true;
    END IF;
    PERFORM 1 FROM rush_shard WHERE pool_id = p_pool ORDER BY number FOR NO KEY UPDATE;
    SELECT sum(taken), sum(reserved_left) INTO used, reserve FROM rush_shard WHERE pool_id = p_pool;
    IF p_capacity < used THEN RETURN false; END IF;
    UPDATE rush_pool SET capacity = p_capacity WHERE id = p_pool;
    -- all that is free into the first shard, then shared out as always
    UPDATE rush_shard SET
        reserved_left = CASE WHEN number = 0 THEN least(reserve, p_capacity - used) ELSE 0 END,
        capacity = taken + CASE WHEN number = 0 THEN p_capacity - used ELSE 0 END
    WHERE pool_id = p_pool;
    PERFORM rush_share_out(p_pool, -1, 0, 0, coalesce(p_now < pool.reserved_until, false));
    RETURN true;
END $$;

CREATE FUNCTION rush_split(p_pool uuid, p_shards int) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    pool rush_pool%ROWTYPE;
BEGIN
    SELECT * INTO pool FROM rush_pool WHERE id = p_pool FOR NO KEY UPDATE;
    IF NOT FOUND OR pool.shards > 0 OR EXISTS (SELECT 1 FROM rush_claim WHERE pool_id = p_pool) THEN
        RETURN false;  -- whoever has a claim here was counted in the pool's own row
    END IF;
    UPDATE rush_pool SET shards = p_shards, reserved_left = 0 WHERE id = p_pool;
    INSERT INTO rush_shard (pool_id, number, capacity, taken, reserved_left)
    SELECT p_pool, k, CASE WHEN k = 0 THEN pool.capacity ELSE 0 END, 0,
           CASE WHEN k = 0 THEN pool.reserved_left ELSE 0 END
    FROM generate_series(0, p_shards - 1) AS k;
    PERFORM rush_share_out(p_pool, -1, 0, 0, pool.reserved_until IS NOT NULL);
    RETURN true;
END $$;

-- Places in the order of asking, once for each member; one row lock and one commit for the whole batch.
CREATE FUNCTION rush_turns(p_room uuid, p_members uuid[], p_now timestamptz)
RETURNS TABLE (member uuid, place int) LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    handed int; fresh int;
BEGIN
    SELECT r.turns INTO handed FROM rush_room r WHERE r.pool_id = p_room FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    INSERT INTO rush_turn (room_id, member_id, position, created_at)
    SELECT p_room, n.m, handed + row_number() OVER (ORDER BY n.first), p_now
    FROM (SELECT u.m, min(u.n) AS first FROM unnest(p_members) WITH ORDINALITY AS u(m, n) GROUP BY u.m) n
    WHERE NOT EXISTS (SELECT 1 FROM rush_turn t WHERE t.room_id = p_room AND t.member_id = n.m);
    GET DIAGNOSTICS fresh = ROW_COUNT;
    IF fresh > 0 THEN UPDATE rush_room SET turns = turns + fresh WHERE pool_id = p_room; END IF;
    RETURN QUERY SELECT t.member_id, t.position FROM rush_turn t
        WHERE t.room_id = p_room AND t.member_id = ANY (p_members);
END $$;
"""

CREATE_MOVE = """
-- A claim from one of `p_before` to `p_after`; what it frees is given back when `p_frees`. One that expires does so now.
CREATE OR REPLACE FUNCTION rush_move(p_claim uuid, p_before text[], p_after text, p_frees bool, p_now timestamptz)
RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    c rush_claim%ROWTYPE;
BEGIN
    UPDATE rush_claim SET state = p_after, expires_at = CASE WHEN p_after = 'expired' THEN p_now ELSE expires_at END
    WHERE id = p_claim AND state = ANY (p_before) RETURNING * INTO c;
    IF NOT FOUND THEN RETURN false; END IF;
    IF p_frees THEN
        PERFORM rush_give_back(ARRAY[c.pool_id], ARRAY[c.shard::int], ARRAY[c.quantity], ARRAY[c.reserved_units], p_now);
    END IF;
    RETURN true;
END $$;
"""

CREATE_NEWS = """
CREATE FUNCTION rush_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rush_pool', (to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[0]));
    RETURN NULL;
END $$;
CREATE TRIGGER rush_pool_news AFTER UPDATE ON rush_pool FOR EACH ROW WHEN (
    NEW.taken < OLD.taken
    OR (NEW.capacity, NEW.opens_at, NEW.closes_at, NEW.is_open, NEW.reserved_for, NEW.reserved_until, NEW.shards,
        NEW.device_holds, NEW.address_holds)
       IS DISTINCT FROM
       (OLD.capacity, OLD.opens_at, OLD.closes_at, OLD.is_open, OLD.reserved_for, OLD.reserved_until, OLD.shards,
        OLD.device_holds, OLD.address_holds)
) EXECUTE FUNCTION rush_tell('id');
CREATE TRIGGER rush_shard_news AFTER UPDATE ON rush_shard FOR EACH ROW WHEN (NEW.taken < OLD.taken)
    EXECUTE FUNCTION rush_tell('pool_id');
CREATE TRIGGER rush_room_news AFTER UPDATE ON rush_room FOR EACH ROW WHEN (
    (NEW.burst, NEW.rate) IS DISTINCT FROM (OLD.burst, OLD.rate)
) EXECUTE FUNCTION rush_tell('pool_id');
CREATE TRIGGER rush_room_came AFTER INSERT OR DELETE ON rush_room FOR EACH ROW EXECUTE FUNCTION rush_tell('pool_id');
"""

TUNE_TABLES = """
ALTER TABLE rush_pool SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE rush_shard SET (fillfactor = 50);
ALTER TABLE rush_room SET (fillfactor = 50);
ALTER TABLE rush_claim SET (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);
"""

UNTUNE_TABLES = """
ALTER TABLE rush_pool RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE rush_claim RESET (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor
);
"""

DROP_ALL = """
DROP TRIGGER rush_pool_news ON rush_pool;
DROP TRIGGER rush_shard_news ON rush_shard;
DROP TRIGGER rush_room_news ON rush_room;
DROP TRIGGER rush_room_came ON rush_room;
DROP FUNCTION rush_tell(), rush_turns, rush_split, rush_resize, rush_move, rush_expire, rush_give_back,
    rush_claims, rush_lock_home, rush_share_out, rush_hold_seconds, rush_home;
"""
