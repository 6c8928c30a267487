"""Time and chance can be held, and are given back afterwards."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from jishi.kernel import chance, clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_held_clock_stands_still_and_moves_only_when_told() -> None:
    with clock.held_at(NOON):
        assert clock.now() == clock.now() == NOON
        assert clock.advance_held(timedelta(minutes=15)) == NOON + timedelta(minutes=15) == clock.now()
        with clock.held_at(NOON - timedelta(days=1)):
            assert clock.now() == NOON - timedelta(days=1)
        assert clock.now() == NOON + timedelta(minutes=15)

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_clock_is_given_back_after_a_crash() -> None:
    with pytest.raises(ZeroDivisionError), clock.held_at(NOON):
        _ = 1 / 0

    assert clock.now() != NOON


def test_a_clock_is_held_in_utc_at_aware_instants_only() -> None:
    with clock.held_at(NOON.astimezone(timezone(timedelta(hours=8)))):
        assert clock.now().tzinfo is UTC
        assert clock.now() == NOON
    with pytest.raises(ValueError, match="aware"), clock.held_at(NOON.replace(tzinfo=None)):
        pass


def test_a_free_clock_cannot_be_moved() -> None:
    with pytest.raises(RuntimeError, match="not held"):
        clock.advance_held(timedelta(seconds=1))


def test_seeded_chance_repeats_itself() -> None:
    def draw() -> tuple[object, ...]:
        return chance.digits(6), chance.code(8), chance.pick("abcdef"), chance.random_bytes(10)

    with chance.seeded(3):
        first = draw()
    with chance.seeded(3):
        again = draw()
    with chance.seeded(4):
        other = draw()

    assert first == again
    assert first != other
    assert draw() != draw()


def test_a_secret_is_never_drawn_from_a_seeded_source() -> None:
    with chance.seeded(1):
        first = chance.secret()
    with chance.seeded(1):
        second = chance.secret()

    assert first != second


def test_codes_can_be_read_out() -> None:
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{200}", chance.code(200))
    assert re.fullmatch(r"\d{200}", chance.digits(200))
