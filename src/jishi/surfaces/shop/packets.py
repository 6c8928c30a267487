"""Red packets on the phone: what there is to open, the envelope, who got how much, sending one, checking one."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.flows.community import open_packet_here
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, Kind, Refusal
from jishi.kernel.money import parse_minor
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.life.public import play_view
from jishi.modules.plays.red_packet.public import (
    PacketKind,
    PacketState,
    PacketView,
    Terms,
    current_drop,
    offered_packets,
    own_packets,
    own_share,
    packet_view,
    packets_of_play,
    sealed_text,
    send_packet,
    shares_of,
)
from jishi.modules.wallet.public import own_balance_minor
from jishi.platform.http import actor_of
from jishi.surfaces.refusals import status_of, words_of
from jishi.surfaces.shop.frame import ShareCard, absolute, go, require_member, show, uuid_from
from jishi.surfaces.shop.words import masked_name, packet_words

SHARES_SHOWN = 100
SENT_SHOWN = 30


@require_safe
def packets(request: HttpRequest) -> HttpResponse:
    """What the shop has put out now; one card per play. Two queries besides the frame's."""
    by_play: dict[uuid.UUID | None, list[PacketView]] = {}
    for found in offered_packets():
        by_play.setdefault(found.play_id, []).append(found)
    drops = [current_drop(sorted(group, key=lambda one: one.drop_no)) for group in by_play.values()]
    cards = [_card(found) for found in drops if found is not None]
    return show(request, "shop/packets.html", {"cards": cards}, tab="me")


@require_safe
def packet(request: HttpRequest, packet_id: uuid.UUID) -> HttpResponse:
    return _packet_page(request, packet_view(packet_id))


@require_POST
def open_one(request: HttpRequest, packet_id: uuid.UUID) -> HttpResponse:
    """A refusal is said on the envelope itself."""
    actor = require_member(request)
    try:
        open_packet_here(packet_id, by=actor, password=request.POST.get("password", ""))
    except Refusal as refusal:
        if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED, Kind.BUSY):
            raise
        found = packet_view(packet_id)
        return _packet_page(request, found, problem=words_of(refusal), status=status_of(refusal))
    return go(reverse("shop:packet", args=[packet_id]) + "?new=1")


@require_safe
def verify(request: HttpRequest, packet_id: uuid.UUID) -> HttpResponse:
    """Everything that is needed to check a packet that has ended; before that, its commitment."""
    found = packet_view(packet_id)
    shares = shares_of(found)
    proof = {
        "about": "packet",
        "commitment": found.commitment,
        "kind": found.kind.value,
        "seed": found.seed,
        "plan": list(found.plan),
        "total": found.total_minor,
        "opened": [[share.share_no, share.amount_minor] for share in reversed(shares)],
    }
    values = {
        "packet": found,
        "proof": proof,
        "is_over": found.state is PacketState.CLOSED,
        "sealed": sealed_text(seed=found.seed, plan=found.plan) if found.seed else "",
        "back": reverse("shop:packet", args=[packet_id]),
    }
    return show(request, "shop/packet_verify.html", values)


@require_safe
def my_packets(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    rows = [
        {"packet": found, "kind": packet_words(found.kind), "url": reverse("shop:packet", args=[found.id])}
        for found in own_packets(by=actor, limit=SENT_SHOWN)
    ]
    return show(request, "shop/my_packets.html", {"rows": rows}, tab="me")


@require_http_methods(["GET", "HEAD", "POST"])
def new_packet(request: HttpRequest) -> HttpResponse:
    """From the own wallet to friends."""
    actor = require_member(request)
    problem, status = "", 200
    if request.method == "POST":
        try:
            sent = send_packet(
                _terms(request),
                by=actor,
                currency=settings.JISHI_CURRENCY,
                packet_id=uuid_from(request.POST.get("once")),
            )
            return go(reverse("shop:packet", args=[sent.id]))
        except Refusal as refusal:
            if refusal.kind is Kind.MISSING:
                raise
            problem, status = _plain(refusal), status_of(refusal)
    values = {
        "balance_minor": own_balance_minor(by=actor, currency=settings.JISHI_CURRENCY),
        "once": request.POST.get("once") or str(ids.new_id()),
        "given": request.POST,
        "is_even": request.POST.get("kind") == PacketKind.EVEN.value,
        "problem": problem,
    }
    return show(request, "shop/packet_new.html", values, tab="me", status=status)


def _packet_page(
    request: HttpRequest, found: PacketView, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """Six queries at most besides the frame's."""
    actor = actor_of(request)
    share = own_share(found.id, by=actor)
    shares = shares_of(found, limit=SHARES_SHOWN) if share or found.is_empty or _is_over(found) else []
    drops = packets_of_play(found.play_id) if found.play_id else []
    coming = next((drop for drop in drops if drop.opens_at > clock.now()), None)
    known = [one.member_id for one in shares] + ([found.sender_id] if found.sender_id else [])
    people = people_by_ids(known)
    sender = people[found.sender_id].nickname if found.sender_id in people else ""
    values = {
        "packet": found,
        "mode": _mode(found, has_share=share is not None),
        "share": share,
        "is_new": request.GET.get("new") == "1",
        "from_words": _("%(name)s的红包") % {"name": sender} if sender else _play_name(found),
        "greeting": found.greeting or _("恭喜发财，大吉大利"),
        "kind": packet_words(found.kind),
        "rows": [_row(one, people=people, by=actor) for one in shares],
        "drops": drops if len(drops) > 1 else [],
        "coming": coming if coming and coming.id != found.id else None,
        "problem": problem,
        "sharing": {
            "url": reverse("shop:share_target", args=["packet", found.id]),
            "address": absolute(reverse("shop:packet", args=[found.id])),
        },
        "card": _share_card(found),
    }
    return show(request, "shop/packet.html", values, status=status)


def _mode(found: PacketView, *, has_share: bool) -> str:
    """What the page is for: mine, over, empty, coming, ready."""
    if has_share:
        return "mine"
    if _is_over(found):
        return "over"
    if found.is_empty:
        return "empty"
    return "coming" if found.opens_at > clock.now() else "ready"


def _is_over(found: PacketView) -> bool:
    return found.state is PacketState.CLOSED or found.closes_at <= clock.now()


def _play_name(found: PacketView) -> str:
    return play_view(found.play_id).name if found.play_id else ""


def _row(share: Any, *, people: Any, by: Actor) -> dict[str, Any]:
    name = people[share.member_id].nickname if share.member_id in people else _("邻居")
    is_me = by.owns(share.member_id)
    return {
        "name": name if is_me else masked_name(name),
        "face": name,
        "is_me": is_me,
        "amount_minor": share.amount_minor,
        "at": share.opened_at,
        "is_best": share.is_best,
    }


def _card(found: PacketView) -> dict[str, Any]:
    return {
        "packet": found,
        "url": reverse("shop:packet", args=[found.id]),
        "greeting": found.greeting or _play_name(found),
        "kind": packet_words(found.kind),
        "is_coming": found.opens_at > clock.now(),
    }


def _share_card(found: PacketView) -> ShareCard:
    return ShareCard(
        title=found.greeting or _("恭喜发财，大吉大利"),
        description=_("拆红包啦，先到先得"),
        url=absolute(reverse("shop:packet", args=[found.id])),
    )


def _terms(request: HttpRequest) -> Terms:
    """Raises InvalidInput for what is no number."""
    try:
        total = parse_minor(request.POST.get("total", ""), currency=settings.JISHI_CURRENCY)
        count = int(request.POST.get("count", ""))
    except ValueError as error:
        raise InvalidInput(field=_("金额"), reason=_("请填金额和个数")) from error
    is_even = request.POST.get("kind") == PacketKind.EVEN.value
    return Terms(
        kind=PacketKind.EVEN if is_even else PacketKind.RANDOM,
        total_minor=max(0, min(total, 10**9)),
        share_count=max(0, min(count, 10**6)),
        greeting=request.POST.get("greeting", ""),
        password=request.POST.get("password", ""),
    )


def _plain(refusal: Refusal) -> str:
    """The reason without the name of the field, which a person does not know."""
    reason = refusal.facts.get("reason")
    return _(str(reason)) if reason else words_of(refusal)
