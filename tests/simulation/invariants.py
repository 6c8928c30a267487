"""What must be true after every step, whatever happened."""

from typing import TYPE_CHECKING

from jishi.flows.books import WALLET
from jishi.modules.ledger.public import balances
from jishi.modules.orders.public import OrderState, summaries_by_ids
from jishi.modules.plays.group_buy.public import TeamState, teams_by_ids
from tests.simulation import plays_invariants
from tests.simulation.rows import rows
from tests.world import fake_provider

if TYPE_CHECKING:
    from tests.simulation.universe import Universe

S = OrderState


_MONEY_OF_ORDERS = """
SELECT o.number, o.state, coalesce(t.sold, 0), coalesce(p.paid, 0), coalesce(r.back, 0),
       o.paid_minor = o.total_minor, o.paid_minor = 0
FROM orders_order o
LEFT JOIN (SELECT subject_id, sum(CASE WHEN c.code = 'sales' THEN t.amount_minor WHEN d.code = 'sales' THEN -t.amount_minor END)
                  AS sold
           FROM ledger_transfer t JOIN ledger_account c ON c.id = t.credit_id JOIN ledger_account d ON d.id = t.debit_id
           WHERE t.subject_kind = 'order' AND t.state = 'posted' AND t.unit = 'CNY' GROUP BY 1) t ON t.subject_id = o.id
LEFT JOIN (SELECT order_id, sum(amount_minor) AS paid FROM payments_payment WHERE state = 'succeeded' GROUP BY 1) p
       ON p.order_id = o.id
LEFT JOIN (SELECT order_id, sum(amount_minor) AS back FROM payments_refund WHERE state = 'succeeded' GROUP BY 1) r
       ON r.order_id = o.id
WHERE o.id = ANY(%s)
"""


def check(universe: "Universe") -> None:
    try:
        _books_balance()
        _stock_is_what_moved()
        _orders_agree_with_money(universe)
        _refunds_are_made_of_lines()
        _pools_count_their_claims()
        _teams_are_honest(universe)
        _limits_and_budgets_are_kept()
        plays_invariants.check(universe)
        if universe.log and universe.log[-1] == "dust settled":
            _nobody_is_left_waiting(universe)
    except AssertionError as error:
        steps = "\n  ".join(universe.log[-40:])
        raise AssertionError(f"seed {universe.seed}: {error}\n  {steps}") from error


def _books_balance() -> None:
    """Every account that keeps a balance keeps the right one, never below zero; and all units add up to nothing."""
    found = balances()
    for unit in {balance.unit for balance in found}:
        off = sum(balance.debits_minor - balance.credits_minor for balance in found if balance.unit == unit)
        assert off == 0, f"the books in {unit} are off by {off}"
    wrong = rows(
        """
        SELECT a.code, a.available_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id AND t.state = 'posted'), 0)
             - coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id AND t.state <> 'voided'), 0) AS right_minor
        FROM ledger_account a LEFT JOIN ledger_transfer t ON t.credit_id = a.id OR t.debit_id = a.id
        WHERE a.is_bounded GROUP BY a.id
        HAVING a.available_minor < 0
            OR a.available_minor <> coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id AND t.state = 'posted'), 0)
             - coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id AND t.state <> 'voided'), 0)
        """
    )
    assert not wrong, f"bounded accounts are off: {wrong}"


def _stock_is_what_moved() -> None:
    wrong = rows(
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
    for number, state, sold, paid, back, has_all, has_none in rows(_MONEY_OF_ORDERS, [order_ids]):
        assert sold == paid - back, f"order {number}: ledger {sold}, money {paid} - {back}"
        if state == S.PLACED:
            assert has_none, f"order {number} is paid and does not know it"
        if state in (S.PAID, S.GATHERING, S.PARTLY_SHIPPED, S.SHIPPED, S.RECEIVED):
            assert has_all, f"order {number} is {state} and not paid"
    for payment_id, provider in rows(
        "SELECT id, provider FROM payments_payment WHERE state = 'succeeded' AND order_id = ANY(%s)",
        [order_ids],
    ):
        assert provider == WALLET or universe.book.payments[payment_id] == "paid", (
            "we believe in money that never moved"
        )


def _refunds_are_made_of_lines() -> None:
    """What went back was planned for lines or shipping, and no more was planned than had been paid."""
    wrong = rows(
        """
        SELECT o.number, o.refunded_minor, l.planned + o.shipping_refunded_minor, o.paid_minor FROM orders_order o
        JOIN (SELECT order_id, sum(refunded_minor) AS planned, bool_or(refunded_minor > total_minor) AS is_over
              FROM orders_orderline GROUP BY 1) l ON l.order_id = o.id
        WHERE o.refunded_minor > l.planned + o.shipping_refunded_minor OR o.paid_minor > o.total_minor
           OR l.planned + o.shipping_refunded_minor > o.paid_minor OR l.is_over
        """
    )
    assert not wrong, f"orders, lines and what went back differ: {wrong}"


def _pools_count_their_claims() -> None:
    wrong = rows(
        """
        SELECT p.id, p.purpose, p.taken + coalesce(s.taken, 0), c.units, p.capacity FROM rush_pool p
        LEFT JOIN (SELECT pool_id, sum(taken) AS taken, bool_or(taken > capacity) AS is_over
                   FROM rush_shard GROUP BY pool_id) s ON s.pool_id = p.id
        LEFT JOIN (SELECT pool_id, sum(quantity) AS units FROM rush_claim WHERE state IN ('held', 'kept')
                   GROUP BY pool_id) c ON c.pool_id = p.id
        WHERE p.taken + coalesce(s.taken, 0) <> coalesce(c.units, 0)
           OR p.taken + coalesce(s.taken, 0) > p.capacity OR coalesce(s.is_over, false)
        """
    )
    assert not wrong, f"pools and claims differ: {wrong}"


def _teams_are_honest(universe: "Universe") -> None:
    wrong = rows(
        """
        SELECT t.id FROM group_buy_team t JOIN rush_pool p ON p.id = t.pool_id
        LEFT JOIN group_buy_seat s ON s.team_id = t.id AND s.state <> 'released'
        LEFT JOIN (SELECT team_id, count(*) AS kept FROM group_buy_friendseat WHERE is_open GROUP BY 1) f
               ON f.team_id = t.id
        GROUP BY t.id, p.taken, f.kept
        HAVING count(s.id) + coalesce(f.kept, 0) <> p.taken OR p.taken > greatest(t.size, t.capacity)
        """
    )
    assert not wrong, f"seats and claims differ: {wrong}"
    orders = summaries_by_ids([order_id for _, order_id in universe.orders])
    teams = teams_by_ids({order.team_id for order in orders.values() if order.team_id})
    for team in teams.values():
        if team.state is TeamState.SUCCEEDED:
            assert team.size <= team.paid_count <= team.capacity or team.is_merchant_completed, (
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
    wrong = rows(
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
    by_wallet = "SELECT order_id FROM payments_payment WHERE state = 'succeeded' AND provider = %s"
    wallet_paid = {order_id for (order_id,) in rows(by_wallet, [WALLET])}
    kept = sum(
        order.paid_minor - order.refunded_minor for order in orders.values() if order.id not in wallet_paid
    )
    assert universe.book.kept_minor == kept, f"the provider keeps {universe.book.kept_minor}, orders {kept}"
    assert universe.book is fake_provider.book
    held = rows("SELECT count(*) FROM group_buy_seat WHERE state = 'held'")
    assert held == [(0,)], "a seat is held for nobody"
    plays_invariants.check_the_end(universe)
