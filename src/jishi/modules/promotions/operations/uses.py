"""What offers give an order: reserved with it, committed by its payment, released or returned."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F

from jishi.kernel import ids
from jishi.modules.ledger.public import (
    AccountKind,
    AccountRef,
    NewTransfer,
    commit_reserved,
    post_transfers,
    release_reserved,
    reserve_all,
)
from jishi.modules.promotions.errors import OfferLimitReached
from jishi.modules.promotions.models import OfferCount, OfferUse
from jishi.modules.promotions.operations.offers import budget_account
from jishi.modules.promotions.queries.offers import budget_unit
from jishi.platform.transactions import in_transaction

GIVEN = AccountRef(code="discounts_given", kind=AccountKind.EXPENSE)


@dataclass(frozen=True, slots=True)
class NewUse:
    """So much from one offer for one order."""

    offer_id: uuid.UUID
    amount_minor: int
    has_budget: bool
    member_limit: int | None
    coupon_id: uuid.UUID | None = None


@in_transaction
def reserve_uses(uses: Sequence[NewUse], *, order_id: uuid.UUID, member_id: uuid.UUID, currency: str) -> None:
    """Set aside what an order was promised. Raises OfferLimitReached, BudgetExhausted: nothing is kept then."""
    if not uses:
        return
    limited = sorted((use.offer_id, use.member_limit) for use in uses if use.member_limit is not None)
    if limited:
        _count_up(limited, member_id)
    rows = [
        OfferUse(
            id=ids.new_id(),
            offer_id=use.offer_id,
            order_id=order_id,
            member_id=member_id,
            coupon_id=use.coupon_id,
            amount_minor=use.amount_minor,
            has_budget=use.has_budget and use.amount_minor > 0,
            has_limit=use.member_limit is not None,
        )
        for use in uses
    ]
    OfferUse.objects.bulk_create(rows)
    reserve_all([_transfer(row, currency) for row in rows if row.has_budget])


@in_transaction
def commit_uses(order_id: uuid.UUID) -> int:
    """The order was paid. Returns how many were still reserved."""
    rows = _move(order_id, "reserved", "committed")
    for use_id, _, _, has_budget, _ in rows:
        if has_budget:
            commit_reserved(use_id)
    return len(rows)


@in_transaction
def release_uses(order_id: uuid.UUID) -> int:
    """The order was not paid: budgets and limits are free again."""
    rows = _move(order_id, "reserved", "released")
    for use_id, _, _, has_budget, _ in rows:
        if has_budget:
            release_reserved(use_id)
    _count_down(rows)
    return len(rows)


@in_transaction
def regain_uses(order_id: uuid.UUID, *, currency: str) -> None:
    """Late money for a cancelled order: take everything again, under ids of its own.

    Raises OfferLimitReached, BudgetExhausted.
    """
    gone = list(
        OfferUse.objects.select_for_update().filter(order_id=order_id, state="released").order_by("id")
    )
    if not gone:
        return
    limits = dict(
        OfferUse.objects.filter(id__in=[row.id for row in gone], has_limit=True).values_list(
            "offer_id", "offer__member_limit"
        )
    )
    _count_up(sorted(limits.items()), gone[0].member_id)
    for row in gone:
        OfferUse.objects.filter(id=row.id).update(id=ids.derived_id(row.id, "again"), state="reserved")
    again = [row for row in OfferUse.objects.filter(order_id=order_id, state="reserved") if row.has_budget]
    reserve_all([_transfer(row, currency) for row in again])


@in_transaction
def return_uses(order_id: uuid.UUID, *, currency: str) -> int:
    """All of the order came back before it was shipped: what it was given may be given again."""
    rows = _move(order_id, "committed", "returned")
    post_transfers(
        [
            NewTransfer(
                id=ids.derived_id(use_id, "returned"),
                debit=GIVEN,
                credit=budget_account(offer_id),
                amount_minor=amount,
                unit=budget_unit(currency),
                kind="discount_returned",
                subject=("order", order_id),
                reverses_id=use_id,
            )
            for use_id, offer_id, amount, has_budget, _ in rows
            if has_budget
        ]
    )
    _count_down(rows)
    return len(rows)


_Row = tuple[uuid.UUID, uuid.UUID, int, bool, uuid.UUID | None]


def _move(order_id: uuid.UUID, before: str, after: str) -> list[_Row]:
    """(id, offer, amount, has budget, member when the offer has a limit) of the rows that moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE promotions_offeruse SET state = %s WHERE order_id = %s AND state = %s"
            " RETURNING id, offer_id, amount_minor, has_budget, CASE WHEN has_limit THEN member_id END",
            [after, order_id, before],
        )
        return sorted(cursor.fetchall())


def _count_up(limited: Sequence[tuple[uuid.UUID, int | None]], member_id: uuid.UUID) -> None:
    """One conditional write for all: a row that stands at its limit is not raised, and then all of it is refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO promotions_offercount AS c (offer_id, member_id, used)"
            " SELECT offer_id, %s, 1 FROM unnest(%s::uuid[], %s::int[]) AS asked(offer_id, most) WHERE most >= 1"
            " ON CONFLICT (offer_id, member_id) DO UPDATE SET used = c.used + 1 WHERE c.used <"
            " (SELECT most FROM unnest(%s::uuid[], %s::int[]) AS asked(offer_id, most) WHERE asked.offer_id = c.offer_id)",
            [
                member_id,
                *([offer_id for offer_id, _ in limited], [most for _, most in limited]) * 2,
            ],
        )
        if cursor.rowcount != len(limited):
            raise OfferLimitReached()


def _count_down(rows: Sequence[_Row]) -> None:
    for _, offer_id, _, _, member_id in rows:
        if member_id is not None:
            OfferCount.objects.filter(offer_id=offer_id, member_id=member_id, used__gt=0).update(
                used=F("used") - 1
            )


def _transfer(row: OfferUse, currency: str) -> NewTransfer:
    return NewTransfer(
        id=row.id,
        debit=budget_account(row.offer_id),
        credit=GIVEN,
        amount_minor=row.amount_minor,
        unit=budget_unit(currency),
        kind="discount",
        subject=("order", row.order_id),
    )
