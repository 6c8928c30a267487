"""Reading carts."""

from django.db.models import QuerySet

from jishi.kernel.actor import Actor
from jishi.modules.orders.models import Cart, CartLine
from jishi.modules.orders.types import CartLineView, CartView

CART_LINES_SHOWN_MAX = 200


def cart_view(by: Actor) -> CartView:
    """The actor's open cart, newest line first; one query, two when it is empty."""
    rows = list(
        CartLine.objects.filter(cart__in=open_cart_filter(by)).order_by("-added_at", "-id")[
            :CART_LINES_SHOWN_MAX
        ]
    )
    if not rows:
        return CartView(id=open_cart_filter(by).values_list("id", flat=True).first())
    return CartView(
        id=rows[0].cart_id,
        lines=tuple(
            CartLineView(
                line_id=row.id,
                product_id=row.product_id,
                variant_id=row.variant_id,
                quantity=row.quantity,
                price_seen_minor=row.price_seen_minor,
                is_selected=row.is_selected,
            )
            for row in rows
        ),
    )


def cart_unit_count(by: Actor) -> int:
    """How many units are in the cart, for the badge; one query."""
    if not by.is_member and by.visitor_id is None:
        return 0
    quantities = CartLine.objects.filter(cart__in=open_cart_filter(by)).values_list("quantity", flat=True)
    return sum(quantities)


def open_cart_filter(by: Actor) -> QuerySet[Cart]:
    """The one open cart of a member, or of a visitor who is not logged in."""
    if by.is_member:
        return Cart.objects.filter(member_id=by.id, state="open")
    return Cart.objects.filter(visitor_id=by.visitor_id, member_id__isnull=True, state="open")
