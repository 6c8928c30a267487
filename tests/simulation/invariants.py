"""What must be true after every step, whatever happened."""

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import connection

from jishi.modules.ledger.public import transfers_of
from jishi.modules.orders.public import OrderState, lines_by_order, summaries_by_ids
from jishi.modules.payments.public import PaymentState, RefundState, payments_of_order, refunds_of_order
from jishi.modules.plays.group_buy.public import TeamState, teams_by_ids
from tests.world import fake_provider

if TYPE_CHECKING:
    from tests.simulation.universe import Universe

S = OrderState


def check(universe: "Universe") -> None:
    try:
        _books_balance()
        _stock_is_what_moved()
        _orders_agree_with_money(universe)
        _pools_count_their_claims()
        _teams_are_honest(universe)
        _limits_and_budgets_are_kept()
        if universe.log and universe.log[-1] == "dust settled":
            _nobody_is_left_waiting(universe)
    except AssertionError as error:
        steps = "\n  ".join(universe.log[-40:])
        raise AssertionError(f"seed {universe.seed}: {error}\n  {steps}") from error


def _rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _books_balance() -> None:
    """Every account that keeps a balance keeps the right one."""
    wrong = _rows(
        """
        SELECT a.code, a.available_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id AND t.state = 'posted'), 0)
             - coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id AND t.state <> 'voided'), 0) AS right_minor
        FROM ledger_account a LEFT JOIN ledger_transfer t ON t.credit_id = a.id OR t.debit_id = a.id
        WHERE a.is_bounded GROUP BY a.id
        HAVING a.available_minor <> coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id AND t.state = 'posted'), 0)
             - coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id AND t.state <> 'voided'), 0)
        """
    )
    assert not wrong, f"bounded accounts are off: {wrong}"


def _stock_is_what_moved() -> None:
    wrong = _rows(
        """
        SELECT l.id, l.on_hand, l.held,
               coalesce((SELECT sum(m.quantity) FROM inventory_movement m WHERE m.level_id = l.id), 0) AS moved,
               coalesce((SELECT sum(h.quantity - h.shipped) FROM inventory_hold h
                         WHERE h.level_id = l.id AND h.state = 'held'), 0) AS promised
        FROM inventory_stocklevel l
        WHERE l.on_hand <> coalesce((SELECT sum(m.quantity) FROM inventory_movement m WHERE m.level_id = l.id), 0)
           OR l.held <> coalesce((SELECT sum(h.quantity - h.shipped) FROM inventory_hold h
                                  WHERE h.level_id = l.id AND h.state = 'held'), 0)
           OR l.on_hand < 0 OR l.held < 0 OR l.held > l.on_hand
        """
    )
    assert not wrong, f"stock is off: {wrong}"


def _orders_agree_with_money(universe: "Universe") -> None:
    order_ids = [order_id for _, order_id in universe.orders]
    orders = summaries_by_ids(order_ids)
    lines = lines_by_order(order_ids)
    ledger: dict[object, int] = defaultdict(int)
    for transfer in transfers_of(subject_kind="order", subject_ids=order_ids):
        if transfer.unit == "CNY" and transfer.state == "posted":
            ledger[transfer.subject_id] += transfer.amount_minor * (
                (transfer.credit == "sales") - (transfer.debit == "sales")
            )
    for order_id in order_ids:
        order = orders[order_id]
        payments = [p for p in payments_of_order(order_id) if p.state is PaymentState.SUCCEEDED]
        given = [r for r in refunds_of_order(order_id) if r.state is RefundState.SUCCEEDED]
        paid, back = sum(p.amount_minor for p in payments), sum(r.amount_minor for r in given)
        assert ledger[order_id] == paid - back, (
            f"order {order.number}: ledger {ledger[order_id]}, money {paid} - {back}"
        )
        assert all(universe.book.payments[p.id] == "paid" for p in payments), (
            "we believe in money that never moved"
        )
        assert order.refunded_minor <= order.paid_minor <= order.total_minor
        assert sum(line.refunded_minor for line in lines[order_id]) <= order.paid_minor
        if order.state is S.PLACED:
            assert order.paid_minor == 0
        if order.state in (S.PAID, S.GATHERING, S.PARTLY_SHIPPED, S.SHIPPED, S.RECEIVED):
            assert order.paid_minor == order.total_minor


def _pools_count_their_claims() -> None:
    wrong = _rows(
        """
        SELECT p.id, p.taken + coalesce(s.taken, 0) FROM rush_pool p
        LEFT JOIN (SELECT pool_id, sum(taken) AS taken FROM rush_shard GROUP BY pool_id) s ON s.pool_id = p.id
        LEFT JOIN (SELECT pool_id, sum(quantity) AS units FROM rush_claim WHERE state IN ('held', 'kept')
                   GROUP BY pool_id) c ON c.pool_id = p.id
        WHERE p.taken + coalesce(s.taken, 0) <> coalesce(c.units, 0)
        """
    )
    assert not wrong, f"pools and claims differ: {wrong}"


def _teams_are_honest(universe: "Universe") -> None:
    wrong = _rows(
        """
        SELECT t.id FROM group_buy_team t JOIN rush_pool p ON p.id = t.pool_id
        LEFT JOIN group_buy_seat s ON s.team_id = t.id AND s.state <> 'released'
        GROUP BY t.id, p.taken HAVING count(s.id) <> p.taken OR count(s.id) > t.size
        """
    )
    assert not wrong, f"seats and claims differ: {wrong}"
    orders = summaries_by_ids([order_id for _, order_id in universe.orders])
    teams = teams_by_ids({order.team_id for order in orders.values() if order.team_id})
    for team in teams.values():
        if team.state is TeamState.SUCCEEDED:
            assert team.paid_count == team.size or team.is_merchant_completed, (
                "a team succeeded with empty seats"
            )
    for order in orders.values():
        if order.team_id is None:
            continue
        team = teams[order.team_id]
        if order.state in (S.PAID, S.PARTLY_SHIPPED, S.SHIPPED, S.RECEIVED):
            assert team.state is TeamState.SUCCEEDED, f"{order.number} may ship but its team is {team.state}"
        if order.state is S.GATHERING:
            assert team.state in (TeamState.FORMING, TeamState.FAILED), (
                f"{order.number} waits for a {team.state} team"
            )


def _limits_and_budgets_are_kept() -> None:
    wrong = _rows(
        """
        SELECT u.offer_id, u.member_id, u.units, o.member_limit, coalesce(sum(s.quantity), 0)
        FROM group_buy_memberuse u JOIN group_buy_offer o ON o.id = u.offer_id
        LEFT JOIN (group_buy_seat s JOIN group_buy_team t ON t.id = s.team_id
                   AND (s.state = 'held' OR (s.state = 'paid' AND t.state <> 'failed')))
               ON t.offer_id = u.offer_id AND s.member_id = u.member_id
        GROUP BY u.id, o.member_limit
        HAVING u.units <> coalesce(sum(s.quantity), 0) OR (o.member_limit > 0 AND u.units > o.member_limit)
        """
    )
    assert not wrong, f"limits are off: {wrong}"


def _nobody_is_left_waiting(universe: "Universe") -> None:
    """Goods or money: everybody has one of the two, and the provider keeps exactly what orders keep."""
    orders = summaries_by_ids([order_id for _, order_id in universe.orders])
    for order in orders.values():
        assert order.state not in (S.PLACED, S.GATHERING, S.REFUNDING), (
            f"{order.number} is still {order.state}"
        )
    kept = sum(order.paid_minor - order.refunded_minor for order in orders.values())
    assert universe.book.kept_minor == kept, f"the provider keeps {universe.book.kept_minor}, orders {kept}"
    assert universe.book is fake_provider.book
    held = _rows("SELECT count(*) FROM group_buy_seat WHERE state = 'held'")
    assert held == [(0,)], "a seat is held for nobody"
