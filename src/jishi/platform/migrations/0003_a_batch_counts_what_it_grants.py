from django.db import migrations

# As it was then; migration 0004 puts rush_claims in its place.
CREATE_CLAIM_BATCH = """
CREATE OR REPLACE FUNCTION rush_claim_batch(
    p_pool uuid, p_claims uuid[], p_members uuid[], p_quantities int[],
    p_now timestamptz, p_expires timestamptz
) RETURNS TABLE (place int, outcome text, detail int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    pool rush_pool%ROWTYPE;
    refusal text;
    remaining int;
    granted int := 0;
    asked record;
    units int;
    of_member jsonb := '{}';  -- units granted so far to members who ask several times in this batch
    outcomes text[] := '{}';
BEGIN
    SELECT * INTO pool FROM rush_pool WHERE id = p_pool FOR UPDATE;
    IF NOT FOUND THEN refusal := 'missing';
    ELSIF pool.opens_at IS NOT NULL AND p_now < pool.opens_at THEN refusal := 'too_early';
    ELSIF NOT pool.is_open OR (pool.closes_at IS NOT NULL AND p_now >= pool.closes_at) THEN refusal := 'too_late';
    END IF;
    remaining := pool.capacity - pool.taken;

    FOR asked IN
        SELECT r.place, r.quantity, r.member, c.id IS NOT NULL AS known,
               (c.pool_id, c.member_id, c.quantity) = (p_pool, r.member, r.quantity) AS is_same,
               coalesce(held.units, 0) AS has, count(*) OVER (PARTITION BY r.member) > 1 AS asks_again
        FROM unnest(p_claims, p_members, p_quantities) WITH ORDINALITY AS r(claim, member, quantity, place)
        LEFT JOIN rush_claim c ON c.id = r.claim
        LEFT JOIN LATERAL (
            SELECT sum(k.quantity)::int AS units FROM rush_claim k
            WHERE pool.member_limit > 0 AND k.pool_id = p_pool AND k.member_id = r.member
              AND k.state IN ('held', 'kept')
        ) held ON true
        ORDER BY r.place
    LOOP
        units := asked.has + asked.quantity;
        IF pool.member_limit > 0 AND asked.asks_again THEN
            units := units + coalesce((of_member ->> asked.member::text)::int, 0);
        END IF;
        IF asked.known AND asked.is_same THEN outcomes := outcomes || 'replayed'::text;
        ELSIF asked.known THEN outcomes := outcomes || 'key_reused'::text;
        ELSIF refusal IS NOT NULL THEN outcomes := outcomes || refusal;
        ELSIF pool.member_limit > 0 AND units > pool.member_limit THEN
            outcomes := outcomes || 'limit_reached'::text;
        ELSIF asked.quantity > remaining THEN outcomes := outcomes || 'sold_out'::text;
        ELSE
            outcomes := outcomes || 'granted'::text;
            remaining := remaining - asked.quantity;
            granted := granted + asked.quantity;
            IF pool.member_limit > 0 AND asked.asks_again THEN
                of_member := of_member || jsonb_build_object(asked.member::text, units - asked.has);
            END IF;
        END IF;
    END LOOP;

    IF granted > 0 THEN
        INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)
        SELECT r.claim, p_pool, r.member, r.quantity,
               CASE WHEN p_expires IS NULL THEN 'kept' ELSE 'held' END, p_expires, p_now
        FROM unnest(p_claims, p_members, p_quantities, outcomes) AS r(claim, member, quantity, outcome)
        WHERE r.outcome = 'granted';
        UPDATE rush_pool SET taken = taken + granted WHERE id = p_pool;
    END IF;
    RETURN QUERY SELECT n::int, outcomes[n], pool.member_limit FROM generate_subscripts(outcomes, 1) AS n;
END $$;
"""
DROP_CLAIM_BATCH = (
    "DROP FUNCTION IF EXISTS rush_claim_batch(uuid, uuid[], uuid[], int[], timestamptz, timestamptz)"
)


class Migration(migrations.Migration):
    """The member's limit counts what a batch grants, not what it repeats or refuses; a claim id belongs to one request."""

    dependencies = [("platform", "0002_claim_function_and_guards")]
    operations = [migrations.RunSQL(CREATE_CLAIM_BATCH, DROP_CLAIM_BATCH)]
