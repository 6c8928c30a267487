"""Every test starts with a clean count of requests."""

import pytest

from jishi.surfaces.api.limits import forget_callers


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    forget_callers()
