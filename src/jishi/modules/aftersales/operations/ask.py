"""Asking for after-sales."""

import uuid

from django.db import IntegrityError, connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.aftersales import rules
from jishi.modules.aftersales.errors import UnitsTaken, WordsNeeded
from jishi.modules.aftersales.facts import CaseOpened
from jishi.modules.aftersales.models import Case, CaseLine, Evidence, UnitClaim
from jishi.modules.aftersales.queries import order_facts
from jishi.modules.aftersales.types import Ask, CaseKind, CaseState, Terms
from jishi.modules.orders.public import OrderView, hold_order
from jishi.platform import history
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

WORDS_MAX = 500


@in_transaction
def open_case(order_id: uuid.UUID, ask: Ask, *, by: Actor) -> uuid.UUID:
    """Write a member's wish down and keep its units from other cases. The order is locked meanwhile.

    Raises NotFound, CannotAsk, ReasonUnknown, TooLate, NothingAsked, UnitsTaken, TooMuchAsked, PicturesNeeded, WordsNeeded.
    """
    order = hold_order(order_id, by=by)
    if not by.owns(order.member_id):
        raise NotFound()
    words = ask.words.strip()
    if len(words) > WORDS_MAX or (ask.kind is CaseKind.COMPLAINT and not words):
        raise WordsNeeded(limit=WORDS_MAX)
    terms = rules.settle_terms(order_facts(order), ask, now=clock.now())
    case = _insert(order, ask, terms, words=words)
    _write_lines(case, order, terms)
    _claim_units(case, order, terms)
    Evidence.objects.bulk_create(
        [Evidence(case=case, path=path, at=case.opened_at) for path in dict.fromkeys(ask.evidence)]
    )
    history.record_step(
        subject=("case", case.id),
        verb="ask",
        by=by,
        after=case.state,
        note=ask.reason,
        details={"amount_minor": case.asked_minor + case.freight_minor},
    )
    record_fact(
        CaseOpened(
            case_id=case.id,
            number=case.number,
            order_id=order.id,
            member_id=order.member_id,
            kind=case.kind,
            reason=case.reason,
            asked_minor=case.asked_minor + case.freight_minor,
            currency=case.currency,
        ),
        by=by,
    )
    return case.id


def _insert(order: OrderView, ask: Ask, terms: Terms, *, words: str) -> Case:
    now = clock.now()
    return Case.objects.create(
        id=ids.new_id(),
        number=_next_number(),
        order_id=order.id,
        order_number=order.number,
        member_id=order.member_id,
        kind=ask.kind.value,
        reason=ask.reason,
        has_goods=ask.has_goods,
        takes_units=terms.takes_units,
        words=words,
        currency=order.currency,
        asked_minor=sum(terms.amounts.values()),
        freight_minor=terms.freight_minor,
        deadline=now + rules.WAITING[CaseState.ASKED][1],
        opened_at=now,
        changed_at=now,
    )


def _write_lines(case: Case, order: OrderView, terms: Terms) -> None:
    CaseLine.objects.bulk_create(
        [
            CaseLine(
                case=case,
                order_line_id=line.id,
                product_id=line.product_id,
                variant_id=line.variant_id,
                title=line.title,
                option_text=line.option_text,
                cover=line.cover,
                position=position,
                quantity=terms.units[line.id],
                asked_minor=terms.amounts[line.id],
            )
            for position, line in enumerate(order.lines, start=1)
            if line.id in terms.units
        ]
    )


def _claim_units(case: Case, order: OrderView, terms: Terms) -> None:
    """Raises UnitsTaken when another case was faster: the database keeps every unit in one case."""
    claims = []
    for line in order.lines:
        count = terms.units.get(line.id, 0)
        if not count:
            continue
        taken = UnitClaim.objects.filter(order_line_id=line.id).values_list("unit_no", flat=True)
        numbers = rules.free_numbers(quantity=line.quantity, taken=list(taken), count=count)
        if len(numbers) < count:
            raise UnitsTaken(left=len(numbers))
        claims += [
            UnitClaim(case=case, order_line_id=line.id, unit_no=number, line_quantity=line.quantity)
            for number in numbers
        ]
    try:
        with transaction.atomic():
            UnitClaim.objects.bulk_create(claims)
    except IntegrityError as error:
        raise UnitsTaken(left=0) from error


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('aftersales_number')")
        return f"S{clock.now():%y%m%d}{cursor.fetchone()[0]:06d}"
