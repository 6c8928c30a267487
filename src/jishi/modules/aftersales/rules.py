"""What may be asked, how much, who pays the parcel, and until when (docs/algorithms/after-sales.md)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jishi.kernel.money import format_minor, worth_of_units
from jishi.modules.aftersales.errors import (
    CannotAsk,
    GoodsCountWrong,
    NothingAsked,
    PicturesNeeded,
    ReasonUnknown,
    TooLate,
    TooManyPictures,
    TooMuchAsked,
    UnitsTaken,
)
from jishi.modules.aftersales.types import (
    Ask,
    CaseKind,
    CaseState,
    CaseVerb,
    Fault,
    LineFacts,
    LineLimit,
    OrderFacts,
    Reason,
    Side,
    Terms,
)

S, V, K = CaseState, CaseVerb, CaseKind

LIFECYCLE: dict[tuple[CaseState, str], CaseState] = {
    (S.ASKED, V.AGREE): S.REFUNDING,
    (S.ASKED, V.AGREE_RETURN): S.AWAITING_RETURN,
    (S.ASKED, V.REPLACE): S.REPLACING,
    (S.ASKED, V.OFFER): S.OFFERED,
    (S.ASKED, V.RESOLVE): S.DONE,
    (S.ASKED, V.REFUSE): S.REFUSED,
    (S.ASKED, V.WITHDRAW): S.WITHDRAWN,
    (S.ASKED, V.ESCALATE): S.PLATFORM_REVIEW,
    (S.OFFERED, V.AGREE): S.REFUNDING,
    (S.OFFERED, V.AGREE_RETURN): S.AWAITING_RETURN,
    (S.OFFERED, V.ESCALATE): S.PLATFORM_REVIEW,
    (S.OFFERED, V.WITHDRAW): S.WITHDRAWN,
    (S.AWAITING_RETURN, V.SEND): S.RETURNING,
    (S.AWAITING_RETURN, V.WITHDRAW): S.WITHDRAWN,
    (S.AWAITING_RETURN, V.EXPIRE): S.CLOSED,
    (S.RETURNING, V.ARRIVE): S.INSPECTING,
    (S.RETURNING, V.ACCEPT_GOODS): S.REFUNDING,
    (S.RETURNING, V.REPLACE): S.REPLACING,
    (S.INSPECTING, V.ACCEPT_GOODS): S.REFUNDING,
    (S.INSPECTING, V.REPLACE): S.REPLACING,
    (S.INSPECTING, V.REFUSE): S.REFUSED,
    (S.REFUSED, V.ESCALATE): S.PLATFORM_REVIEW,
    (S.REFUSED, V.WITHDRAW): S.WITHDRAWN,
    (S.REFUSED, V.EXPIRE): S.CLOSED,
    (S.PLATFORM_REVIEW, V.AGREE): S.REFUNDING,
    (S.PLATFORM_REVIEW, V.AGREE_RETURN): S.AWAITING_RETURN,
    (S.PLATFORM_REVIEW, V.REPLACE): S.REPLACING,
    (S.PLATFORM_REVIEW, V.RESOLVE): S.DONE,
    (S.PLATFORM_REVIEW, V.UPHOLD): S.CLOSED,
    (S.PLATFORM_REVIEW, V.WITHDRAW): S.WITHDRAWN,
    (S.REFUNDING, V.FINISH): S.DONE,
    (S.REPLACING, V.FINISH): S.DONE,
}
ENDED = frozenset({S.DONE, S.WITHDRAWN, S.CLOSED})
OPEN = frozenset(S) - ENDED
# who is awaited, and for how long
WAITING: dict[CaseState, tuple[Side, timedelta]] = {
    S.ASKED: (Side.SHOP, timedelta(hours=48)),
    S.OFFERED: (Side.MEMBER, timedelta(days=7)),
    S.AWAITING_RETURN: (Side.MEMBER, timedelta(days=7)),
    S.RETURNING: (Side.SHOP, timedelta(days=10)),
    S.INSPECTING: (Side.SHOP, timedelta(days=10)),
    S.REFUSED: (Side.MEMBER, timedelta(days=7)),
    S.PLATFORM_REVIEW: (Side.PLATFORM, timedelta(days=5)),
}
SWEPT = frozenset(WAITING) - {S.PLATFORM_REVIEW}  # a person decides there, however long it takes

NO_REASON_DAYS, QUALITY_DAYS, COMPLAINT_DAYS = 7, 15, 30
EVIDENCE_MAX = 6
CHANGED_MIND = "changed_mind"
RETURN_FREIGHT_CAP_MINOR = 1_500
_GOODS = frozenset({K.REFUND_ONLY, K.RETURN_REFUND, K.EXCHANGE})
_BACK = frozenset({K.RETURN_REFUND, K.EXCHANGE})
_MONEY = frozenset({K.REFUND_ONLY})
_COMPLAINT = frozenset({K.COMPLAINT})

REASONS: dict[str, Reason] = {
    CHANGED_MIND: Reason(_MONEY, Fault.MEMBER, NO_REASON_DAYS, before_goods=True, with_goods=False),
    "late": Reason(_MONEY | _COMPLAINT, Fault.SHOP, COMPLAINT_DAYS, before_goods=True, with_goods=False),
    "never_arrived": Reason(_MONEY, Fault.SHOP, QUALITY_DAYS, before_goods=True, with_goods=False),
    "no_reason": Reason(frozenset({K.RETURN_REFUND}), Fault.MEMBER, NO_REASON_DAYS),
    "wrong_size": Reason(_BACK, Fault.MEMBER, NO_REASON_DAYS),
    "quality": Reason(_GOODS | _COMPLAINT, Fault.SHOP, QUALITY_DAYS, needs_pictures=True),
    "damaged": Reason(_GOODS, Fault.SHOP, QUALITY_DAYS, needs_pictures=True),
    "missing_parts": Reason(_GOODS, Fault.SHOP, QUALITY_DAYS, needs_pictures=True),
    "wrong_goods": Reason(_GOODS, Fault.SHOP, QUALITY_DAYS, needs_pictures=True),
    "not_as_described": Reason(_GOODS | _COMPLAINT, Fault.SHOP, QUALITY_DAYS, needs_pictures=True),
    "agreed_with_shop": Reason(_GOODS, Fault.NOBODY, QUALITY_DAYS, before_goods=True),
    "service": Reason(_COMPLAINT, Fault.SHOP, COMPLAINT_DAYS, before_goods=True),
    "false_promise": Reason(_COMPLAINT, Fault.SHOP, COMPLAINT_DAYS, before_goods=True),
    "other": Reason(_COMPLAINT, Fault.NOBODY, COMPLAINT_DAYS, before_goods=True),
}
_ORDER_WITH_GOODS = frozenset({"partly_shipped", "shipped", "received"})
_ORDER_PAID = _ORDER_WITH_GOODS | {"paid"}


def reasons_for(kind: CaseKind, *, has_goods: bool) -> list[str]:
    """In the order they are offered."""
    return [
        name
        for name, reason in REASONS.items()
        if kind in reason.kinds and (reason.with_goods if has_goods else reason.before_goods)
    ]


def takes_units(kind: CaseKind, *, has_goods: bool) -> bool:
    """Whether units go back on the order: those never had, and those sent back. Else only money does."""
    return kind is K.RETURN_REFUND or (kind is K.REFUND_ONLY and not has_goods)


def limits(order: OrderFacts, *, kind: CaseKind, has_goods: bool) -> tuple[LineLimit, ...]:
    """How many units of each line such a case may be about, and what they are worth; lines without any are left out."""
    if order.state not in _ORDER_PAID or (has_goods and order.state not in _ORDER_WITH_GOODS):
        return ()
    if kind in _BACK and not has_goods:
        return ()
    found = []
    for line in order.lines:
        units = min(free_units(line), _units_there(line, has_goods=has_goods, kind=kind))
        if units > 0:
            found.append(LineLimit(line.line_id, units, worth(line, units=units)))
    return tuple(found)


def free_units(line: LineFacts) -> int:
    return max(0, line.quantity - line.refunded - line.claimed)


def worth(line: LineFacts, *, units: int) -> int:
    return worth_of_units(
        total_minor=line.total_minor,
        quantity=line.quantity,
        left_minor=line.left_minor,
        left_units=line.left_units,
        units=units,
    )


def last_moment(order: OrderFacts, reason: str) -> datetime | None:
    """Until when a reason may be given; None while the goods were not received."""
    return order.received_at + timedelta(days=REASONS[reason].days) if order.received_at else None


def settle_terms(order: OrderFacts, ask: Ask, *, now: datetime) -> Terms:
    """What a case would be about. Raises the refusal that names what is wrong with the ask."""
    reason = REASONS.get(ask.reason)
    if reason is None or ask.reason not in reasons_for(ask.kind, has_goods=ask.has_goods):
        raise ReasonUnknown()
    may = {limit.line_id: limit for limit in limits(order, kind=ask.kind, has_goods=ask.has_goods)}
    if not may and order.state not in _ORDER_PAID:
        raise CannotAsk(state=order.state)
    until = last_moment(order, ask.reason)
    if until is not None and now > until:
        raise TooLate(days=reason.days)
    _check_evidence(reason, ask)
    units = {line_id: count for line_id, count in ask.units.items() if count}
    if not units:
        raise NothingAsked()
    lines = {line.line_id: line for line in order.lines}
    amounts: dict[uuid.UUID, int] = {}
    for line_id, count in units.items():
        most_units = _most_units(may.get(line_id), lines.get(line_id), reason=ask.reason)
        if not 0 < count <= most_units:
            raise UnitsTaken(left=most_units)
        amounts[line_id] = _amount(
            ask, line_id, most=worth(lines[line_id], units=count), currency=order.currency
        )
    if ask.kind is K.REFUND_ONLY and not sum(amounts.values()):
        raise NothingAsked()
    gives_units = takes_units(ask.kind, has_goods=ask.has_goods)
    freight = outbound_freight(order, ask, fault=reason.fault, units=units, amounts=amounts)
    return Terms(units=units, amounts=amounts, freight_minor=freight, takes_units=gives_units)


def outbound_freight(
    order: OrderFacts,
    ask: Ask,
    *,
    fault: Fault,
    units: Mapping[uuid.UUID, int],
    amounts: Mapping[uuid.UUID, int],
) -> int:
    """The part of the freight that goes back with these goods."""
    if not takes_units(ask.kind, has_goods=ask.has_goods):
        return 0
    takes_all = all(units.get(line.line_id, 0) >= line.left_units for line in order.lines)
    if takes_all and (order.is_unshipped or fault is Fault.SHOP):
        return order.shipping_left_minor
    if fault is not Fault.SHOP or order.is_unshipped or not order.goods_left_minor:
        return 0
    return (
        order.shipping_left_minor
        * min(sum(amounts.values()), order.goods_left_minor)
        // order.goods_left_minor
    )


def return_freight(*, fault: Fault, laid_out_minor: int) -> int:
    """What the shop pays of the parcel that comes back."""
    return max(0, min(laid_out_minor, RETURN_FREIGHT_CAP_MINOR)) if fault is Fault.SHOP else 0


def check_agreed(asked: Mapping[uuid.UUID, int], agreed: Mapping[uuid.UUID, int], *, currency: str) -> None:
    """Nobody agrees to more than was asked, or to lines that were not. Raises TooMuchAsked."""
    for line_id, amount in agreed.items():
        if not 0 <= amount <= asked.get(line_id, 0):
            raise TooMuchAsked(most=format_minor(asked.get(line_id, 0), currency=currency))


def verb_of_yes(kind: CaseKind, *, state: CaseState, is_less: bool, sends_back: bool) -> CaseVerb:
    """What a yes means: less than asked is an offer until the platform says it; goods come back first."""
    if is_less and state is S.ASKED:
        return V.OFFER
    if kind in _BACK and sends_back:
        return V.AGREE_RETURN
    return V.REPLACE if kind is K.EXCHANGE else V.AGREE


def verb_of_time(kind: CaseKind, state: CaseState) -> CaseVerb:
    """What the end of waiting does."""
    if state is S.ASKED and kind is K.COMPLAINT:
        return V.ESCALATE
    if state in (S.ASKED, S.OFFERED):
        return V.AGREE_RETURN if kind in _BACK else V.AGREE
    if state in (S.RETURNING, S.INSPECTING):
        return V.REPLACE if kind is K.EXCHANGE else V.ACCEPT_GOODS
    return V.EXPIRE


def check_fates(*, unsorted: int, restocked: int, written_off: int) -> None:
    if restocked < 0 or written_off < 0 or restocked + written_off > unsorted:
        raise GoodsCountWrong()


def free_numbers(*, quantity: int, taken: Sequence[int], count: int) -> list[int]:
    """Which units of a line a case is about; they are told apart so that the database can guard them."""
    used = set(taken)
    return [number for number in range(1, quantity + 1) if number not in used][:count]


def _most_units(limit: LineLimit | None, line: LineFacts | None, *, reason: str) -> int:
    """A changed mind stops what has not left yet; what is on the road comes back as a return."""
    if limit is None or line is None:
        return 0
    return min(limit.units, line.unshipped) if reason == CHANGED_MIND else limit.units


def _units_there(line: LineFacts, *, has_goods: bool, kind: CaseKind) -> int:
    if kind is K.COMPLAINT:
        return line.left_units
    if has_goods:
        return max(0, line.shipped - max(0, line.refunded - line.cancelled))
    return line.left_units


def _check_evidence(reason: Reason, ask: Ask) -> None:
    if len(ask.evidence) > EVIDENCE_MAX:
        raise TooManyPictures(limit=EVIDENCE_MAX)
    if reason.needs_pictures and not ask.evidence:
        raise PicturesNeeded()


def _amount(ask: Ask, line_id: uuid.UUID, *, most: int, currency: str) -> int:
    if ask.kind is K.EXCHANGE:
        return 0
    amount = ask.amounts.get(line_id, 0 if ask.kind is K.COMPLAINT else most)
    if not 0 <= amount <= most:
        raise TooMuchAsked(most=format_minor(most, currency=currency))
    return amount
