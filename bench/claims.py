"""One hot pool over HTTP: claims a second, against one-update-per-transaction and against the bare server.

Every claim carries a member pass and an idempotency key of its own, has a per-member limit, expires, and is durable before
it is answered. Afterwards a small pool proves that exactly its capacity was given out.
"""

import time
import uuid
from statistics import median

from bench import load, stage

CONNECTIONS = 256
SECONDS = 6
ROUNDS = 3
MEMBERS = 20_000
SMALL = 500

_LUA = """
local passes = {}
for line in io.lines("%s") do passes[#passes + 1] = line end
math.randomseed(os.time() + %d)
local n = math.random(#passes)
request = function()
  n = n %% #passes + 1
  local key = string.format("%%08x-%%04x-4%%03x-a%%03x-%%06x%%06x", math.random(0, 0xfffffff), math.random(0, 0xffff),
    math.random(0, 0xfff), math.random(0, 0xfff), math.random(0, 0xffffff), math.random(0, 0xffffff))
  return wrk.format("POST", "/rush/pools/%s/claims",
    {["authorization"] = "Pass " .. passes[n], ["idempotency-key"] = key, ["content-type"] = "application/json"},
    '{"quantity": 1}')
end
"""
_ECHO = """
wrk.method = "POST"
wrk.body = '{"quantity": 1}'
wrk.headers["content-type"] = "application/json"
"""
_HOT_ROW = """
BEGIN;
UPDATE rush_pool SET taken = taken + 1 WHERE id = '%s' AND taken < capacity;
INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)
VALUES (gen_random_uuid(), '%s', gen_random_uuid(), 1, 'held', now() + interval '15 minutes', now());
COMMIT;
"""


def main() -> None:
    with stage.stage() as ground:
        _set_up_django()
        passes = ground.home / "passes.txt"
        passes.write_text("\n".join(_passes()))
        naive = stage.pgbench(ground, _HOT_ROW % ((_pool(10**8),) * 2), clients=32)
        with stage.bare_echo(stage.free_port()) as url:
            echo = load.wrk(url, connections=CONNECTIONS, seconds=SECONDS, script=_ECHO, folder=ground.home)
        with stage.shop(stage.free_port()) as url:
            rounds = []
            for number in range(ROUNDS):
                pool = _pool(10**8)
                script = _LUA % (passes, number, pool)
                measured = load.wrk(
                    url, connections=CONNECTIONS, seconds=SECONDS, script=script, folder=ground.home
                )
                time.sleep(0.5)  # what was in flight when the load stopped
                taken, claims = _counts(ground, pool)
                assert taken == claims, (taken, claims)
                rounds.append((measured, taken / SECONDS))
            small = _pool(SMALL)
            crowd = load.wrk(
                url, connections=64, seconds=2, script=_LUA % (passes, 99, small), folder=ground.home
            )
            sold, rows = _counts(ground, small)
    assert sold == rows == SMALL, f"sold {sold} with {rows} claims of {SMALL}"
    print(f"pgbench, one update and one insert per transaction, 32 clients: {naive:.0f}/s")
    print(
        f"bare server, JSON echo, {CONNECTIONS} connections: {echo.requests_per_second:.0f}/s, p99 {echo.p99_ms:.1f} ms"
    )
    for measured, rate in rounds:
        print(
            f"claims: {measured.requests_per_second:.0f}/s answered, {rate:.0f}/s granted, p99 {measured.p99_ms:.1f} ms"
        )
    print(f"{crowd.requests} asked for {SMALL} units: {sold} sold")
    figure = median(measured.requests_per_second for measured, _ in rounds)
    stage.report(
        name="claims",
        figure=figure,
        unit="durable claims/s, one hot pool",
        reference=naive,
        reference_name="pgbench one update per transaction, 32 clients",
        ratio_to_bare_server=round(figure / echo.requests_per_second, 3),
        bare_server=round(echo.requests_per_second),
        p99_ms=median(measured.p99_ms for measured, _ in rounds),
        connections=CONNECTIONS,
        sold_exactly=sold,
    )


def _set_up_django() -> None:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    django.setup()


def _passes() -> list[str]:
    from jishi.platform.rush.passes import issue_pass

    now = int(time.time())
    return [issue_pass(uuid.uuid4(), now_seconds=now) for _ in range(MEMBERS)]


def _pool(capacity: int) -> uuid.UUID:
    from jishi.platform.rush import open_pool

    return open_pool(purpose="bench", capacity=capacity, member_limit=100)


def _counts(ground: stage.Stage, pool: uuid.UUID) -> tuple[int, int]:
    with ground.connect() as connection:
        taken = connection.execute("SELECT taken FROM rush_pool WHERE id = %s", [pool]).fetchone()
        claims = connection.execute("SELECT count(*) FROM rush_claim WHERE pool_id = %s", [pool]).fetchone()
    assert taken and claims
    return taken[0], claims[0]
