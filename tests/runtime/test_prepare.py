"""Preparing: what is done when, told with stand-ins for the database and the seeding."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jishi.runtime import prepare
from jishi.runtime.environment import Environment, environment


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    for name in ("migrate", "_set_up_django"):
        monkeypatch.setattr(prepare, name, lambda: None)
    monkeypatch.setattr(prepare.static_files, "collect", lambda home: None)
    monkeypatch.setattr(prepare.static_files, "is_collected", lambda home: True)
    monkeypatch.setattr(prepare, "_has_seed", lambda: True)
    yield replace(environment(), home=tmp_path)


class Shop:
    """Counts what is done to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, has_members: bool = False) -> None:
        self.done: list[str] = []
        self.has_members = has_members
        self.breaks = False
        monkeypatch.setattr(prepare, "_has_members", lambda: self.has_members)
        monkeypatch.setattr(prepare, "_empty_database", self._empty)
        monkeypatch.setattr(prepare, "seed", self._seed)

    def _empty(self) -> None:
        self.done.append("emptied")
        self.has_members = False

    def _seed(self, home: Path) -> None:
        self.done.append("seeded")
        self.has_members = True
        if self.breaks:
            raise KeyboardInterrupt


Make = Callable[..., Shop]


@pytest.fixture
def make_shop(monkeypatch: pytest.MonkeyPatch) -> Make:
    return lambda **words: Shop(monkeypatch, **words)


def test_an_empty_shop_is_seeded_once(env: Environment, make_shop: Make) -> None:
    shop = make_shop()

    prepare.prepare(env, with_seed=True)
    prepare.prepare(env, with_seed=True)

    assert shop.done == ["seeded"]
    assert prepare.is_prepared(env, with_seed=True)


def test_an_interrupted_seeding_is_begun_anew(env: Environment, make_shop: Make) -> None:
    shop = make_shop()
    shop.breaks = True
    with pytest.raises(KeyboardInterrupt):
        prepare.prepare(env, with_seed=True)
    assert not prepare.is_prepared(env, with_seed=True)

    shop.breaks = False
    prepare.prepare(env, with_seed=True)

    assert shop.done == ["seeded", "emptied", "seeded"]
    assert prepare.is_prepared(env, with_seed=True)


def test_a_shop_with_members_of_its_own_is_neither_seeded_nor_emptied(
    env: Environment, make_shop: Make
) -> None:
    shop = make_shop(has_members=True)

    prepare.prepare(env, with_seed=True)

    assert shop.done == []


def test_a_mark_about_another_database_says_nothing(env: Environment, make_shop: Make) -> None:
    shop = make_shop()
    prepare.prepare(env, with_seed=True)
    other = replace(env, database_url="postgresql://somebody@elsewhere/shop", uses_embedded_database=False)

    assert not prepare.is_prepared(other, with_seed=True)
    assert shop.done == ["seeded"]


def test_a_changed_migration_asks_for_preparing(
    env: Environment, make_shop: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shop()
    prepare.prepare(env, with_seed=True)

    monkeypatch.setattr(prepare, "migrations_fingerprint", lambda: "another")

    assert not prepare.is_prepared(env, with_seed=True)


def test_a_key_is_made_once_and_only_for_its_owner(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JISHI_SECRET_KEY", raising=False)

    prepare.ensure_secret(env)
    first = (env.home / "secret.key").read_text()
    prepare.ensure_secret(env)

    assert len(first) >= 50
    assert (env.home / "secret.key").read_text() == first
    assert (env.home / "secret.key").stat().st_mode & 0o077 == 0
