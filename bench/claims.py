"""One hot pool over HTTP: claims a second, against one-update-per-transaction and against the bare server.

Every claim carries a member pass and an idempotency key of its own, has a per-member limit, expires, and is durable before
it is answered. The bare server is measured before and after, because other work on the machine comes and goes. Then two front
doors on two ports sell 500 units to 2,000 people, twenty times over, and each time exactly 500 are sold.
"""

import asyncio
import time
import uuid
from collections import Counter
from pathlib import Path
from statistics import median

from bench import load, stage
from bench.client import Client

CONNECTIONS = 256
SECONDS = 6
ROUNDS = 3
MEMBERS = 20_000
PEOPLE = 2_000
SMALL = 500
CROWD_ROUNDS = 20
CROWD_CONNECTIONS = 128

LUA = """
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
HOT_ROW = """
BEGIN;
UPDATE rush_pool SET taken = taken + 1 WHERE id = '%s' AND taken < capacity;
INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)
VALUES (gen_random_uuid(), '%s', gen_random_uuid(), 1, 'held', now() + interval '15 minutes', now());
COMMIT;
"""


def main() -> None:
    with stage.stage() as ground:
        set_up_django()
        passes = ground.home / "passes.txt"
        passes.write_text("\n".join(new_passes(MEMBERS)))
        naive = stage.pgbench(ground, HOT_ROW % ((new_pool(10**8),) * 2), clients=32)
        echo = [_echo(ground)]
        with stage.shop(stage.free_port()) as url:
            rounds = [measure(ground, url, passes, number) for number in range(ROUNDS)]
        echo.append(_echo(ground))
        with (
            stage.shop(stage.free_port(), workers=1) as one,
            stage.shop(stage.free_port(), workers=1) as other,
        ):
            crowds = [asyncio.run(_crowd(ground, [one, other], new_pool(SMALL))) for _ in range(CROWD_ROUNDS)]
    assert all(sold == SMALL for sold, _ in crowds), crowds
    _print(naive, echo, rounds, crowds)


def measure(ground: stage.Stage, url: str, passes: Path, number: int) -> tuple[load.Measured, float]:
    """(what the client saw, grants a second) of one fresh pool; its books must agree."""
    pool = new_pool(10**8)
    script = LUA % (passes, number, pool)
    measured = load.wrk(url, connections=CONNECTIONS, seconds=SECONDS, script=script, folder=ground.home)
    time.sleep(0.5)  # what was in flight when the load stopped
    taken, claims = counts(ground, pool)
    assert taken == claims, (taken, claims)
    return measured, taken / SECONDS


def _echo(ground: stage.Stage) -> load.Measured:
    with stage.bare_echo(stage.free_port()) as url:
        return load.wrk(url, connections=CONNECTIONS, seconds=SECONDS, script=_ECHO, folder=ground.home)


async def _crowd(ground: stage.Stage, urls: list[str], pool: uuid.UUID) -> tuple[int, float]:
    """2,000 people ask for 500 units at two doors, as fast as they can: (sold, seconds)."""
    bearers = iter(new_passes(PEOPLE))
    statuses: Counter[int] = Counter()

    async def hand(url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        client = Client(host, int(port))
        for bearer in bearers:
            headers = {"authorization": f"Pass {bearer}", "idempotency_key": str(uuid.uuid4())}
            answer = await client.send("POST", f"/rush/pools/{pool}/claims", body=b"", **headers)
            statuses[answer.status] += 1

    started = time.monotonic()
    await asyncio.gather(*[hand(urls[n % 2]) for n in range(CROWD_CONNECTIONS)])
    seconds = time.monotonic() - started
    taken, claims = counts(ground, pool)
    assert statuses == {201: SMALL, 409: PEOPLE - SMALL}, statuses
    assert taken == claims, (taken, claims)
    return taken, seconds


def _print(
    naive: float,
    echo: list[load.Measured],
    rounds: list[tuple[load.Measured, float]],
    crowds: list[tuple[int, float]],
) -> None:
    print(f"pgbench, one update and one insert per transaction, 32 clients: {naive:.0f}/s")
    for measured in echo:
        print(f"bare server, JSON echo, {CONNECTIONS} connections: {measured.requests_per_second:.0f}/s,"
              f" p99 {measured.p99_ms:.1f} ms")  # fmt: skip
    for measured, rate in rounds:
        print(
            f"claims: {measured.requests_per_second:.0f}/s answered, {rate:.0f}/s granted, p99 {measured.p99_ms:.1f} ms"
        )
    print(f"{PEOPLE} people for {SMALL} units at two doors, {len(crowds)} rounds: sold {[sold for sold, _ in crowds]},"
          f" median {median(seconds for _, seconds in crowds):.2f} s")  # fmt: skip
    figure = median(measured.requests_per_second for measured, _ in rounds)
    bare = median(measured.requests_per_second for measured in echo)
    stage.report(
        name="claims",
        figure=figure,
        unit="durable claims/s, one hot pool",
        reference=naive,
        reference_name="pgbench one update per transaction, 32 clients",
        ratio_to_bare_server=round(figure / bare, 3),
        bare_server=round(bare),
        p99_ms=median(measured.p99_ms for measured, _ in rounds),
        connections=CONNECTIONS,
        rounds_sold_exactly=len(crowds),
    )


def set_up_django() -> None:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    django.setup()


def new_passes(count: int) -> list[str]:
    from jishi.platform.rush.passes import issue_pass

    now = int(time.time())
    return [issue_pass(uuid.uuid4(), now_seconds=now) for _ in range(count)]


def new_pool(capacity: int) -> uuid.UUID:
    from jishi.platform.rush import open_pool

    return open_pool(purpose="bench", capacity=capacity, member_limit=100)


def counts(ground: stage.Stage, pool: uuid.UUID) -> tuple[int, int]:
    with ground.connect() as connection:
        taken = connection.execute("SELECT taken FROM rush_pool WHERE id = %s", [pool]).fetchone()
        claims = connection.execute("SELECT count(*) FROM rush_claim WHERE pool_id = %s", [pool]).fetchone()
    assert taken and claims
    return taken[0], claims[0]
