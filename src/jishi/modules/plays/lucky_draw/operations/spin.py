"""Spinning a ticket: the roll, the prize, what is in stock of it, the money. One transaction."""

import uuid

from django.db import connection, transaction
from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.plays.life.public import PlayNotOpen, is_running, play_view
from jishi.modules.plays.lucky_draw import rules
from jishi.modules.plays.lucky_draw.errors import NotInstant, TicketVoid
from jishi.modules.plays.lucky_draw.facts import PrizeWon
from jishi.modules.plays.lucky_draw.models import Draw, Prize, Ticket, Voucher
from jishi.modules.plays.lucky_draw.queries import draw_view, purse_of, ticket_view_of
from jishi.modules.plays.lucky_draw.types import DrawMode, PrizeView, TicketState, TicketView
from jishi.modules.wallet.public import Move, put_into_wallet
from jishi.platform import rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

PRIZE_KIND = "draw_prize"


@in_transaction
def spin_ticket(ticket_id: uuid.UUID, *, by: Actor, client_seed: str) -> TicketView:
    """Spin one's own ticket of an instant draw; a second tap finds the same answer.

    Raises NotFound, NotInstant, PlayNotOpen, TicketVoid.
    """
    ticket = Ticket.objects.filter(id=ticket_id).first()
    if ticket is None or not by.owns(ticket.member_id):
        raise NotFound()
    draw = draw_view(ticket.draw_id)
    if draw.mode is not DrawMode.INSTANT:
        raise NotInstant()
    if ticket.state == TicketState.SPUN.value:
        return ticket_view_of(ticket)
    if not is_running(play_view(draw.id), now=clock.now()):
        raise PlayNotOpen()
    chosen = rules.clean_client_seed(client_seed)
    if not mark_spun(ticket.id, client_seed=chosen):
        ticket.refresh_from_db()
        if ticket.state == TicketState.VOID.value:
            raise TicketVoid()
        return ticket_view_of(ticket)  # the other phone was faster
    spin_no = next_spin(draw.id)
    seed = Draw.objects.values_list("seed", flat=True).get(play_id=draw.id)
    roll = rules.roll_of(seed=seed, ticket_no=ticket.ticket_no, client_seed=chosen)
    prize = _take_one(rules.prize_at(draw.prizes, roll), draw.prizes, ticket=ticket)
    amount = rules.amount_of(prize, seed=seed, ticket_no=ticket.ticket_no)
    Ticket.objects.filter(id=ticket.id).update(
        spin_no=spin_no, roll=roll, prize_id=prize.id, amount_minor=amount
    )
    ticket.refresh_from_db()
    hand_over(ticket, prize, currency=draw.currency, by=by)
    return ticket_view_of(ticket)


def hand_over(ticket: Ticket, prize: PrizeView, *, currency: str, by: Actor = SYSTEM) -> None:
    """Pay a money prize, write the voucher of a product, tell what was won."""
    if prize.is_consolation:
        return
    Prize.objects.filter(id=prize.id).update(won_count=F("won_count") + 1)
    if ticket.amount_minor:
        put_into_wallet(
            Move(
                id=ids.derived_id(ticket.id, "prize"),
                member_id=ticket.member_id,
                other=purse_of(ticket.draw_id),
                amount_minor=ticket.amount_minor,
                currency=currency,
                kind=PRIZE_KIND,
                subject=("play", ticket.draw_id),
            )
        )
    voucher_id = _write_voucher(ticket, prize, prize.variant_id) if prize.variant_id else None
    record_fact(
        PrizeWon(
            draw_id=ticket.draw_id,
            ticket_id=ticket.id,
            ticket_no=ticket.ticket_no,
            member_id=ticket.member_id,
            prize_id=prize.id,
            prize_name=prize.name,
            kind=prize.kind.value,
            amount_minor=ticket.amount_minor,
            currency=currency,
            voucher_id=voucher_id,
        ),
        by=by,
    )


def mark_spun(ticket_id: uuid.UUID, *, client_seed: str) -> bool:
    """Earned → spun in one conditional write. False when another phone was faster."""
    rows = Ticket.objects.filter(id=ticket_id, state=TicketState.EARNED.value)
    return bool(rows.update(state=TicketState.SPUN.value, client_seed=client_seed, spun_at=clock.now()))


def next_spin(draw_id: uuid.UUID) -> int:
    """Spins come one after another: the row of the draw is held until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lucky_draw_draw SET spin_count = spin_count + 1 WHERE play_id = %s RETURNING spin_count",
            [draw_id],
        )
        return int(cursor.fetchone()[0])


def claim_prize(prize: PrizeView, *, ticket: Ticket) -> bool:
    """Claim one of what there is. False when it has run out."""
    pool_id = Prize.objects.values_list("pool_id", flat=True).get(id=prize.id)
    if pool_id is None:
        return True
    try:
        with transaction.atomic():
            rush.claim_units(
                pool_id=pool_id, member_id=ticket.member_id, claim_id=ids.derived_id(ticket.id, "claim")
            )
    except rush.SoldOut:
        return False
    return True


def _take_one(prize: PrizeView, prizes: tuple[PrizeView, ...], *, ticket: Ticket) -> PrizeView:
    """The prize, or the consolation when there is none left of it: as the odds page says."""
    return prize if claim_prize(prize, ticket=ticket) else rules.consolation_of(prizes)


def _write_voucher(ticket: Ticket, prize: PrizeView, variant_id: uuid.UUID) -> uuid.UUID:
    return Voucher.objects.create(
        id=ids.derived_id(ticket.id, "voucher"),
        ticket=ticket,
        draw_id=ticket.draw_id,
        member_id=ticket.member_id,
        variant_id=variant_id,
        prize_name=prize.name,
    ).id
