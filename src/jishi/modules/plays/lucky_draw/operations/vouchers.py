"""A product that was won becomes an order, once."""

import uuid

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.plays.lucky_draw.errors import VoucherUsed
from jishi.modules.plays.lucky_draw.models import Voucher
from jishi.modules.plays.lucky_draw.queries import voucher_view_of
from jishi.modules.plays.lucky_draw.types import VoucherState, VoucherView
from jishi.platform.transactions import in_transaction


@in_transaction
def order_voucher(voucher_id: uuid.UUID, *, order_id: uuid.UUID, by: Actor) -> VoucherView:
    """Bind one's own voucher to an order that is being placed. Raises NotFound, VoucherUsed."""
    row = Voucher.objects.filter(id=voucher_id).first()
    if row is None or not by.owns(row.member_id):
        raise NotFound()
    taken = Voucher.objects.filter(id=voucher_id, state=VoucherState.OPEN.value).update(
        state=VoucherState.ORDERED.value, order_id=order_id
    )
    if not taken:
        raise VoucherUsed()
    row.refresh_from_db()
    return voucher_view_of(row)


@in_transaction
def keep_voucher(order_id: uuid.UUID) -> bool:
    """The order is paid, or costs nothing. False when the voucher belongs to it no longer."""
    return bool(
        Voucher.objects.filter(order_id=order_id)
        .exclude(state=VoucherState.OPEN.value)
        .update(state=VoucherState.USED.value)
    )


@in_transaction
def give_voucher_back(order_id: uuid.UUID, reason: str) -> None:
    """The order was not paid, or was sent back before anything was shipped: the prize may be asked for again."""
    del reason
    Voucher.objects.filter(order_id=order_id).update(state=VoucherState.OPEN.value, order_id=None)
