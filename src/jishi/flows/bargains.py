"""Bargains with their goods: a unit of stock is held from the launch to the end, by the bargain or by its order."""

import uuid

from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.inventory.public import Cause, HoldLine, hold_stock, release_holds
from jishi.modules.plays.bargain.public import (
    HelpRefused,
    HelpView,
    Trace,
    bargain_of_order,
    bargain_view,
    cancel_bargain_order,
    expire_bargain,
    help_bargain,
    launch_bargain,
    note_refusal,
    refund_bargain,
    regain_bargain,
)
from jishi.platform.transactions import in_transaction


@in_transaction
def launch_with_stock(
    offer_id: uuid.UUID, *, by: Actor, trace: Trace, bargain_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Launch a bargain and hold its unit. Raises what `launch_bargain` raises, and OutOfStock."""
    launched_id, is_new = launch_bargain(offer_id, by=by, trace=trace, bargain_id=bargain_id)
    if is_new:
        hold_unit(launched_id)
    return launched_id


def help_or_say_why(bargain_id: uuid.UUID, *, by: Actor, trace: Trace) -> HelpView:
    """Help, and count a refused cut for the monitor. Raises what `help_bargain` raises. Not inside a transaction."""
    try:
        return help_bargain(bargain_id, by=by, trace=trace)
    except HelpRefused:
        note_refusal(bargain_id)
        raise


@in_transaction
def end_bargain(bargain_id: uuid.UUID) -> bool:
    """The time is over: unit, budget and stock are free again. False when it ended otherwise."""
    if not expire_bargain(bargain_id):
        return False
    free_unit(bargain_id, reason="bargain_expired")
    return True


def hold_unit(bargain_id: uuid.UUID) -> None:
    """One unit of stock in the bargain's name. Raises OutOfStock."""
    line = HoldLine(ids.new_id(), bargain_view(bargain_id).variant_id, 1)
    hold_stock(lines=[line], cause=Cause("bargain", bargain_id), expires_at=None)


def free_unit(bargain_id: uuid.UUID, *, reason: str) -> None:
    release_holds(cause=Cause("bargain", bargain_id), reason=reason, by=SYSTEM)


def regain_with_unit(order_id: uuid.UUID) -> bool:
    """Paid after its order was cancelled: what a bargain that ran on still holds is free for that order."""
    bargain_id = bargain_of_order(order_id)
    if bargain_id is None or not regain_bargain(order_id):
        return False
    free_unit(bargain_id, reason="ordered")
    return True


def give_bargain_back(order_id: uuid.UUID, reason: str) -> None:
    """The order was not paid (the bargain runs on while it has time), or it was sent back whole."""
    del reason
    running_id = cancel_bargain_order(order_id)
    if running_id is not None:
        hold_unit(running_id)
    else:
        refund_bargain(order_id)
