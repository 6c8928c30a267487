"""The life of a request, whole, and who may end it."""

import uuid

import pytest

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance
from jishi.modules.approvals.errors import ApprovalIsOwn, ApprovalNotOwn, ReasonMissing
from jishi.modules.approvals.rules import LIFECYCLE, check_first, check_second, clean_reason
from jishi.modules.approvals.types import ApprovalState

ANNA, BO = uuid.UUID(int=1), uuid.UUID(int=2)
VERBS = {
    "approve": ApprovalState.APPROVED,
    "refuse": ApprovalState.REFUSED,
    "withdraw": ApprovalState.WITHDRAWN,
    "expire": ApprovalState.EXPIRED,
}


@pytest.mark.parametrize("state", list(ApprovalState))
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_only_an_open_request_ends_and_it_ends_once(state: ApprovalState, verb: str) -> None:
    if state is ApprovalState.OPEN:
        assert advance(LIFECYCLE, state, verb) is VERBS[verb]
    else:
        with pytest.raises(IllegalStep):
            advance(LIFECYCLE, state, verb)


def test_the_second_is_a_person_and_another_one() -> None:
    check_second(asked_by=ANNA, decided_by=BO)
    check_second(asked_by=None, decided_by=BO)
    for asked, decided in ((ANNA, ANNA), (ANNA, None), (None, None)):
        with pytest.raises(ApprovalIsOwn):
            check_second(asked_by=asked, decided_by=decided)


def test_only_the_first_withdraws() -> None:
    check_first(asked_by=ANNA, withdrawn_by=ANNA)
    for asked, withdrawn in ((ANNA, BO), (None, None), (None, BO), (ANNA, None)):
        with pytest.raises(ApprovalNotOwn):
            check_first(asked_by=asked, withdrawn_by=withdrawn)


def test_a_reason_says_something() -> None:
    assert clean_reason("  多收了 \n 一笔 ") == "多收了 一笔"
    with pytest.raises(ReasonMissing):
        clean_reason(" \n ")
