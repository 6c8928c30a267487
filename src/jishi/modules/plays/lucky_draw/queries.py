"""Reading lucky draws."""

import uuid
from collections.abc import Iterable, Iterator

from django.db.models import Sum

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import AccountKind, AccountRef
from jishi.modules.plays.life.public import PlayKind, running_plays
from jishi.modules.plays.lucky_draw.models import Draw, Prize, Ticket, Voucher
from jishi.modules.plays.lucky_draw.types import (
    Cause,
    DrawMode,
    DrawTerms,
    DrawView,
    PrizeForm,
    PrizeKind,
    PrizeView,
    TicketState,
    TicketView,
    VoucherState,
    VoucherView,
)
from jishi.platform.paging import Key, older_than

LIST_MAX = 200
PROOF_MAX = 100_000
MARKETING = AccountRef(code="marketing:lucky_draw", kind=AccountKind.EXPENSE)


def purse_of(draw_id: uuid.UUID) -> AccountRef:
    """The account that holds the money prizes nobody has won yet."""
    return AccountRef(code=f"lucky_draw:{draw_id}", kind=AccountKind.LIABILITY, is_bounded=True)


def draw_view(draw_id: uuid.UUID) -> DrawView:
    """One draw with its prizes; two queries. Raises NotFound."""
    found = draws_by_ids([draw_id]).get(draw_id)
    if found is None:
        raise NotFound()
    return found


def draws_by_ids(draw_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DrawView]:
    """Two queries."""
    rows = list(Draw.objects.filter(play_id__in=list(draw_ids)[:LIST_MAX]))
    prizes: dict[uuid.UUID, list[PrizeView]] = {row.play_id: [] for row in rows}
    for prize in Prize.objects.filter(draw__in=rows).order_by("draw_id", "position"):
        prizes[prize.draw_id].append(prize_view_of(prize))
    return {row.play_id: view_of(row, prizes[row.play_id]) for row in rows}


def terms_of(draw_id: uuid.UUID) -> DrawTerms:
    """What was decided, as it would be written in a form; two queries. Raises NotFound."""
    row = Draw.objects.filter(play_id=draw_id).first()
    if row is None:
        raise NotFound()
    prizes = Prize.objects.filter(draw=row, is_consolation=False).order_by("position")
    return DrawTerms(
        mode=DrawMode(row.mode),
        prizes=tuple(
            PrizeForm(
                name=prize.name,
                kind=PrizeKind(prize.kind),
                stock=prize.stock or 0,
                odds_bp=prize.odds_bp,
                amount_minor=prize.amount_minor,
                min_minor=prize.min_minor,
                variant_id=prize.variant_id,
                value_minor=prize.value_minor,
            )
            for prize in prizes
        ),
        order_daily=row.order_daily,
        order_min_minor=row.order_min_minor,
        share_daily=row.share_daily,
        check_in_daily=row.check_in_daily,
        consolation=row.consolation,
    )


def running_draw_ids() -> list[uuid.UUID]:
    """The draws that one may earn tickets of now; one query."""
    return [play.id for play in running_plays(kind=PlayKind.LUCKY_DRAW)]


def has_running_draw() -> bool:
    return bool(running_draw_ids())


def counts_shares() -> bool:
    """Whether a visit by a shared link earns anybody a ticket now; two queries."""
    running = running_draw_ids()
    return bool(running) and Draw.objects.filter(play_id__in=running, share_daily__gt=0).exists()


def own_tickets(draw_id: uuid.UUID, *, by: Actor, limit: int = LIST_MAX) -> list[TicketView]:
    """The actor's tickets of a draw, the latest first; one query."""
    if by.id is None:
        return []
    rows = Ticket.objects.filter(draw_id=draw_id, member_id=by.id).order_by("-ticket_no")
    return [ticket_view_of(row) for row in rows[: min(limit, LIST_MAX)]]


def winners_of(draw_id: uuid.UUID, *, limit: int = 30) -> list[TicketView]:
    """Tickets that have won something, the latest first; one query."""
    rows = Ticket.objects.filter(draw_id=draw_id, prize__is_consolation=False).order_by("-spin_no")
    return [ticket_view_of(row) for row in rows[: min(limit, LIST_MAX)]]


def tickets_for_proof(draw_id: uuid.UUID, *, limit: int = PROOF_MAX) -> Iterator[TicketView]:
    """Every ticket by number, up to PROOF_MAX; read in portions."""
    rows = Ticket.objects.filter(draw_id=draw_id).order_by("ticket_no")[: min(limit, PROOF_MAX)]
    return (ticket_view_of(row) for row in rows.iterator(chunk_size=2_000))


def won_worth_minor(draw_id: uuid.UUID) -> tuple[int, int]:
    """What has been won: (paid in money, worth of products). Two queries."""
    paid = Ticket.objects.filter(draw_id=draw_id).aggregate(total=Sum("amount_minor"))["total"] or 0
    goods = Prize.objects.filter(draw_id=draw_id, kind=PrizeKind.PRODUCT.value)
    return paid, sum(won * value for won, value in goods.values_list("won_count", "value_minor"))


def own_vouchers(
    *, by: Actor, draw_id: uuid.UUID | None = None, after: Key | None = None, limit: int = 30
) -> list[VoucherView]:
    """Products the actor has won, newest first; one query."""
    rows = Voucher.objects.filter(older_than(after, field="created_at"), member_id=by.require_member())
    if draw_id:
        rows = rows.filter(draw_id=draw_id)
    return [voucher_view_of(row) for row in rows.order_by("-created_at", "-id")[: min(limit, LIST_MAX)]]


def voucher_view(voucher_id: uuid.UUID, *, by: Actor) -> VoucherView:
    """One's own. Raises NotFound."""
    row = Voucher.objects.filter(id=voucher_id).first()
    if row is None or not by.owns(row.member_id):
        raise NotFound()
    return voucher_view_of(row)


def tickets_today(draw_id: uuid.UUID, *, by: Actor, since: object) -> dict[Cause, int]:
    """How many tickets the actor has earned since an instant, by cause; one query."""
    found: dict[Cause, int] = dict.fromkeys(Cause, 0)
    if by.id is not None:
        rows = Ticket.objects.filter(draw_id=draw_id, member_id=by.id, earned_at__gte=since)
        for cause in rows.values_list("cause", flat=True)[:LIST_MAX]:
            found[Cause(cause)] += 1
    return found


def view_of(row: Draw, prizes: Iterable[PrizeView]) -> DrawView:
    is_over = row.revealed_at is not None
    return DrawView(
        id=row.play_id,
        mode=DrawMode(row.mode),
        currency=row.currency,
        order_daily=row.order_daily,
        order_min_minor=row.order_min_minor,
        share_daily=row.share_daily,
        check_in_daily=row.check_in_daily,
        ticket_count=row.ticket_count,
        spin_count=row.spin_count,
        commitment=row.commitment,
        seed=row.seed if is_over else "",
        sealed=row.sealed if is_over else "",
        prizes=tuple(prizes),
    )


def prize_view_of(row: Prize) -> PrizeView:
    return PrizeView(
        id=row.id,
        name=row.name,
        kind=PrizeKind(row.kind),
        odds_bp=row.odds_bp,
        stock=row.stock,
        won_count=row.won_count,
        amount_minor=row.amount_minor,
        min_minor=row.min_minor,
        variant_id=row.variant_id,
        value_minor=row.value_minor,
        is_consolation=row.is_consolation,
    )


def ticket_view_of(row: Ticket) -> TicketView:
    return TicketView(
        id=row.id,
        draw_id=row.draw_id,
        ticket_no=row.ticket_no,
        member_id=row.member_id,
        cause=Cause(row.cause),
        state=TicketState(row.state),
        earned_at=row.earned_at,
        client_seed=row.client_seed,
        spin_no=row.spin_no,
        roll=row.roll,
        prize_id=row.prize_id,
        amount_minor=row.amount_minor,
        spun_at=row.spun_at,
    )


def voucher_view_of(row: Voucher) -> VoucherView:
    return VoucherView(
        id=row.id,
        draw_id=row.draw_id,
        member_id=row.member_id,
        variant_id=row.variant_id,
        prize_name=row.prize_name,
        state=VoucherState(row.state),
        order_id=row.order_id,
        created_at=row.created_at,
    )
