"""The town stands behind every test here."""

from tests.world.township_fixture import _django_db_helper, town

__all__ = ["_django_db_helper", "town"]
