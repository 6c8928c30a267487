"""What must be true of bargains, flash sales, red packets, draws and wallets after every step."""

from typing import TYPE_CHECKING

from jishi.flows.books import WALLET
from jishi.modules.plays.flash_sale.public import balances_of
from jishi.modules.wallet.public import account_of
from tests.simulation.rows import rows

if TYPE_CHECKING:
    from tests.simulation.universe import Universe


def check(universe: "Universe") -> None:
    plays = universe.plays
    if plays.bargain_offer is not None:
        _bargains_follow_their_plan()
        _a_bargain_holds_one_unit()
    if plays.sale is not None:
        _flash_units_add_up(universe)
    if plays.packet_play is not None:
        _packets_are_neither_more_nor_less()
    if plays.draw is not None:
        _draws_number_everything()
    _wallets_hold_what_came_in(universe)


def check_the_end(universe: "Universe") -> None:
    """Nothing is set aside for what is over: no goods, no claims, no budget, no money in purses."""
    left = rows(
        "SELECT cause_kind, cause_id, quantity FROM inventory_hold WHERE state = 'held' AND cause_kind <> 'order'"
    )
    assert not left, f"goods are held for what is over: {left}"
    left = rows("SELECT kind, subject_kind, amount_minor FROM ledger_transfer WHERE state = 'pending'")
    assert not left, f"budget is set aside for what is over: {left}"
    left = rows(
        "SELECT p.purpose, c.id FROM rush_claim c JOIN rush_pool p ON p.id = c.pool_id WHERE c.state = 'held'"
        " AND p.purpose <> 'team'"
    )
    assert not left, f"claims are held for nobody: {left}"
    left = rows(
        "SELECT code, available_minor FROM ledger_account WHERE available_minor <> 0"
        " AND (code LIKE 'red\\_packet:%%' OR code LIKE 'lucky\\_draw:%%')"
    )
    assert not left, f"purses are not empty: {left}"
    assert rows("SELECT count(*) FROM bargain_bargain WHERE state IN ('running', 'ordered')") == [(0,)]


def _bargains_follow_their_plan() -> None:
    wrong = rows(
        """
        SELECT b.id, b.state, b.cut_minor, b.slots_taken FROM bargain_bargain b
        LEFT JOIN (SELECT bargain_id, sum(slots) AS slots, sum(amount_minor) AS minor, count(*) AS helps
                   FROM bargain_help GROUP BY 1) h ON h.bargain_id = b.id
        CROSS JOIN LATERAL (
            SELECT sum(c::bigint) AS whole, sum(c::bigint) FILTER (WHERE place <= b.slots_taken) AS taken,
                   sum(c::bigint) FILTER (WHERE place <= b.own_slots) AS own
            FROM jsonb_array_elements_text(b.cuts) WITH ORDINALITY AS e(c, place)) plan
        WHERE b.cut_minor <> plan.taken OR plan.whole <> b.start_minor - b.floor_minor
           OR b.start_minor - b.cut_minor < b.floor_minor
           OR b.slots_taken <> b.own_slots + coalesce(h.slots, 0)
           OR b.cut_minor <> plan.own + coalesce(h.minor, 0) OR b.ordered_cut_minor > b.cut_minor
        """
    )
    assert not wrong, f"bargains differ from their plans: {wrong}"
    wrong = rows(
        """
        SELECT b.id, b.state, o.state, o.total_minor FROM bargain_bargain b JOIN orders_order o ON o.id = b.order_id
        WHERE b.state IN ('ordered', 'bought') AND o.discount_minor <> b.ordered_cut_minor
        """
    )
    assert not wrong, f"orders were not made at the bargained price: {wrong}"


def _a_bargain_holds_one_unit() -> None:
    """Its own while it runs; an order holds it afterwards; the pool's claim stands as long as it is not given up."""
    wrong = rows(
        """
        SELECT b.id, b.state, coalesce(h.units, 0), c.state FROM bargain_bargain b
        LEFT JOIN (SELECT cause_id, sum(quantity) AS units FROM inventory_hold
                   WHERE cause_kind = 'bargain' AND state = 'held' GROUP BY 1) h ON h.cause_id = b.id
        LEFT JOIN rush_claim c ON c.id = b.claim_id
        WHERE coalesce(h.units, 0) <> (b.state = 'running')::int
           OR coalesce(c.state IN ('held', 'kept'), false) <> (b.state IN ('running', 'ordered', 'bought'))
        """
    )
    assert not wrong, f"bargains hold more or less than their unit: {wrong}"


def _flash_units_add_up(universe: "Universe") -> None:
    sale = universe.plays.sale
    assert sale is not None
    for found in balances_of(sale.id):
        assert found.is_sound, found
        assert found.capacity == found.free + found.claims_held + found.claims_kept, found
        assert found.oversold == 0, found
    wrong = rows(
        """
        SELECT u.order_id, u.state, c.state, o.state FROM flash_sale_unit u
        LEFT JOIN orders_order o ON o.id = u.order_id LEFT JOIN rush_claim c ON c.id = u.claim_id
        WHERE o.id IS NULL OR c.id IS NULL OR c.quantity <> u.quantity
           OR (u.state IN ('ordered', 'paid')) <> (c.state IN ('held', 'kept'))
           OR (u.state = 'ordered' AND o.state <> 'placed') OR (u.state = 'returned' AND o.state = 'placed')
        """
    )
    assert not wrong, f"flash units, claims and orders differ: {wrong}"
    known = {order_id for _, order_id in universe.orders}
    made = {row[0] for row in rows("SELECT id FROM orders_order WHERE play_id = %s", [sale.id])}
    assert made <= known, "an order that nobody has heard of"


def _packets_are_neither_more_nor_less() -> None:
    """Opened + returned + left = funded: by the shares, by the packet's own counters and by the ledger."""
    wrong = rows(
        """
        SELECT p.id, p.total_minor, p.opened_minor, s.minor FROM red_packet_packet p
        LEFT JOIN (SELECT packet_id, sum(amount_minor) AS minor, count(*) AS shares FROM red_packet_share GROUP BY 1) s
               ON s.packet_id = p.id
        LEFT JOIN rush_pool r ON r.id = p.pool_id
        WHERE coalesce(s.minor, 0) <> p.opened_minor OR coalesce(s.shares, 0) <> p.opened_count
           OR r.taken <> p.opened_count OR p.opened_minor > p.total_minor
           OR p.total_minor <> (SELECT sum(c::bigint) FROM jsonb_array_elements_text(p.plan) AS e(c))
        """
    )
    assert not wrong, f"packets and shares differ: {wrong}"
    wrong = rows(
        """
        SELECT a.code, a.available_minor, p.left_minor FROM ledger_account a
        JOIN (SELECT 'red_packet:' || coalesce(play_id, id) AS code,
                     sum(CASE WHEN state = 'open' THEN total_minor - opened_minor ELSE 0 END) AS left_minor
              FROM red_packet_packet GROUP BY 1) p ON p.code = a.code
        WHERE a.available_minor <> p.left_minor
        """
    )
    assert not wrong, f"purses and packets differ: {wrong}"


def _draws_number_everything() -> None:
    wrong = rows(
        """
        SELECT d.play_id, d.ticket_count, d.spin_count FROM lucky_draw_draw d
        LEFT JOIN (SELECT draw_id, count(*) AS tickets, max(ticket_no) AS last, count(spin_no) AS spins,
                          coalesce(max(spin_no), 0) AS last_spin FROM lucky_draw_ticket GROUP BY 1) t ON t.draw_id = d.play_id
        WHERE d.ticket_count <> coalesce(t.tickets, 0) OR d.ticket_count <> coalesce(t.last, 0)
           OR d.spin_count <> coalesce(t.spins, 0) OR d.spin_count <> coalesce(t.last_spin, 0)
        """
    )
    assert not wrong, f"numbers are missing: {wrong}"
    wrong = rows(
        """
        SELECT p.id, p.stock, p.won_count, t.won, r.taken FROM lucky_draw_prize p
        LEFT JOIN (SELECT prize_id, count(*) AS won FROM lucky_draw_ticket WHERE state = 'spun' GROUP BY 1) t ON t.prize_id = p.id
        LEFT JOIN rush_pool r ON r.id = p.pool_id
        WHERE NOT p.is_consolation AND (p.won_count <> coalesce(t.won, 0) OR p.won_count > p.stock OR r.taken <> p.won_count)
        """
    )
    assert not wrong, f"prizes and winners differ: {wrong}"


def _wallets_hold_what_came_in(universe: "Universe") -> None:
    """What was put in, opened, won and sent back, less what was sent and paid: counted without the ledger."""
    people = [who.id for who in universe.people]
    codes = [account_of(who.require_member()).code for who in universe.people]
    [(have,)] = rows(
        "SELECT coalesce(sum(available_minor), 0) FROM ledger_account WHERE code = ANY(%s)", [codes]
    )
    [(opened,)] = rows(
        "SELECT coalesce(sum(amount_minor), 0) FROM red_packet_share WHERE member_id = ANY(%s)", [people]
    )
    [(won,)] = rows(
        "SELECT coalesce(sum(amount_minor), 0) FROM lucky_draw_ticket WHERE member_id = ANY(%s)", [people]
    )
    [(sent,)] = rows(
        "SELECT coalesce(sum(CASE WHEN state = 'open' THEN total_minor ELSE opened_minor END), 0)"
        " FROM red_packet_packet WHERE sender_id = ANY(%s)",
        [people],
    )
    [(spent,)] = rows(
        "SELECT coalesce(sum(o.paid_minor - o.refunded_minor), 0) FROM orders_order o JOIN payments_payment p"
        " ON p.id = o.payment_id WHERE p.provider = %s AND o.member_id = ANY(%s)",
        [WALLET, people],
    )
    assert have == universe.filled_minor + opened + won - sent - spent, (
        f"wallets hold {have}: {universe.filled_minor} put in, {opened} opened, {won} won, {sent} sent, {spent} paid"
    )
