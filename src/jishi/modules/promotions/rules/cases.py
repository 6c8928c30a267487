"""A cart and the offers that could touch it, made ready to be evaluated many times."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jishi.kernel.money import share_in_basis_points
from jishi.modules.promotions.rules.amounts import first_promise
from jishi.modules.promotions.rules.calendars import is_on
from jishi.modules.promotions.rules.compiled import CompiledOffers, in_scope, least_sum
from jishi.modules.promotions.types import (
    Audience,
    Buyer,
    HeldCoupon,
    Offer,
    PricedLine,
    Reason,
    Scope,
    SetFor,
    Stage,
    Trace,
)

HINTS_MAX = 3
MEMBER_KIND = "member"
_ORDER = (Stage.ITEM, Stage.ORDER, Stage.COUPON, Stage.SHIPPING)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer (perhaps by a coupon) that may be used on lines (indices, rising) of the case's scope number `scope`.

    `least`: the sum of its goods below which it gives nothing; `ideal`: what they cost before any offer.
    """

    index: int
    offer: Offer
    scope: int
    lines: tuple[int, ...]
    least: int
    ideal: int
    units: int
    group: str
    coupon_id: uuid.UUID | None = None
    parts: tuple[tuple[tuple[int, ...], int], ...] = ()  # of a set: lines and units of each part


@dataclass(frozen=True, slots=True)
class Case:
    """`amounts`: what each line costs after play and member price. `groups`: candidates by stage, in the declared order."""

    lines: tuple[PricedLine, ...]
    floors: tuple[int, ...]
    amounts: tuple[int, ...]
    member_off: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    scopes: tuple[tuple[int, ...], ...]
    groups: Mapping[Stage, tuple[tuple[Candidate, ...], ...]]
    refused: tuple[Trace, ...]
    fee_of: Callable[[int], int]
    ships_free: bool = False
    budgets: Mapping[uuid.UUID, int] = field(default_factory=dict)
    has_exclusions: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a cart is priced with besides its lines. `chosen`: coupons to use; None lets the engine choose the best."""

    buyer: Buyer
    local: datetime  # now, in the shop's time zone
    coupons: Sequence[HeldCoupon] = ()
    chosen: tuple[uuid.UUID, ...] | None = None
    budgets: Mapping[uuid.UUID, int] = field(default_factory=dict)  # what is left, by offer
    fee_of: Callable[[int], int] = lambda goods_minor: 0


def make_case(lines: Iterable[PricedLine], offers: CompiledOffers, asked: Asked) -> Case:
    """Sort, find the offers that touch the cart, and put aside those that cannot be used whatever is chosen."""
    ordered = tuple(sorted(lines, key=lambda line: line.key))
    member_off = tuple(_member_off(line, asked.buyer) for line in ordered)
    amounts = tuple(
        line.list_minor * line.quantity - line.play_minor - off
        for line, off in zip(ordered, member_off, strict=True)
    )
    whole = sum(amounts)
    found: list[tuple[Offer, uuid.UUID | None]] = [
        (offer, None) for stage in _ORDER for offer in offers.touching(stage, ordered, sum_minor=whole)
    ]
    for coupon in sorted(asked.coupons, key=lambda one: one.id):
        if asked.chosen is None or coupon.id in asked.chosen:
            found.append((coupon.offer, coupon.id))
    counter = _Counter(ordered, amounts)
    candidates: list[Candidate] = []
    refused: list[Trace] = []
    for offer, coupon_id in found:
        candidate = counter.candidate(len(candidates), offer, coupon_id)
        reason = _refusal(offer, asked) or _out_of_scope(candidate, ordered)
        if reason is None:
            candidates.append(candidate)
        elif candidate.lines or coupon_id is not None or reason is Reason.PLAY_PRICE:
            refused.append(Trace(offer.id, offer.label, offer.stage, reason, coupon_id=coupon_id))
    return Case(
        lines=ordered,
        floors=tuple(line.floor_minor * line.quantity for line in ordered),
        amounts=amounts,
        member_off=member_off,
        candidates=tuple(candidates),
        scopes=tuple(counter.scopes),
        groups={stage: _groups([c for c in candidates if c.offer.stage is stage]) for stage in _ORDER},
        refused=(*refused, *_hints(offers, asked, whole=whole)),
        fee_of=asked.fee_of,
        ships_free=asked.buyer.ships_free,
        budgets=asked.budgets,
        has_exclusions=any(c.offer.excludes for c in candidates),
    )


class _Counter:
    """Counts lines, sums and units of each scope once, however many offers share it."""

    def __init__(self, lines: Sequence[PricedLine], amounts: Sequence[int]) -> None:
        self._lines, self._amounts = lines, amounts
        self.scopes: list[tuple[int, ...]] = []
        self._numbers: dict[tuple[int, ...], tuple[int, tuple[int, ...], int, int]] = {}
        self._whole: dict[bool, tuple[int, tuple[int, ...], int, int]] = {}

    def candidate(self, index: int, offer: Offer, coupon_id: uuid.UUID | None) -> Candidate:
        any_price = offer.on_plays or offer.stage is Stage.SHIPPING  # a fee is for the whole parcel
        parts: tuple[tuple[tuple[int, ...], int], ...] = ()
        if isinstance(offer.benefit, SetFor):
            parts = tuple((self._in(scope, any_price), units) for scope, units in offer.benefit.parts)
            is_whole = all(indices for indices, _ in parts)
            wanted = {i for indices, _ in parts for i in indices} if is_whole else set()
            number, lines, ideal, units = self._number(tuple(sorted(wanted)))
        elif offer.scope.is_all and not offer.scope.without:
            if any_price not in self._whole:
                self._whole[any_price] = self._number(self._in(offer.scope, any_price))
            number, lines, ideal, units = self._whole[any_price]
        else:
            number, lines, ideal, units = self._number(self._in(offer.scope, any_price))
        group = offer.group or f"~{offer.id.hex}"
        least = least_sum(offer)
        return Candidate(index, offer, number, lines, least, ideal, units, group, coupon_id, parts)

    def _in(self, scope: Scope, any_price: bool) -> tuple[int, ...]:
        return tuple(
            i
            for i, line in enumerate(self._lines)
            if (any_price or not line.play_kind) and in_scope(scope, line)
        )

    def _number(self, lines: tuple[int, ...]) -> tuple[int, tuple[int, ...], int, int]:
        known = self._numbers.get(lines)
        if known is None:
            ideal = sum(self._amounts[i] for i in lines)
            units = sum(self._lines[i].quantity for i in lines)
            known = self._numbers[lines] = (len(self.scopes), lines, ideal, units)
            self.scopes.append(lines)
        return known


def _out_of_scope(candidate: Candidate, lines: Sequence[PricedLine]) -> Reason | None:
    if candidate.lines:
        return None
    touches = any(line.play_kind and in_scope(candidate.offer.scope, line) for line in lines)
    return Reason.PLAY_PRICE if touches else Reason.OUT_OF_SCOPE


def _hints(offers: CompiledOffers, asked: Asked, *, whole: int) -> list[Trace]:
    """What is just out of reach even at full price, and what it would give."""
    return [
        Trace(
            offer.id,
            offer.label,
            offer.stage,
            Reason.BELOW_AMOUNT,
            missing_minor=least_sum(offer) - whole,
            next_off_minor=first_promise(offer.benefit)[0],
            next_rate=first_promise(offer.benefit)[1],
        )
        for stage in (Stage.ORDER, Stage.SHIPPING)
        for offer in offers.nearest(stage, sum_minor=whole, limit=HINTS_MAX)
        if whole and _refusal(offer, asked) is None
    ]


def _member_off(line: PricedLine, buyer: Buyer) -> int:
    if line.play_kind or not buyer.member_rate:
        return 0
    unit = share_in_basis_points(line.list_minor, buyer.member_rate)
    return min(unit, max(0, line.list_minor - line.floor_minor)) * line.quantity


def _refusal(offer: Offer, asked: Asked) -> Reason | None:
    """What stands against it whatever is in the cart."""
    if offer.is_plain:
        return None
    if not is_now(offer, local=asked.local):
        return Reason.NOT_NOW
    if not offer.audience.is_everybody and not _is_for(offer.audience, asked.buyer):
        return Reason.AUDIENCE
    if offer.member_limit is not None and asked.buyer.uses.get(offer.id, 0) >= offer.member_limit:
        return Reason.LIMIT_REACHED
    is_gone = offer.budget_minor is not None and asked.budgets.get(offer.id, offer.budget_minor) <= 0
    return Reason.BUDGET_GONE if is_gone else None


def is_now(offer: Offer, *, local: datetime) -> bool:
    """Whether its hours are now; `local` is the shop's time."""
    return (
        (offer.opens_at is None or offer.opens_at <= local)
        and (offer.closes_at is None or local < offer.closes_at)
        and is_on(offer.calendar, local=local)
    )


def _is_for(audience: Audience, buyer: Buyer) -> bool:
    return (
        (not audience.new_members or buyer.is_new)
        and (not audience.paid_members or buyer.is_paid_member)
        and (not audience.from_rank or (buyer.is_member and buyer.rank >= audience.from_rank))
    )


def _groups(candidates: list[Candidate]) -> tuple[tuple[Candidate, ...], ...]:
    """Groups by their highest priority, then by name; candidates inside by priority, then by id."""
    by_name: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_name.setdefault(candidate.group, []).append(candidate)
    ranked = sorted(by_name.items(), key=lambda item: (-max(c.offer.priority for c in item[1]), item[0]))
    return tuple(
        tuple(sorted(members, key=lambda c: (-c.offer.priority, c.offer.id, c.coupon_id or c.offer.id)))
        for _, members in ranked
    )
