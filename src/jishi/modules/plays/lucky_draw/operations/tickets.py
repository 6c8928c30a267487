"""Earning tickets, each cause once, and losing those whose cause was undone."""

import uuid

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.plays.life.public import PlayNotOpen, is_running, play_view
from jishi.modules.plays.lucky_draw import rules
from jishi.modules.plays.lucky_draw.errors import AlreadyCheckedIn, CheckInOff
from jishi.modules.plays.lucky_draw.facts import TicketEarned
from jishi.modules.plays.lucky_draw.models import Draw, Ticket
from jishi.modules.plays.lucky_draw.queries import draw_view, running_draw_ids, ticket_view_of
from jishi.modules.plays.lucky_draw.types import Cause, TicketState, TicketView
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def earn_tickets(member_id: uuid.UUID, *, cause: Cause, key: str, amount_minor: int = 0) -> list[TicketView]:
    """A ticket of every running draw that rewards this cause; `key` makes the same cause earn once per draw."""
    found = []
    for draw in Draw.objects.filter(play_id__in=running_draw_ids()).order_by("play_id"):
        cap = {
            Cause.ORDER: draw.order_daily if amount_minor >= draw.order_min_minor else 0,
            Cause.SHARE: draw.share_daily,
            Cause.CHECK_IN: draw.check_in_daily,
        }[cause]
        ticket = _earn(draw.play_id, member_id, cause=cause, key=key, cap=cap) if cap else None
        if ticket is not None:
            found.append(ticket)
    return found


@in_transaction
def check_in(draw_id: uuid.UUID, *, by: Actor) -> TicketView:
    """Today's ticket for coming by. Raises PlayNotOpen, CheckInOff, AlreadyCheckedIn."""
    member_id = by.require_member()
    draw = draw_view(draw_id)
    if not is_running(play_view(draw_id), now=clock.now()):
        raise PlayNotOpen()
    if not draw.check_in_daily:
        raise CheckInOff()
    key = f"{member_id}:{_today()}"
    ticket = _earn(draw_id, member_id, cause=Cause.CHECK_IN, key=key, cap=draw.check_in_daily)
    if ticket is None:
        raise AlreadyCheckedIn()
    return ticket


@in_transaction
def void_tickets(*, cause: Cause, key: str) -> int:
    """The order was refunded: its unspun tickets are worth nothing any more. Returns how many."""
    rows = Ticket.objects.filter(cause=cause.value, cause_key=key, state=TicketState.EARNED.value)
    return rows.update(state=TicketState.VOID.value)


def _earn(draw_id: uuid.UUID, member_id: uuid.UUID, *, cause: Cause, key: str, cap: int) -> TicketView | None:
    """None when the cause has earned before or the day is full; then neither number nor count has moved."""
    if Ticket.objects.filter(draw_id=draw_id, cause=cause.value, cause_key=key).exists():
        return None
    try:
        with transaction.atomic():
            if not _count_today(draw_id, member_id, cause=cause, cap=cap):
                return None
            ticket = Ticket.objects.create(
                id=ids.new_id(),
                draw_id=draw_id,
                ticket_no=_next_number(draw_id),
                member_id=member_id,
                cause=cause.value,
                cause_key=key,
            )
    except IntegrityError:  # the same cause a moment ago: the savepoint gives its number back
        return None
    record_fact(TicketEarned(draw_id, ticket.id, ticket.ticket_no, member_id, cause.value), by=SYSTEM)
    return ticket_view_of(ticket)


def _next_number(draw_id: uuid.UUID) -> int:
    """The row of the draw is held until the commit, so numbers follow one another without a gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lucky_draw_draw SET ticket_count = ticket_count + 1 WHERE play_id = %s RETURNING ticket_count",
            [draw_id],
        )
        return int(cursor.fetchone()[0])


def _count_today(draw_id: uuid.UUID, member_id: uuid.UUID, *, cause: Cause, cap: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO lucky_draw_daycount AS d (draw_id, member_id, cause, day, tickets) VALUES (%s, %s, %s, %s, 1)
            ON CONFLICT (draw_id, member_id, cause, day) DO UPDATE SET tickets = d.tickets + 1 WHERE d.tickets < %s
            """,
            [draw_id, member_id, cause.value, _today(), cap],
        )
        return bool(cursor.rowcount == 1)


def _today() -> str:
    return rules.day_of(clock.now(), zone=settings.TIME_ZONE)
