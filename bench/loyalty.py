"""A million random loyalty operations: balances told again from the entries are the balances that were kept.

First some thousands of real operations through the database (grants, spendings, releases, refunds, reversals, expiry), then a
million by the room's own rules in this process, whose entries and running balances are loaded by COPY. `rebuild_balances` tells
all of them again and must find nothing; then one balance is spoilt, and it must find that one.
"""

import random
import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import stage
from bench.claims import set_up_django

REAL_OPERATIONS = 20_000
REAL_MEMBERS = 400
OPERATIONS = 1_000_000
MEMBERS = 20_000
SEED = 7
BEGIN = datetime(2026, 1, 5, 4, tzinfo=UTC)


def main() -> None:
    with stage.stage() as ground:
        set_up_django()
        real = _operate()
        _expect_sound("after real operations")
        entries, loading = _load()
        seconds = _expect_sound("after a million more")
        _spoil_one()
        plain = _insert_plain(ground)
    print(
        f"{REAL_OPERATIONS} real operations: {REAL_OPERATIONS / real:.0f}/s; loading {entries} entries {loading:.1f} s"
    )
    stage.report(
        name="loyalty",
        figure=entries / seconds,
        unit="entries/s told again: 1M operations, every lot, account and purse compared",
        reference=entries / plain,
        reference_name="INSERT … SELECT of as many rows of the same width, same run",
        operations=OPERATIONS,
        entries=entries,
        rebuild_seconds=round(seconds, 2),
        real_operations_per_second=round(REAL_OPERATIONS / real),
    )


def _operate() -> float:
    """Real operations, each in its own transaction; seconds."""
    from jishi.kernel import clock
    from jishi.modules.loyalty import public as loyalty

    dice = random.Random(SEED)
    members = [uuid.UUID(int=dice.getrandbits(128)) for _ in range(REAL_MEMBERS)]
    sources: list[tuple[str, uuid.UUID]] = []
    orders: list[uuid.UUID] = []
    started = time.perf_counter()
    with clock.held_at(BEGIN):
        for number in range(REAL_OPERATIONS):
            if number % 500 == 0:
                clock.advance_held(timedelta(days=9))
                loyalty.release_due_points()
                loyalty.expire_due_points()
            _one(loyalty, dice, member=dice.choice(members), sources=sources, orders=orders)
    return time.perf_counter() - started


def _one(
    loyalty: Any,
    dice: random.Random,
    *,
    member: uuid.UUID,
    sources: list[tuple[str, uuid.UUID]],
    orders: list[uuid.UUID],
) -> None:
    from jishi.kernel import clock

    verb = dice.random()
    if verb < 0.4 or not sources:
        source = ("order", uuid.UUID(int=dice.getrandbits(128)))
        waits = dice.choice([clock.now(), clock.now() + timedelta(days=7)])
        loyalty.grant_points(
            member_id=member, points=dice.randrange(1, 300), source=source, available_at=waits
        )
        sources.append(source)
    elif verb < 0.65 or not orders:
        order = uuid.UUID(int=dice.getrandbits(128))
        try:
            loyalty.reserve_points(
                member_id=member, points=dice.randrange(1, 200), spending_id=order, currency_minor=1
            )
            orders.append(order)
        except loyalty.PointsTooFew:
            return
    elif verb < 0.8:
        dice.choice([loyalty.commit_points, loyalty.commit_points, loyalty.release_points])(
            dice.choice(orders)
        )
    elif verb < 0.9:
        loyalty.return_points(dice.choice(orders), points_so_far=dice.randrange(1, 250))
    else:
        loyalty.reverse_points(
            dice.choice(sources),
            points_so_far=dice.randrange(1, 300),
            policy=dice.choice(list(loyalty.ReturnPolicy)),
        )


class _Model:
    """A million operations by the rules alone, with the balances kept on the way."""

    def __init__(self) -> None:
        self.dice = random.Random(SEED + 1)
        self.members = [uuid.UUID(int=self.dice.getrandbits(128)) for _ in range(MEMBERS)]
        self.lots: dict[uuid.UUID, dict[str, Any]] = {}
        self.of_member: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        self.spent: list[tuple[uuid.UUID, list[Any]]] = []
        self.balances: dict[uuid.UUID, list[int]] = {member: [0, 0, 0] for member in self.members}
        self.entries: list[tuple[Any, ...]] = []
        self.number = 0

    def run(self) -> None:
        for number in range(OPERATIONS):
            self.number = number
            member, verb = self.dice.choice(self.members), self.dice.random()
            if verb < 0.45:
                self.earn(member)
            elif verb < 0.75:
                self.spend(member)
            elif verb < 0.87 and self.spent:
                self.give_back()
            else:
                self.end(member, "expire" if verb < 0.93 else "take_back")

    def earn(self, member: uuid.UUID) -> None:
        lot_id, points = uuid.UUID(int=self.dice.getrandbits(128)), self.dice.randrange(1, 300)
        ends = BEGIN + timedelta(days=30 * self.dice.randrange(1, 30))
        self.lots[lot_id] = {
            "member": member, "ends": ends, "earned": points, "remaining": points, "spent": 0, "expired": 0, "taken_back": 0,
        }  # fmt: skip
        self.of_member[member].append(lot_id)
        self.write(member, lot_id, "earn", points)

    def spend(self, member: uuid.UUID) -> None:
        from jishi.modules.loyalty.rules.points import choose_lots
        from jishi.modules.loyalty.types import OpenLot

        open_lots = [
            OpenLot(lot_id, self.lots[lot_id]["remaining"], self.lots[lot_id]["ends"], BEGIN)
            for lot_id in self.of_member[member]
            if self.lots[lot_id]["remaining"]
        ]
        parts = choose_lots(open_lots, points=self.dice.randrange(1, 400))
        for part in parts:
            self.move(part.lot_id, -part.points, "spent", part.points)
            self.write(member, part.lot_id, "spend", part.points)
        if parts:
            self.spent.append((member, list(parts)))

    def give_back(self) -> None:
        from jishi.modules.loyalty.rules.points import choose_returns

        member, parts = self.spent.pop(self.dice.randrange(len(self.spent)))
        for part in choose_returns(parts, points=self.dice.randrange(1, 400)):
            self.move(part.lot_id, part.points, "spent", -part.points)
            self.write(member, part.lot_id, "give_back", part.points)

    def end(self, member: uuid.UUID, kind: str) -> None:
        left = [lot_id for lot_id in self.of_member[member] if self.lots[lot_id]["remaining"]]
        if left:
            lot_id = self.dice.choice(left)
            points = self.lots[lot_id]["remaining"]
            counter = "expired" if kind == "expire" else "taken_back"
            self.move(lot_id, -points, counter, points)
            self.write(member, lot_id, kind, points)

    def move(self, lot_id: uuid.UUID, change: int, counter: str, counted: int) -> None:
        lot = self.lots[lot_id]
        lot["remaining"] += change
        lot[counter] += counted

    def write(self, member: uuid.UUID, lot_id: uuid.UUID, kind: str, points: int) -> None:
        from jishi.modules.loyalty.rules.points import EFFECTS
        from jishi.modules.loyalty.types import EntryKind

        effect = EFFECTS[EntryKind(kind)]
        self.balances[member][0] += effect.active * points
        at = BEGIN + timedelta(seconds=self.number)
        self.entries.append(
            (
                uuid.UUID(int=(self.number << 80) | self.dice.getrandbits(64)),
                *(member, lot_id, kind, points, 0, effect.active * points, 0, "order", lot_id, "", at),
            )
        )


def _load() -> tuple[int, float]:
    """Entries, lots, accounts and purses of the model; (entries, seconds for loading)."""
    from django.db import connection, transaction

    model = _Model()
    model.run()
    started = time.perf_counter()
    with transaction.atomic():
        _copy_accounts(model)
        _copy_lots(model)
        _copy_entries(model)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(model.entries), time.perf_counter() - started


def _copy_accounts(model: _Model) -> None:
    """Accounts with their purses in the ledger."""
    from jishi.platform.bulk import copy_rows

    copy_rows(
        table="loyalty_account",
        columns=("member_id", "active", "pending", "debt", "opened_at"),
        rows=((member, *kept, BEGIN) for member, kept in model.balances.items()),
    )
    copy_rows(
        table="ledger_account",
        columns=("id", "code", "unit", "kind", "is_bounded", "available_minor", "created_at"),
        rows=(
            (uuid.uuid4(), f"points:{member}", "PTS", "liability", True, kept[0], BEGIN)
            for member, kept in model.balances.items()
        ),
    )


def _copy_lots(model: _Model) -> None:
    from jishi.platform.bulk import copy_rows

    copy_rows(
        table="loyalty_lot",
        columns=(
            *(
                "id",
                "account_id",
                "source_kind",
                "source_id",
                "state",
                "earned",
                "remaining",
                "spent",
                "expired",
            ),
            *(
                "taken_back",
                "covered",
                "reversed",
                "excused",
                "short",
                "available_at",
                "expires_at",
                "at",
                "note",
            ),
        ),
        rows=(
            (
                *(
                    lot_id,
                    lot["member"],
                    "order",
                    lot_id,
                    "active",
                    lot["earned"],
                    lot["remaining"],
                    lot["spent"],
                ),
                *(lot["expired"], lot["taken_back"], 0, 0, 0, 0, BEGIN, lot["ends"], BEGIN, ""),
            )
            for lot_id, lot in model.lots.items()
        ),
    )


def _copy_entries(model: _Model) -> None:
    from jishi.platform.bulk import copy_rows

    copy_rows(
        table="loyalty_entry",
        columns=(
            *("id", "account_id", "lot_id", "kind", "points", "pending", "active", "debt"),
            *("subject_kind", "subject_id", "note", "at"),
        ),
        rows=model.entries,
    )


def _expect_sound(when: str) -> float:
    """Seconds of one telling again; raises when anything differs."""
    from jishi.kernel.actor import SYSTEM
    from jishi.modules.loyalty.public import rebuild_balances

    started = time.perf_counter()
    found = rebuild_balances(by=SYSTEM)
    seconds = time.perf_counter() - started
    if found:
        raise RuntimeError(f"{when}: {found[:3]}")
    print(f"{when}: no difference, {seconds:.2f} s")
    return seconds


def _spoil_one() -> None:
    from django.db import connection

    from jishi.kernel.actor import SYSTEM
    from jishi.modules.loyalty.public import rebuild_balances

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE loyalty_account SET active = active + 1"
            " WHERE member_id = (SELECT min(member_id::text)::uuid FROM loyalty_account)"
        )
    found = {(one.what, one.field) for one in rebuild_balances(by=SYSTEM)}
    if found != {("account", "active"), ("account", "active_of_lots"), ("ledger", "purse")}:
        raise RuntimeError(f"the spoilt balance was not found: {found}")


def _insert_plain(ground: stage.Stage) -> float:
    """Seconds to write as many plain rows of the same width once."""
    with ground.connect() as connection:
        connection.execute("CREATE TABLE plain (LIKE loyalty_entry)")
        started = time.perf_counter()
        connection.execute("INSERT INTO plain SELECT * FROM loyalty_entry")
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
