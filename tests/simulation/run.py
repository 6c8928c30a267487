"""Runs universes, one after another: `python -m tests.simulation.run FIRST COUNT` or by the tests beside it."""

import os
import sys

from django.db import connection

from tests.simulation.invariants import check
from tests.simulation.universe import Universe

SEEDS_IN_TESTS = 120


def run_seeds(first: int, count: int) -> None:
    """Raises AssertionError naming the seed of the first universe that breaks a promise."""
    clear()
    for seed in range(first, first + count):
        universe = Universe(seed)
        try:
            universe.run(check)
        except AssertionError:
            raise
        except Exception as error:
            steps = "\n  ".join(universe.log[-40:])
            raise AssertionError(f"seed {seed}: {error!r}\n  {steps}") from error


def clear() -> None:
    """An empty universe: only what universes fill, which is faster than a flush."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            " AND (tablename LIKE ANY (ARRAY['orders\\_%', 'payments\\_%', 'group\\_buy\\_%', 'rush\\_%',"
            " 'plays\\_%', 'bargain\\_%', 'flash\\_sale\\_%', 'red\\_packet\\_%', 'lucky\\_draw\\_%', 'ledger\\_%',"
            " 'inventory\\_%', 'catalog\\_%', 'people\\_%', 'sharing\\_%', 'messaging\\_%', 'webhooks\\_%', 'platform\\_%'])"
            " OR tablename = 'procrastinate_jobs')"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} CASCADE")


def seeds_for(part: int, parts: int) -> tuple[int, int]:
    """This file's share of the seeds; JISHI_SIM_SEEDS asks for more, JISHI_SIM_FIRST moves the start."""
    total = int(os.environ.get("JISHI_SIM_SEEDS", SEEDS_IN_TESTS))
    first = int(os.environ.get("JISHI_SIM_FIRST", "1"))
    share = -(-total // parts)
    return first + part * share, share


if __name__ == "__main__":
    sys.exit("run it by `make sim`")
