"""A share of the simulated universes; its sisters run in other processes."""

import pytest

from tests.simulation.run import run_seeds, seeds_for

FIRST, COUNT = seeds_for(1, 2)
CHUNK = 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, CHUNK))
def test_no_universe_breaks_a_promise(first: int) -> None:
    run_seeds(first, min(CHUNK, FIRST + COUNT - first))
