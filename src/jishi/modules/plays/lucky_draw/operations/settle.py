"""The end of a draw: the final drawing, the rest of the money back, the seed made public."""

import uuid

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.ledger.public import NewTransfer, available_in, post_transfers
from jishi.modules.plays.life.public import (
    PlayKind,
    PlayState,
    PlayView,
    close_play,
    closing_play_ids,
    play_view,
    release_budget,
    reserve_budget,
    settle_play,
    spend_budget,
)
from jishi.modules.plays.lucky_draw import rules
from jishi.modules.plays.lucky_draw.facts import DrawRevealed
from jishi.modules.plays.lucky_draw.models import Draw, Ticket
from jishi.modules.plays.lucky_draw.operations.seal import budget_use_id, fund_id
from jishi.modules.plays.lucky_draw.operations.spin import claim_prize, hand_over
from jishi.modules.plays.lucky_draw.queries import (
    MARKETING,
    draw_view,
    purse_of,
    won_worth_minor,
)
from jishi.modules.plays.lucky_draw.types import DrawMode, TicketState
from jishi.platform import locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

RETURN_KIND = "draw_return"


@in_transaction
def close_draw(draw_id: uuid.UUID, *, by: Actor) -> PlayView:
    """End a draw before its time; a final one is drawn now, among the tickets there are. Raises IllegalStep."""
    close_play(draw_id, by=by)
    settle_draw(draw_id)
    return play_view(draw_id)


@in_transaction
def settle_draw(draw_id: uuid.UUID) -> bool:
    """Closing → settled. False when that was done before."""
    draw = locks.lock_one(Draw, draw_id)
    if draw.revealed_at is not None or play_view(draw_id).state is not PlayState.CLOSING:
        return False
    if draw.mode == DrawMode.FINAL.value:
        _draw_winners(draw)
    Draw.objects.filter(play_id=draw_id).update(revealed_at=clock.now())
    settle_play(draw_id)
    paid, goods = won_worth_minor(draw_id)
    _give_back(draw_id, draw.currency)
    play = play_view(draw_id)
    release_budget(budget_use_id(draw_id))
    spent_id = ids.derived_id(draw_id, "lucky_draw_spent")
    if reserve_budget(play, use_id=spent_id, amount_minor=paid + goods, subject=("play", draw_id)):
        spend_budget(spent_id)
    record_fact(DrawRevealed(draw_id, draw.ticket_count, _winner_count(draw_id), paid), by=SYSTEM)
    return True


def sweep_draws() -> int:
    """What is due by the clock, each in a transaction of its own. Returns how many were settled."""
    return sum(settle_draw(draw_id) for draw_id in closing_play_ids(kind=PlayKind.LUCKY_DRAW))


def _draw_winners(draw: Draw) -> None:
    """All tickets by HMAC(seed, number); the first get the prizes in their published order, each person once."""
    prizes = draw_view(draw.play_id).prizes
    places = [prize for prize in prizes for _ in range(prize.stock or 0)]
    tickets = Ticket.objects.filter(draw=draw, state=TicketState.EARNED.value)
    entered = list(tickets.values_list("ticket_no", "member_id"))
    winners = rules.rank_tickets(entered, seed=draw.seed, places=len(places))
    tickets.update(state=TicketState.SPUN.value, spun_at=clock.now())
    for place, ((ticket_no, _), prize) in enumerate(zip(winners, places, strict=False), start=1):
        ticket = Ticket.objects.get(draw=draw, ticket_no=ticket_no)
        claim_prize(prize, ticket=ticket)
        ticket.spin_no, ticket.prize_id = place, prize.id
        ticket.amount_minor = rules.amount_of(prize, seed=draw.seed, ticket_no=ticket_no)
        ticket.save(update_fields=["spin_no", "prize_id", "amount_minor"])
        hand_over(ticket, prize, currency=draw.currency)
    Draw.objects.filter(play_id=draw.play_id).update(spin_count=len(winners))


def _give_back(draw_id: uuid.UUID, currency: str) -> None:
    """The inverse of the funding for what nobody won."""
    rest = available_in(code=purse_of(draw_id).code, unit=currency) or 0
    if rest:
        post_transfers(
            [
                NewTransfer(
                    id=ids.derived_id(draw_id, "return"),
                    debit=purse_of(draw_id),
                    credit=MARKETING,
                    amount_minor=rest,
                    unit=currency,
                    kind=RETURN_KIND,
                    subject=("play", draw_id),
                    reverses_id=fund_id(draw_id),
                )
            ]
        )


def _winner_count(draw_id: uuid.UUID) -> int:
    return sum(prize.won_count for prize in draw_view(draw_id).prizes)
