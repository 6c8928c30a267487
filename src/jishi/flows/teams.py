"""How teams end: their orders may ship, what the size of the team saved goes back, or everything does."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from jishi.flows.refunds import give_price_back, refund_order
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import NothingToRefund, OrderState, complete_orders, summaries_by_ids
from jishi.modules.plays.group_buy.public import (
    PriceCut,
    TeamEnd,
    close_early,
    complete_by_merchant,
    end_team,
)
from jishi.platform import jobs
from jishi.platform.transactions import in_transaction

REFUND_REASON_TEAM = "team_failed"


@in_transaction
def finish_team(team_id: uuid.UUID, *, order_ids: Sequence[uuid.UUID], price_cuts: Sequence[PriceCut]) -> int:
    """The orders of a team that succeeded may ship; the difference to the tier it reached goes back. How many orders."""
    count = complete_orders(order_ids, team_id=team_id)
    for cut in price_cuts:
        give_price_back(cut.order_id, amount_minor=cut.amount_minor, reason=cut.reason)
    return count


@in_transaction
def end_due_team(team_id: uuid.UUID) -> TeamEnd:
    """The deadline has come: the team succeeds with the people it has, or each order is refunded by a job of its own.

    One refund that fails does not hold up the others; `refund_failed_team_order` may be repeated at will.
    """
    end = end_team(team_id)
    for order_id in end.failed_order_ids:
        jobs.defer("flows.refund_failed_team_order", order_id=str(order_id))
    _finish(team_id, end)
    return end


@in_transaction
def close_team_early(team_id: uuid.UUID, *, by: Actor) -> int:
    """The leader does not wait for more people. Returns how many orders may ship."""
    return _finish(team_id, close_early(team_id, by=by))


@in_transaction
def complete_team_by_merchant(team_id: uuid.UUID, *, by: Actor) -> int:
    """The merchant ends a forming team well; its orders may be shipped. Returns how many."""
    return _finish(team_id, complete_by_merchant(team_id, by=by))


@in_transaction
def refund_failed_team_order(order_id: uuid.UUID) -> bool:
    """Give one member of a failed team everything back. False when that was done before."""
    if summaries_by_ids([order_id])[order_id].state is not OrderState.GATHERING:
        return False
    try:
        with transaction.atomic():
            refund_order(order_id, reason=REFUND_REASON_TEAM)
    except NothingToRefund:
        return False
    return True


def _finish(team_id: uuid.UUID, end: TeamEnd) -> int:
    if not end.ready_order_ids:
        return 0
    return finish_team(team_id, order_ids=end.ready_order_ids, price_cuts=end.price_cuts)
