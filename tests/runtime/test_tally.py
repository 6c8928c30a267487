"""Who came and what they were told: counted where people are answered, added up in one table."""

import os
import subprocess
import sys
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.errors import Refusal
from jishi.platform import rush
from jishi.platform.rush import tally
from jishi.platform.rush.tally import KEYS_MAX, Tally

pytestmark = pytest.mark.django_db(transaction=True)

# a process of its own with a lane of its own: six people, one of them twice with the same key, then a quiet end
PROCESS = """
import asyncio, sys, time, uuid
import django
django.setup()
from jishi.platform.rush.lane import Wish, open_lane
from jishi.platform.rush.passes import Pass
dsn, pool = sys.argv[1:]
async def main():
    async with open_lane(dsn) as lane:
        for n in range(6):
            member = uuid.uuid4()
            bearer = Pass(member, member.hex, int(time.time()) + 900, 0, frozenset())
            wish = Wish(pool, str(uuid.uuid4()), bearer, 1)
            print((await lane.claim(wish)).outcome)
            if n == 0:
                print((await lane.claim(wish)).outcome)
asyncio.run(main())
"""


def dsn() -> str:
    """On a socket or a port, as the tests' own connection."""
    found = connection.get_connection_params()
    where = {name: str(found[name]) for name in ("host", "port") if found.get(name)}
    return f"postgresql://{found['user']}@/{found['dbname']}?{urlencode(where)}"


def answers(pool: uuid.UUID) -> dict[str, int]:
    return dict(rush.answers_by_pool([pool])[pool])


def test_what_two_front_doors_and_a_worker_said_adds_up() -> None:
    pool = rush.open_pool(purpose="test", capacity=9)
    run = [sys.executable, "-c", PROCESS, dsn(), str(pool)]
    env = os.environ | {"DATABASE_URL": dsn(), "DJANGO_SETTINGS_MODULE": "jishi.runtime.settings"}
    doors = [subprocess.Popen(run, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = Counter(word for door in doors for word in door.communicate(timeout=60)[0].split())
    assert [door.returncode for door in doors] == [0, 0]
    with pytest.raises(rush.SoldOut):
        rush.claim_units(pool_id=pool, member_id=ids.new_id())
    said["sold_out"] += 1

    rush.write_tally()

    assert answers(pool) == said == {"granted": 9, "replayed": 2, "sold_out": 4}
    assert said["granted"] == rush.pool_state(pool).taken


def test_what_was_rolled_back_was_never_granted() -> None:
    pool = rush.open_pool(purpose="test", capacity=1)
    with pytest.raises(RuntimeError), transaction.atomic():
        rush.claim_units(pool_id=pool, member_id=ids.new_id())
        raise RuntimeError
    rush.claim_units(pool_id=pool, member_id=ids.new_id())
    rush.write_tally()
    assert answers(pool) == {"granted": 1}


def test_each_refusal_is_counted_by_its_name_and_no_pool_is_made_up() -> None:
    early = rush.open_pool(purpose="test", capacity=1, opens_at=clock.now() + timedelta(hours=1))
    limited = rush.open_pool(purpose="test", capacity=9, member_limit=1)
    nowhere, member = ids.new_id(), ids.new_id()
    for pool in (early, limited, limited, limited, nowhere):
        with suppress(Refusal):
            rush.claim_units(pool_id=pool, member_id=member)
    tally.TALLY.add(str(nowhere), "busy")
    rush.write_tally()

    assert answers(early) == {"too_early": 1}
    assert answers(limited) == {"granted": 1, "limit_reached": 2}
    assert answers(nowhere) == {}
    assert rush.total_of([answers(early), answers(limited)]) == {
        "too_early": 1,
        "granted": 1,
        "limit_reached": 2,
    }


def test_what_cannot_be_written_waits_and_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = rush.open_pool(purpose="test", capacity=2)
    rush.claim_units(pool_id=pool, member_id=ids.new_id())
    with monkeypatch.context() as patch:
        patch.setattr(tally, "WRITE", tally.WRITE.replace("rush_tally", "rush_gone"))
        with pytest.raises(Exception, match="rush_gone"):
            rush.write_tally()
    rush.claim_units(pool_id=pool, member_id=ids.new_id())

    assert rush.write_tally() >= 2 and rush.write_tally() == 0
    assert answers(pool) == {"granted": 2}


def test_a_writer_that_cannot_write_keeps_a_bounded_number_of_counts() -> None:
    counts = Tally()
    for n in range(KEYS_MAX + 10):
        counts.add(str(n), "granted")
    counts.add("0", "granted")
    assert len(taken := counts.take()) == KEYS_MAX and taken["0", "granted"] == 2
    counts.add("0", "missing")
    assert counts.take() == {}
