"""Lucky draws on the phone: prizes with their odds, one's tickets, the spin, who has won, and checking all of it."""

import csv
import io
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.flows.checkout import Delivery
from jishi.flows.prizes import quote_prize, redeem_prize
from jishi.kernel import chance, clock
from jishi.kernel.errors import Kind, NotFound, Refusal
from jishi.kernel.ids import derived_id
from jishi.kernel.money import format_minor
from jishi.modules.people.public import addresses_of, people_by_ids
from jishi.modules.plays.life.public import PlayState, PlayView, is_running, play_view, plays_by_ids
from jishi.modules.plays.lucky_draw.public import (
    Cause,
    DrawMode,
    DrawView,
    PrizeKind,
    PrizeView,
    TicketState,
    TicketView,
    VoucherState,
    VoucherView,
    check_in,
    draw_view,
    draws_by_ids,
    own_tickets,
    own_vouchers,
    running_draw_ids,
    spin_ticket,
    tickets_for_proof,
    voucher_view,
    winners_of,
)
from jishi.platform.http import actor_of
from jishi.surfaces.refusals import status_of, words_of
from jishi.surfaces.shop.frame import ShareCard, absolute, go, require_member, show, uuid_from
from jishi.surfaces.shop.words import masked_name

TICKETS_SHOWN = 60
WINNERS_SHOWN = 20
PROOF_ROWS_SHOWN = 10_000  # more are too much for a page; the sheet has them all


@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """The draws that run, and the products one has won and not ordered yet."""
    actor = actor_of(request)
    found = running_draw_ids()
    plays = plays_by_ids(found)
    cards = [
        {"draw": draw, "play": plays[draw.id], "url": reverse("shop:draw", args=[draw.id])}
        for draw in draws_by_ids(found).values()
    ]
    vouchers = own_vouchers(by=actor) if actor.is_member else []
    return show(request, "shop/draws.html", {"cards": cards, "vouchers": vouchers}, tab="me")


@require_safe
def draw(request: HttpRequest, draw_id: uuid.UUID) -> HttpResponse:
    return _draw_page(request, draw_id)


@require_POST
def spin(request: HttpRequest, draw_id: uuid.UUID) -> HttpResponse:
    """Spin one ticket; the answer stands on the page of the draw, with a script or without."""
    actor = require_member(request)
    ticket_id = uuid_from(request.POST.get("ticket"))
    if ticket_id is None:
        raise NotFound()
    try:
        spun = spin_ticket(ticket_id, by=actor, client_seed=request.POST.get("words", ""))
    except Refusal as refusal:
        return _refused(request, draw_id, refusal)
    return go(f"{reverse('shop:draw', args=[draw_id])}?ticket={spun.ticket_no}")


@require_POST
def draw_check_in(request: HttpRequest, draw_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    try:
        ticket = check_in(draw_id, by=actor)
    except Refusal as refusal:
        return _refused(request, draw_id, refusal)
    messages.success(request, _("签到成功，得到 %(number)d 号奖券") % {"number": ticket.ticket_no})
    return go(reverse("shop:draw", args=[draw_id]))


@require_safe
def verify(request: HttpRequest, draw_id: uuid.UUID) -> HttpResponse:
    """Everything that is needed to check every ticket; before the end, the commitment and the table."""
    found, play = _published(draw_id)
    is_big = found.ticket_count > PROOF_ROWS_SHOWN
    tickets = list(tickets_for_proof(draw_id)) if found.is_revealed and not is_big else []
    values = {
        "draw": found,
        "play": play,
        "is_over": found.is_revealed,
        "proof": _proof(found, tickets),
        "is_big": is_big,
        "back": reverse("shop:draw", args=[draw_id]),
    }
    return show(request, "shop/draw_verify.html", values)


@require_safe
def tickets_csv(request: HttpRequest, draw_id: uuid.UUID) -> HttpResponse:
    """Every ticket of a draw that is over, for whoever wants to check it elsewhere."""
    del request
    found, _play = _published(draw_id)
    if not found.is_revealed:
        raise NotFound()
    names = {prize.id: prize.name for prize in found.prizes}
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(
        ["ticket", "person", "state", "words", "spin", "roll", "prize", "prize_id", "amount_minor"]
    )
    for ticket in tickets_for_proof(draw_id):
        name = names.get(ticket.prize_id, "") if ticket.prize_id else ""
        writer.writerow(
            [
                ticket.ticket_no,
                _person(found, ticket),
                ticket.state.value,
                ticket.client_seed,
                ticket.spin_no or "",
                "" if ticket.roll is None else ticket.roll,
                name.lstrip("=+-@"),
                ticket.prize_id or "",
                ticket.amount_minor,
            ]
        )
    response = HttpResponse(sheet.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{draw_id}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: HttpRequest, voucher_id: uuid.UUID) -> HttpResponse:
    """A won product: choose where it goes; shipping is all that it may cost."""
    actor = require_member(request)
    voucher = voucher_view(voucher_id, by=actor)
    if voucher.state is not VoucherState.OPEN:
        return go(
            reverse("shop:order", args=[voucher.order_id]) if voucher.order_id else reverse("shop:draws")
        )
    addresses = addresses_of(by=actor)
    asked = uuid_from(request.POST.get("address") or request.GET.get("address"))
    address = next((one for one in addresses if one.id == asked), addresses[0] if addresses else None)
    quote = quote_prize(voucher, address=address)
    problem, status = "", 200
    if request.method == "POST":
        try:
            order_id = redeem_prize(
                voucher_id,
                by=actor,
                delivery=Delivery(address_id=address.id if address else None),
                expected_total_minor=_total(request, quote.total_minor),
            )
        except Refusal as refusal:
            if refusal.kind is Kind.MISSING:
                raise
            problem, status = words_of(refusal), status_of(refusal)
        else:
            return go(reverse("shop:order" if quote.total_minor == 0 else "shop:pay_order", args=[order_id]))
    values = {
        "voucher": voucher,
        "quote": quote,
        "line": quote.lines[0],
        "addresses": [
            {"row": one, "is_on": address is not None and one.id == address.id} for one in addresses
        ],
        "problem": problem,
    }
    return show(request, "shop/prize.html", values, tab="me", status=status)


def _draw_page(
    request: HttpRequest, draw_id: uuid.UUID, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """Eight queries at most besides the frame's."""
    actor = actor_of(request)
    found, play = _published(draw_id)
    tickets = own_tickets(draw_id, by=actor, limit=TICKETS_SHOWN)
    waiting = [ticket for ticket in tickets if ticket.state is TicketState.EARNED]
    shown_no = request.GET.get("ticket", "")
    shown = next((one for one in tickets if str(one.ticket_no) == shown_no and one.prize_id), None)
    winners = winners_of(draw_id, limit=WINNERS_SHOWN)
    people = people_by_ids([ticket.member_id for ticket in winners])
    prizes = {prize.id: prize for prize in found.prizes}
    vouchers = own_vouchers(by=actor, draw_id=draw_id) if actor.is_member else []
    running = is_running(play, now=clock.now())
    values = {
        "draw": found,
        "play": play,
        "is_running": running,
        "is_coming": play.opens_at > clock.now() and play.state is not PlayState.SETTLED,
        "is_instant": found.mode is DrawMode.INSTANT,
        "prizes": [_prize(prize, won=shown) for prize in found.prizes],
        "tickets": [_ticket(one, prizes) for one in tickets if one.state is not TicketState.EARNED],
        "waiting": waiting,
        "next_ticket": waiting[-1] if waiting else None,
        "words": chance.code(8),
        "result": _ticket(shown, prizes) if shown else None,
        "result_prize": prizes.get(shown.prize_id) if shown and shown.prize_id else None,
        "winners": [
            {
                "name": masked_name(people[one.member_id].nickname if one.member_id in people else _("邻居")),
                "face": str(one.member_id),
                **_ticket(one, prizes),
            }
            for one in winners
        ],
        "vouchers": [_voucher(one) for one in vouchers],
        "tasks": _tasks(found, tickets, is_open=running),
        "problem": problem,
        "share_url": reverse("shop:share_target", args=["draw", draw_id]),
        "share": ShareCard(
            title=play.name,
            description=_("抽奖的概率都写着，谁都能验"),
            url=absolute(reverse("shop:draw", args=[draw_id])),
        ),
    }
    return show(request, "shop/draw.html", values, status=status)


def _refused(request: HttpRequest, draw_id: uuid.UUID, refusal: Refusal) -> HttpResponse:
    if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED, Kind.BUSY):
        raise refusal
    return _draw_page(request, draw_id, problem=words_of(refusal), status=status_of(refusal))


def _published(draw_id: uuid.UUID) -> tuple[DrawView, PlayView]:
    """Raises NotFound for a draft: nothing of it is promised yet."""
    found = draw_view(draw_id)
    play = play_view(draw_id)
    if not found.is_sealed:
        raise NotFound()
    return found, play


def _prize(prize: PrizeView, *, won: TicketView | None) -> dict[str, Any]:
    worth = prize.value_minor if prize.kind is PrizeKind.PRODUCT else prize.amount_minor
    return {
        "row": prize,
        "odds": f"{prize.odds_bp / 100:.2f}%",
        "worth": format_minor(worth, currency=settings.JISHI_CURRENCY) if worth else "",
        "least": format_minor(prize.min_minor, currency=settings.JISHI_CURRENCY) if prize.min_minor else "",
        "icon": {"money": "wallet", "red_packet": "packet", "product": "gift"}.get(prize.kind.value, "heart"),
        "is_won": won is not None and won.prize_id == prize.id,
        "is_out": prize.left_count == 0,
    }


def _ticket(ticket: TicketView, prizes: dict[uuid.UUID, PrizeView]) -> dict[str, Any]:
    prize = prizes.get(ticket.prize_id) if ticket.prize_id else None
    return {
        "ticket": ticket,
        "prize_name": prize.name if prize else (_("作废") if ticket.state is TicketState.VOID else _("没中")),
        "is_win": prize is not None and not prize.is_consolation,
    }


def _voucher(voucher: VoucherView) -> dict[str, Any]:
    return {"row": voucher, "is_open": voucher.state is VoucherState.OPEN}


def _tasks(found: DrawView, tickets: list[TicketView], *, is_open: bool) -> list[dict[str, Any]]:
    """The ways to a ticket, with how many of today's are taken."""
    today = _today_counts(tickets)
    amount = format_minor(found.order_min_minor, currency=found.currency)
    order_words = _("下单付款满 %(amount)s") % {"amount": amount} if found.order_min_minor else _("下单付款")
    rows = (
        (Cause.CHECK_IN, found.check_in_daily, _("每天签到"), "check"),
        (Cause.ORDER, found.order_daily, order_words, "cart"),
        (Cause.SHARE, found.share_daily, _("分享给邻居，有人点开"), "share"),
    )
    return [
        {
            "cause": cause.value,
            "label": label,
            "icon": icon,
            "cap": cap,
            "done": min(today[cause], cap),
            "is_open": is_open and today[cause] < cap,
        }
        for cause, cap, label, icon in rows
        if cap
    ]


def _today_counts(tickets: list[TicketView]) -> dict[Cause, int]:
    zone = ZoneInfo(settings.TIME_ZONE)
    today = clock.now().astimezone(zone).date()
    counts = dict.fromkeys(Cause, 0)
    for ticket in tickets:
        counts[ticket.cause] += ticket.earned_at.astimezone(zone).date() == today
    return counts


def _proof(found: DrawView, tickets: list[TicketView]) -> dict[str, Any]:
    """What verify.js reads: the same numbers as the CSV."""
    spins = sorted((one for one in tickets if one.spin_no), key=lambda one: one.spin_no or 0)
    return {
        "about": "draw",
        "mode": found.mode.value,
        "commitment": found.commitment,
        "seed": found.seed,
        "sealed": found.sealed,
        "prizes": [
            {
                "id": str(prize.id),
                "name": prize.name,
                "odds": prize.odds_bp,
                "stock": prize.stock,
                "amount": prize.amount_minor,
                "min": prize.min_minor or prize.amount_minor,
                "consolation": prize.is_consolation,
            }
            for prize in found.prizes
        ],
        "numbers": [one.ticket_no for one in tickets],
        "spins": [
            {
                "spin": one.spin_no,
                "ticket": one.ticket_no,
                "client": one.client_seed,
                "roll": one.roll,
                "prize": str(one.prize_id),
                "amount": one.amount_minor,
            }
            for one in spins
        ]
        if found.mode is DrawMode.INSTANT
        else [],
        "tickets": [
            {
                "ticket": one.ticket_no,
                "person": _person(found, one),
                "prize": str(one.prize_id) if one.prize_id else "",
            }
            for one in tickets
            if one.state is not TicketState.VOID
        ]
        if found.mode is DrawMode.FINAL
        else [],
    }


def _person(found: DrawView, ticket: TicketView) -> str:
    """The same person has the same word within a draw, and another one in every other."""
    return derived_id(found.id, str(ticket.member_id)).hex[:12]


def _total(request: HttpRequest, otherwise: int) -> int:
    text = request.POST.get("expected_total", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else otherwise
