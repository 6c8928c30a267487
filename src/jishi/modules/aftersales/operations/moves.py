"""What every step of a case has in common: the lock, the table of states, history, the fact."""

import uuid
from typing import Any

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance
from jishi.modules.aftersales import rules
from jishi.modules.aftersales.facts import CaseMoved
from jishi.modules.aftersales.models import Case, UnitClaim
from jishi.modules.aftersales.types import CaseState, CaseVerb, Side
from jishi.platform import history, locks
from jishi.platform.facts import record_fact


def lock_case(case_id: uuid.UUID) -> Case:
    return locks.lock_one(Case, case_id)


def lock_own(case_id: uuid.UUID, *, by: Actor) -> Case:
    """Raises NotFound for somebody else's case."""
    case = lock_case(case_id)
    if not by.owns(case.member_id):
        raise NotFound()
    return case


def move(case: Case, verb: CaseVerb, *, by: Actor, side: Side | None, note: str = "", **changes: Any) -> None:
    """Take a locked case one step on. Raises IllegalStep."""
    before = CaseState(case.state)
    after = advance(rules.LIFECYCLE, before, verb)
    now = clock.now()
    case.state, case.changed_at = after.value, now
    keeps_deadline = after is CaseState.INSPECTING and case.deadline is not None
    if not keeps_deadline:
        case.deadline = now + rules.WAITING[after][1] if after in rules.WAITING else None
    case.closed_at = now if after in rules.ENDED else None
    for name, value in changes.items():
        setattr(case, name, value)
    case.save()
    if after in rules.ENDED:
        UnitClaim.objects.filter(case=case, is_gone=False).delete()
    agreed = case.agreed_minor + case.agreed_freight_minor if case.agreed_minor is not None else 0
    history.record_step(
        subject=("case", case.id),
        verb=verb.value,
        by=by,
        before=before.value,
        after=after.value,
        note=note,
        details={"amount_minor": agreed} if verb in _WITH_MONEY and agreed else {},
    )
    record_fact(
        CaseMoved(
            case_id=case.id,
            number=case.number,
            order_id=case.order_id,
            member_id=case.member_id,
            kind=case.kind,
            verb=verb.value,
            before=before.value,
            after=after.value,
            side=side.value if side else SYSTEM.kind.value,
            amount_minor=agreed,
            currency=case.currency,
        ),
        by=by,
    )


_WITH_MONEY = frozenset({CaseVerb.AGREE, CaseVerb.AGREE_RETURN, CaseVerb.OFFER, CaseVerb.FINISH})
