"""kill -9 of the worker in the middle of the refunds of a failed team."""

import httpx

from tests.world.market import Market

MEMBERS = 16


def test_every_member_of_a_failed_team_gets_their_money_back_once(market: Market) -> None:
    made = market.stage("team_at_cashier", count=MEMBERS)
    team = _pay_all(market, made["orders"])
    others = market.stage("join_at_cashier", offer=made["offer"], team=team, count=MEMBERS - 1)
    _pay_all(market, others)
    ids = [order["order"] for order in made["orders"] + others]
    refunded = "SELECT count(*) FROM orders_order WHERE state = 'refunded' AND id = ANY(%s::uuid[])"

    market.change("UPDATE group_buy_team SET deadline = now() - interval '1 second' WHERE id = %s", team)
    market.eventually(
        "SELECT count(*) >= 2 FROM payments_refund WHERE state = 'succeeded' AND order_id = ANY(%s::uuid[])",
        True,
        ids,
        seconds=30,
    )
    market.kill("worker")
    at_the_kill = market.value(refunded, ids)
    # the dead worker's last heartbeat is made old, so that the test need not wait half a minute for it
    market.change("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    market.start("worker")

    market.eventually(refunded, MEMBERS, ids, seconds=40)
    market.eventually(
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name = 'money'"
        " AND (args ->> 'order_id' = ANY(%s) OR task_name = 'flows.carry_out_refund')",
        0,
        ids,
        seconds=40,
    )
    assert at_the_kill < MEMBERS, "the kill came too late to prove anything"
    _each_was_refunded_once(market, ids)


def _each_was_refunded_once(market: Market, ids: list[str]) -> None:
    """At the gateway and in our books, line by line; and no job is left behind."""
    given_back = market.rows(
        "SELECT id::text, amount_minor FROM payments_refund WHERE order_id = ANY(%s::uuid[])", ids
    )
    theirs = [line for line in market.statement() if line["about"] == "refund"]
    books = dict(
        market.rows(
            "SELECT kind, sum(amount_minor)::bigint FROM ledger_transfer WHERE kind IN ('payment', 'refund')"
            " AND subject_id = ANY(%s::uuid[]) GROUP BY 1",
            ids,
        )
    )
    assert len(given_back) == len(ids), "one refund for each, no more"
    assert sorted((line["id"], line["amount_minor"]) for line in theirs) == sorted(map(tuple, given_back))
    assert books["payment"] == books["refund"] == sum(line["amount_minor"] for line in theirs)
    left = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND queue_name = 'money'"
    assert market.value(left) == 0


def _pay_all(market: Market, orders: list[dict[str, str]]) -> str:
    """Everybody pays at the cashier; the team they sit in, once all their payments have arrived."""
    for order in orders:
        httpx.post(order["pay_url"], data={"do": "pay"}, timeout=20)
    ids = [order["order"] for order in orders]
    market.eventually(
        "SELECT count(*) FROM orders_order WHERE state = 'gathering' AND id = ANY(%s::uuid[])",
        len(ids),
        ids,
        seconds=30,
    )
    return str(market.value("SELECT team_id FROM orders_order WHERE id = %s", ids[0]))
