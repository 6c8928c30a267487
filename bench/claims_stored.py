"""The lane beside a long past: the same hot pool in an empty database, then with 1M pools and 10M claims stored."""

from pathlib import Path
from statistics import median

from bench import load, stage
from bench.claims import CONNECTIONS, ROUNDS, measure, new_passes, set_up_django

POOLS = 1_000_000
CLAIMS = 10_000_000
MEMBERS = 20_000

_POOLS = """
INSERT INTO rush_pool (id, purpose, capacity, taken, member_limit, is_open, created_at)
SELECT md5('pool' || n)::uuid, 'bench', 100, 9, 2, true, now() - interval '1 day' FROM generate_series(1, %s) AS n
"""
_CLAIMS = """
INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)
SELECT md5('claim' || n)::uuid, md5('pool' || 1 + n %% %s)::uuid, md5('member' || n %% 3000000)::uuid, 1,
       (ARRAY['kept', 'kept', 'kept', 'kept', 'kept', 'kept', 'kept', 'held', 'expired', 'released'])[1 + n %% 10],
       now() + interval '1 day', now() - interval '1 day'
FROM generate_series(1, %s) AS n
"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'rush_claim' AND indexname <> 'rush_claim_pkey'"


def main() -> None:
    with stage.stage() as ground:
        set_up_django()
        passes = ground.home / "passes.txt"
        passes.write_text("\n".join(new_passes(MEMBERS)))
        empty = _rounds(ground, passes)
        _fill(ground)
        passes.write_text("\n".join(new_passes(MEMBERS)))
        stored = _rounds(ground, passes)
    for name, rounds in (("empty", empty), (f"{POOLS} pools and {CLAIMS} claims", stored)):
        for measured, rate in rounds:
            print(
                f"{name}: {measured.requests_per_second:.0f}/s answered, {rate:.0f}/s granted, p99 {measured.p99_ms:.1f} ms"
            )
    before, after = (median(m.requests_per_second for m, _ in rounds) for rounds in (empty, stored))
    stage.report(
        name="claims_stored",
        figure=after,
        unit="durable claims/s, one hot pool, with 1M pools and 10M claims stored",
        reference=before,
        reference_name="the same in an empty database, same run",
        p99_ms=median(m.p99_ms for m, _ in stored),
        connections=CONNECTIONS,
    )


def _rounds(ground: stage.Stage, passes: Path) -> list[tuple[load.Measured, float]]:
    with stage.shop(stage.free_port()) as url:
        return [measure(ground, url, passes, number) for number in range(ROUNDS)]


def _fill(ground: stage.Stage) -> None:
    """Loaded without waiting for the disk or for indexes; whole, checked and analysed before anything is measured."""
    with ground.connect() as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET session_replication_role = replica")  # no foreign key is checked row by row
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(_POOLS, [POOLS])
        indexes = connection.execute(_INDEXES).fetchall()
        connection.execute("ALTER TABLE rush_claim DROP CONSTRAINT rush_claim_pkey")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute(_CLAIMS, [POOLS, CLAIMS])
        connection.execute("ALTER TABLE rush_claim ADD CONSTRAINT rush_claim_pkey PRIMARY KEY (id)")
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE rush_claim, rush_pool")
        connection.execute("CHECKPOINT")
