"""The claim function: one statement and one commit for a whole batch of claims on one pool.

docs/algorithms/claims.md says what it decides; its parts for shards, turns and giving back are in `sql_parts`.
"""

CREATE_CLAIMS = """
CREATE OR REPLACE FUNCTION rush_claims(
    p_pool uuid, p_claims uuid[], p_members uuid[], p_quantities int[], p_devices bigint[], p_addresses bigint[],
    p_favoured bool[], p_tag text, p_now timestamptz, p_expires timestamptz
) RETURNS TABLE (outcomes text[], details int[], holds int[], left_open int, left_any int)
LANGUAGE plpgsql
-- a plan made while the table was small must not stay when it has grown; and nothing here is worth compiling
SET enable_seqscan = off SET enable_nestloop = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    pool rush_pool%ROWTYPE;
    part record;                  -- the row that counts: the pool, or the home shard of these members
    home int;
    everything bool := true;      -- part is all there is (or all shards are locked)
    refusal text;
    remaining int;
    reserve int;
    granted int := 0;
    asked record;
    outcome text;
    detail int;
    seconds int;
    default_seconds int := extract(epoch FROM p_expires - p_now)::int;
    from_reserve int;
    reserved_units int[] := '{}';
    of_member int[];              -- granted so far in this batch
    of_device int[];
    of_address int[];
    n int := coalesce(cardinality(p_claims), 0);
BEGIN
    outcomes := '{}'; details := '{}'; holds := '{}';
    SELECT * INTO pool FROM rush_pool WHERE id = p_pool AND shards = 0 FOR NO KEY UPDATE;
    IF FOUND THEN
        SELECT pool.capacity, pool.taken, pool.reserved_left INTO part;
    ELSE
        SELECT * INTO pool FROM rush_pool WHERE id = p_pool;
        IF FOUND THEN
            home := rush_home(p_members[1], pool.shards);
            IF EXISTS (SELECT 1 FROM unnest(p_members) AS m WHERE rush_home(m, pool.shards) <> home) THEN
                RAISE EXCEPTION 'members of several shards in one batch';
            END IF;
            SELECT * INTO part FROM rush_lock_home(
                pool, home, p_now, p_tag, p_quantities, p_favoured) AS locked;
            everything := part.everything;
        END IF;
    END IF;
    IF pool.id IS NULL THEN refusal := 'missing';
    ELSIF pool.opens_at IS NOT NULL AND p_now < pool.opens_at THEN refusal := 'too_early';
    ELSIF NOT pool.is_open OR (pool.closes_at IS NOT NULL AND p_now >= pool.closes_at) THEN refusal := 'too_late';
    END IF;
    IF pool.id IS NOT NULL THEN
        remaining := part.capacity - part.taken;
        reserve := CASE WHEN p_now < pool.reserved_until THEN part.reserved_left ELSE 0 END;
    END IF;
    -- The usual batch of an open sale: nobody repeats, nobody comes near a limit, there is enough for all.
    IF refusal IS NULL AND pool.device_holds = 0 AND pool.address_holds = 0 AND pool.member_holds = 0
       AND reserve = 0
       AND (SELECT sum(q) FROM unnest(p_quantities) AS q) <= remaining
       AND NOT EXISTS (SELECT 1 FROM rush_claim k WHERE k.id = ANY (p_claims))
       AND (pool.strikes = 0 OR NOT EXISTS (
            SELECT 1 FROM rush_claim k
            WHERE k.pool_id = p_pool AND k.member_id = ANY (p_members) AND k.state = 'expired'))
       AND (pool.member_limit = 0 OR (
            (SELECT count(DISTINCT m) = n AND max(q) <= pool.member_limit
             FROM unnest(p_members, p_quantities) AS u(m, q))
            AND NOT EXISTS (
                SELECT 1 FROM rush_claim k
                WHERE k.pool_id = p_pool AND k.member_id = ANY (p_members) AND k.state IN ('held', 'kept')
                GROUP BY k.member_id
                HAVING sum(k.quantity) + (SELECT max(q) FROM unnest(p_quantities) AS q) > pool.member_limit)))
    THEN
        outcomes := array_fill('granted'::text, ARRAY[n]); details := array_fill(0, ARRAY[n]);
        reserved_units := details;
        holds := array_fill(default_seconds, ARRAY[n]);
        IF pool.hold_seconds_max > 0 AND p_expires IS NOT NULL THEN
            SELECT array_agg(least(default_seconds, rush_hold_seconds(
                       pool.hold_seconds_min, pool.hold_seconds_max, (remaining - before)::int, part.capacity)) ORDER BY u.o)
            INTO holds
            FROM (SELECT o, sum(q) OVER (ORDER BY o) - q AS before
                  FROM unnest(p_quantities) WITH ORDINALITY AS v(q, o)) u;
        END IF;
        SELECT sum(q) INTO granted FROM unnest(p_quantities) AS q;
        remaining := remaining - granted;
        n := 0;  -- decided: the loop has nothing to do
    END IF;

    IF n > 0 THEN
        of_member := array_fill(0, ARRAY[n]); of_device := of_member; of_address := of_member;

        FOR asked IN
            SELECT r.place, r.member, r.quantity,
                   c.id IS NOT NULL AS known, c.state, c.expires_at,
                   (c.pool_id, c.member_id, c.quantity) = (p_pool, r.member, r.quantity) AS is_same,
                   coalesce(m.units, 0) AS units, coalesce(m.held, 0) AS held,
                   coalesce(m.strikes, 0) AS strikes, m.struck_at,
                   coalesce(d.held, 0) AS device_held, coalesce(a.held, 0) AS address_held,
                   r.device, r.address,
                   dense_rank() OVER (ORDER BY r.member)::int AS member_no,
                   CASE WHEN pool.device_holds > 0 THEN dense_rank() OVER (ORDER BY r.device)::int END AS device_no,
                   CASE WHEN pool.address_holds > 0 THEN dense_rank() OVER (ORDER BY r.address)::int END AS address_no,
                   coalesce(r.favoured, false) AND p_tag = pool.reserved_for AS favoured
            FROM unnest(p_claims, p_members, p_quantities, p_devices, p_addresses, p_favoured) WITH ORDINALITY
                 AS r(claim, member, quantity, device, address, favoured, place)
            LEFT JOIN (SELECT * FROM rush_claim k WHERE k.id = ANY (p_claims)) c ON c.id = r.claim
            LEFT JOIN (
                SELECT k.member_id,
                       sum(k.quantity) FILTER (WHERE k.state IN ('held', 'kept'))::int AS units,
                       sum(k.quantity) FILTER (WHERE k.state = 'held')::int AS held,
                       count(*) FILTER (WHERE k.state = 'expired'
                           AND k.expires_at > p_now - make_interval(secs => pool.strike_seconds))::int AS strikes,
                       max(k.expires_at) FILTER (WHERE k.state = 'expired') AS struck_at
                FROM rush_claim k
                WHERE k.pool_id = p_pool AND k.member_id = ANY (p_members)
                  AND (pool.member_limit > 0 OR pool.member_holds > 0 OR pool.strikes > 0)
                GROUP BY k.member_id
            ) m ON m.member_id = r.member
            LEFT JOIN (
                SELECT k.device, sum(k.quantity)::int AS held FROM rush_claim k
                WHERE k.pool_id = p_pool AND k.device = ANY (p_devices) AND k.state = 'held'
                  AND k.device IS NOT NULL AND pool.device_holds > 0
                GROUP BY k.device
            ) d ON d.device = r.device
            LEFT JOIN (
                SELECT k.address, sum(k.quantity)::int AS held FROM rush_claim k
                WHERE k.pool_id = p_pool AND k.address = ANY (p_addresses) AND k.state = 'held'
                  AND k.address IS NOT NULL AND pool.address_holds > 0
                GROUP BY k.address
            ) a ON a.address = r.address
            ORDER BY r.place
        LOOP
            detail := 0; seconds := NULL; from_reserve := 0;
            IF asked.known AND asked.is_same THEN
                outcome := 'replayed';
                IF asked.state = 'held' THEN
                    seconds := greatest(0, extract(epoch FROM asked.expires_at - p_now)::int);
                END IF;
            ELSIF asked.known THEN outcome := 'key_reused';
            ELSIF refusal IS NOT NULL THEN outcome := refusal;
            ELSIF p_expires IS NOT NULL AND pool.strikes > 0 AND asked.strikes >= pool.strikes THEN
                outcome := 'slow_down';
                detail := ceil(extract(epoch FROM asked.struck_at - p_now) + pool.strike_seconds)::int;
            ELSIF pool.member_limit > 0
                  AND asked.units + of_member[asked.member_no] + asked.quantity > pool.member_limit THEN
                outcome := 'limit_reached'; detail := pool.member_limit;
            ELSIF p_expires IS NOT NULL AND pool.member_holds > 0
                  AND asked.held + of_member[asked.member_no] + asked.quantity > pool.member_holds THEN
                outcome := 'unpaid_member'; detail := pool.member_holds;
            ELSIF p_expires IS NOT NULL AND pool.device_holds > 0 AND asked.device IS NOT NULL
                  AND asked.device_held + of_device[asked.device_no] + asked.quantity > pool.device_holds THEN
                outcome := 'unpaid_device'; detail := pool.device_holds;
            ELSIF p_expires IS NOT NULL AND pool.address_holds > 0 AND asked.address IS NOT NULL
                  AND asked.address_held + of_address[asked.address_no] + asked.quantity > pool.address_holds THEN
                outcome := 'unpaid_address'; detail := pool.address_holds;
            ELSIF asked.quantity > remaining - (CASE WHEN asked.favoured THEN 0 ELSE reserve END) THEN
                outcome := 'sold_out';
            ELSE
                outcome := 'granted';
                IF p_expires IS NOT NULL THEN
                    seconds := default_seconds;
                    IF pool.hold_seconds_max > 0 THEN
                        seconds := least(seconds, rush_hold_seconds(
                            pool.hold_seconds_min, pool.hold_seconds_max, remaining, part.capacity));
                    END IF;
                END IF;
                IF asked.favoured THEN
                    from_reserve := least(asked.quantity, reserve);
                    reserve := reserve - from_reserve;
                END IF;
                remaining := remaining - asked.quantity;
                granted := granted + asked.quantity;
                of_member[asked.member_no] := of_member[asked.member_no] + asked.quantity;
                IF asked.device_no IS NOT NULL THEN
                    of_device[asked.device_no] := of_device[asked.device_no] + asked.quantity;
                END IF;
                IF asked.address_no IS NOT NULL THEN
                    of_address[asked.address_no] := of_address[asked.address_no] + asked.quantity;
                END IF;
            END IF;
            outcomes := outcomes || outcome; details := details || detail;
            holds := holds || seconds; reserved_units := reserved_units || from_reserve;
        END LOOP;
    END IF;

    IF granted > 0 THEN
        INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at,
                                shard, reserved_units, device, address)
        SELECT r.claim, p_pool, r.member, r.quantity,
               CASE WHEN p_expires IS NULL THEN 'kept' ELSE 'held' END,
               CASE WHEN r.seconds = default_seconds THEN p_expires ELSE p_now + make_interval(secs => r.seconds) END,
               p_now, home, r.reserved,
               CASE WHEN pool.device_holds > 0 THEN r.device END,
               CASE WHEN pool.address_holds > 0 THEN r.address END
        FROM unnest(p_claims, p_members, p_quantities, outcomes, holds, reserved_units, p_devices, p_addresses)
             AS r(claim, member, quantity, outcome, seconds, reserved, device, address)
        WHERE r.outcome = 'granted';
        IF home IS NULL THEN
            UPDATE rush_pool SET taken = taken + granted, reserved_left = reserve WHERE id = p_pool;
        ELSE
            UPDATE rush_shard SET taken = taken + granted, reserved_left = reserve
            WHERE pool_id = p_pool AND number = home;
        END IF;
    END IF;
    IF everything AND home IS NULL THEN
        left_any := remaining; left_open := remaining - reserve;
    ELSIF everything THEN
        SELECT sum(capacity - taken)::int,
               sum(capacity - taken - CASE WHEN p_now < pool.reserved_until THEN reserved_left ELSE 0 END)::int
        INTO left_any, left_open FROM rush_shard WHERE pool_id = p_pool;
    END IF;
    RETURN NEXT;
END $$;
"""
