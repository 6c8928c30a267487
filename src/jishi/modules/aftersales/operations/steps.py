"""What the member does with a case, what time does, and how it ends."""

import uuid
from datetime import datetime

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import IllegalStep, NotFound
from jishi.modules.aftersales import rules
from jishi.modules.aftersales.errors import (
    ReturnParcelNeeded,
    TooManyMessages,
    TooManyPictures,
    WordsNeeded,
)
from jishi.modules.aftersales.facts import CaseMessageSent
from jishi.modules.aftersales.models import Case, Evidence, Message, UnitClaim
from jishi.modules.aftersales.operations.ask import WORDS_MAX
from jishi.modules.aftersales.operations.moves import lock_case, lock_own, move
from jishi.modules.aftersales.queries import case_view
from jishi.modules.aftersales.types import CaseKind, CaseState, CaseVerb, CaseView, Side
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

CARRIER_MAX, TRACKING_MAX = 40, 60
MESSAGES_MAX = 100


@in_transaction
def withdraw_case(case_id: uuid.UUID, *, by: Actor) -> CaseView:
    """Raises NotFound, IllegalStep."""
    move(lock_own(case_id, by=by), CaseVerb.WITHDRAW, by=by, side=Side.MEMBER)
    return case_view(case_id, by=SYSTEM)


@in_transaction
def escalate_case(case_id: uuid.UUID, *, by: Actor, words: str) -> CaseView:
    """The member asks the platform to decide after a no or an offer. Raises WordsNeeded, IllegalStep."""
    case = lock_own(case_id, by=by)
    text = words.strip()
    if not text or len(text) > WORDS_MAX:
        raise WordsNeeded(limit=WORDS_MAX)
    if case.state == CaseState.ASKED.value:
        raise IllegalStep(state=case.state)  # the shop has its time to answer
    move(case, CaseVerb.ESCALATE, by=by, side=Side.MEMBER, note=text)
    return case_view(case_id, by=SYSTEM)


@in_transaction
def accept_offer(case_id: uuid.UUID, *, by: Actor) -> CaseView:
    """The member takes what the shop offers. Raises NotFound, IllegalStep."""
    case = lock_own(case_id, by=by)
    if case.state != CaseState.OFFERED.value:
        raise IllegalStep(state=case.state)
    move(case, rules.verb_of_time(CaseKind(case.kind), CaseState.OFFERED), by=by, side=Side.MEMBER)
    return case_view(case_id, by=SYSTEM)


@in_transaction
def send_back(
    case_id: uuid.UUID, *, by: Actor, carrier: str, tracking_number: str, laid_out_minor: int = 0
) -> CaseView:
    """The member has sent the parcel, and says what it cost. Raises ReturnParcelNeeded, IllegalStep."""
    case = lock_own(case_id, by=by)
    name, number = carrier.strip(), tracking_number.strip()
    if not name or not number or len(name) > CARRIER_MAX or len(number) > TRACKING_MAX:
        raise ReturnParcelNeeded()
    reason = rules.REASONS[case.reason]
    move(
        case,
        CaseVerb.SEND,
        by=by,
        side=Side.MEMBER,
        note=f"{name} {number}",
        carrier=name,
        tracking_number=number,
        return_freight_minor=rules.return_freight(fault=reason.fault, laid_out_minor=laid_out_minor),
    )
    return case_view(case_id, by=SYSTEM)


@in_transaction
def say(case_id: uuid.UUID, *, by: Actor, text: str, evidence: tuple[str, ...] = ()) -> uuid.UUID:
    """A message inside a case, perhaps with more pictures. Raises NotFound, WordsNeeded, TooManyMessages, TooManyPictures."""
    case = lock_case(case_id)
    if not by.owns(case.member_id) and not by.may("cases.decide"):
        raise NotFound()
    words = text.strip()
    if (not words and not evidence) or len(words) > WORDS_MAX:
        raise WordsNeeded(limit=WORDS_MAX)
    if Message.objects.filter(case=case).count() >= MESSAGES_MAX:
        raise TooManyMessages()
    side = Side.MEMBER if by.owns(case.member_id) else Side.SHOP
    known = set(Evidence.objects.filter(case=case).values_list("path", flat=True))
    fresh = [path for path in dict.fromkeys(evidence) if path not in known]
    if len(known) + len(fresh) > 2 * rules.EVIDENCE_MAX:
        raise TooManyPictures(limit=2 * rules.EVIDENCE_MAX)
    Evidence.objects.bulk_create(
        [Evidence(case=case, side=side.value, path=path, at=clock.now()) for path in fresh]
    )
    message = Message.objects.create(
        case=case,
        side=side.value,
        author_id=by.id,
        author_label=by.label[:80],
        text=words,
        at=clock.now(),
    )
    record_fact(CaseMessageSent(case.id, case.number, case.member_id, side.value), by=by)
    return message.id


@in_transaction
def expire_case(case_id: uuid.UUID) -> CaseView | None:
    """The time of whoever was awaited is over. None when somebody acted meanwhile."""
    case = lock_case(case_id)
    state = CaseState(case.state)
    if state not in rules.SWEPT or case.deadline is None or case.deadline > clock.now():
        return None
    verb = rules.verb_of_time(CaseKind(case.kind), state)
    changes = {}
    if verb is not CaseVerb.EXPIRE and case.agreed_minor is None:
        changes = {"agreed_minor": case.asked_minor, "agreed_freight_minor": case.freight_minor}
    move(case, verb, by=SYSTEM, side=None, note="time_is_over", **changes)
    return case_view(case_id, by=SYSTEM)


@in_transaction
def postpone_case(case_id: uuid.UUID, *, until: datetime) -> None:
    """What should follow from time cannot be had now; ask again then."""
    case = lock_case(case_id)
    Case.objects.filter(id=case.id, deadline__isnull=False).update(deadline=until)


@in_transaction
def note_refund(case_id: uuid.UUID, *, refund_id: uuid.UUID, paid_minor: int) -> None:
    """The money was asked for. The units are gone from the order, and stay out of other cases for good."""
    case = lock_case(case_id)
    Case.objects.filter(id=case.id).update(refund_id=refund_id, paid_minor=paid_minor)
    if case.takes_units:
        UnitClaim.objects.filter(case=case).update(is_gone=True)


@in_transaction
def note_replacement(case_id: uuid.UUID, *, order_id: uuid.UUID) -> None:
    Case.objects.filter(id=case_id).update(replacement_id=order_id)


@in_transaction
def finish_case(case_id: uuid.UUID) -> bool:
    """The money is back, or the replacement is on its way. False when that was noted before."""
    case = lock_case(case_id)
    if CaseState(case.state) not in (CaseState.REFUNDING, CaseState.REPLACING):
        return False
    move(case, CaseVerb.FINISH, by=SYSTEM, side=None)
    return True
