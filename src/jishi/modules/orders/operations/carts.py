"""Filling a cart. A cart promises nothing: prices and stock are settled when the order is placed."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import F

from jishi.kernel.actor import Actor
from jishi.kernel.errors import LoginRequired
from jishi.modules.orders.errors import BadQuantity, CartFull
from jishi.modules.orders.models import Cart, CartLine
from jishi.modules.orders.queries.carts import cart_view, open_cart_filter
from jishi.modules.orders.types import CartView
from jishi.platform.transactions import in_transaction

CART_LINES_MAX = 60
LINE_QUANTITY_MAX = 999


@in_transaction
def add_to_cart(
    *, by: Actor, product_id: uuid.UUID, variant_id: uuid.UUID, quantity: int, price_minor: int
) -> CartView:
    """Put units in the actor's cart; the same variant adds up. Raises BadQuantity, CartFull."""
    _check_quantity(quantity)
    cart = _open_cart(by)
    added = CartLine.objects.filter(
        cart=cart, variant_id=variant_id, quantity__lte=LINE_QUANTITY_MAX - quantity
    ).update(quantity=F("quantity") + quantity, is_selected=True, price_seen_minor=price_minor)
    if not added:
        lines = CartLine.objects.filter(cart=cart)
        if lines.filter(variant_id=variant_id).exists():
            raise BadQuantity(limit=LINE_QUANTITY_MAX)
        if lines.count() >= CART_LINES_MAX:
            raise CartFull(limit=CART_LINES_MAX)
        CartLine.objects.create(
            cart=cart,
            product_id=product_id,
            variant_id=variant_id,
            quantity=quantity,
            price_seen_minor=price_minor,
        )
    return cart_view(by)


@in_transaction
def change_cart_line(
    *, by: Actor, line_id: uuid.UUID, quantity: int | None = None, is_selected: bool | None = None
) -> CartView:
    """Set the quantity (0 removes the line) or whether the line is to be ordered."""
    line = CartLine.objects.filter(cart__in=open_cart_filter(by), id=line_id)
    if quantity == 0:
        line.delete()
    elif quantity is not None:
        _check_quantity(quantity)
        line.update(quantity=quantity)
    if is_selected is not None:
        line.update(is_selected=is_selected)
    return cart_view(by)


@in_transaction
def merge_carts(*, visitor_id: uuid.UUID, member_id: uuid.UUID) -> int:
    """A visitor turned out to be a member: their lines move into the member's cart. Returns how many moved."""
    theirs = (
        Cart.objects.select_for_update()
        .filter(visitor_id=visitor_id, member_id__isnull=True, state="open")
        .first()
    )
    if theirs is None:
        return 0
    own = Cart.objects.select_for_update().filter(member_id=member_id, state="open").first()
    if own is None:
        Cart.objects.filter(id=theirs.id).update(member_id=member_id)
        return CartLine.objects.filter(cart=theirs).count()
    have = {line.variant_id: line for line in CartLine.objects.filter(cart=own)}
    moved = 0
    for line in CartLine.objects.filter(cart=theirs).order_by("added_at"):
        mine = have.get(line.variant_id)
        if mine is not None:
            mine.quantity = min(LINE_QUANTITY_MAX, mine.quantity + line.quantity)
            mine.save(update_fields=["quantity"])
            line.delete()
        elif len(have) < CART_LINES_MAX:
            CartLine.objects.filter(id=line.id).update(cart=own)
            have[line.variant_id] = line
        moved += 1
    Cart.objects.filter(id=theirs.id).update(state="merged")
    return moved


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= LINE_QUANTITY_MAX:
        raise BadQuantity(limit=LINE_QUANTITY_MAX)


def _open_cart(by: Actor) -> Cart:
    """The actor's cart; two taps at once make one."""
    if not by.is_member and by.visitor_id is None:
        raise LoginRequired()
    cart = open_cart_filter(by).first()
    if cart is not None:
        return cart
    owner = {"member_id": by.id} if by.is_member else {"visitor_id": by.visitor_id}
    try:
        with transaction.atomic():
            return Cart.objects.create(**owner)
    except IntegrityError:
        return open_cart_filter(by).get()
