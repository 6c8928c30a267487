"""Two people and one effect: asking, agreeing, refusing, withdrawing, and nobody answering."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jishi.flows import approvals as flow
from jishi.flows.approvals import approve_request
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import Busy, NotAllowed, NotFound, Refusal
from jishi.modules.approvals.models import ApprovalRequest
from jishi.modules.approvals.public import (
    AlreadyAsked,
    AlreadyDecided,
    ApprovalIsOwn,
    ApprovalNotOwn,
    ApprovalState,
    ApprovalView,
    UnknownApproval,
    approve,
    ask_approval,
    count_to_decide,
    expire_requests,
    open_requests,
    refuse,
    request_view,
    withdraw,
)
from jishi.platform.facts import facts_about
from jishi.platform.models import FactRow, HistoryRow
from tests.world.makers import OWNER, make_member
from tests.world.races import at_once, crashes, refusals, take_locks_away

pytestmark = pytest.mark.django_db
done: list[uuid.UUID] = []


@pytest.fixture(autouse=True)
def known_kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    done.clear()
    monkeypatch.setitem(flow.APPLIERS, "try", lambda view: done.append(view.id))
    yield


def people() -> tuple[Actor, Actor, Actor]:
    """Who asks, and two who may agree."""
    return tuple(make_member(role="finance") for _ in range(3))  # type: ignore[return-value]


def ask(by: Actor, *, kind: str = "try", about: uuid.UUID | None = None) -> uuid.UUID:
    return ask_approval(
        kind=kind,
        subject=("thing", about or ids.new_id()),
        amount=1200,
        unit="CNY",
        payload={"a": 1},
        reason="多收了",
        by=by,
    )


def view(request_id: uuid.UUID) -> ApprovalView:
    return request_view(request_id, by=OWNER)


def test_a_second_person_agrees_and_it_is_done_in_the_same_transaction() -> None:
    anna, bo, _ = people()
    request_id = ask(anna)

    approve_request(request_id, by=bo, note="核对过了")

    found = view(request_id)
    assert (found.state, found.decided_by, found.note) == (ApprovalState.APPROVED, bo.id, "核对过了")
    assert done == [request_id]
    names = [fact.name for fact in facts_about(subject_kind="approval", subject_id=request_id)]
    assert names == ["approvals.approval_asked.v1", "approvals.approval_decided.v1"]


def test_nobody_agrees_with_oneself_not_even_past_the_operation() -> None:
    anna, *_ = people()
    request_id = ask(anna)
    before = (FactRow.objects.count(), HistoryRow.objects.count())

    for act in (approve_request, refuse):
        with pytest.raises(ApprovalIsOwn):
            act(request_id, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalRequest.objects.filter(id=request_id).update(
            state="approved", decided_by=anna.id, decided_at=clock.now()
        )

    assert view(request_id).state is ApprovalState.OPEN
    assert (FactRow.objects.count(), HistoryRow.objects.count()) == before
    assert done == []


def test_an_applier_that_refuses_leaves_the_request_open(monkeypatch: pytest.MonkeyPatch) -> None:
    anna, bo, _ = people()
    request_id = ask(anna)

    def cannot(request: ApprovalView) -> None:
        del request
        raise Busy()

    monkeypatch.setitem(flow.APPLIERS, "try", cannot)
    with pytest.raises(Busy), transaction.atomic():
        approve_request(request_id, by=bo)

    assert view(request_id).state is ApprovalState.OPEN
    assert view(request_id).decided_by is None


def test_a_kind_without_an_applier_can_only_be_refused_or_withdrawn() -> None:
    anna, bo, _ = people()
    request_id = ask(anna, kind="of_a_later_version")

    with pytest.raises(UnknownApproval):
        approve_request(request_id, by=bo)

    assert refuse(request_id, by=bo).state is ApprovalState.REFUSED


def test_one_thing_has_one_open_request_of_a_kind_and_another_after_it_ended() -> None:
    anna, bo, _ = people()
    about = ids.new_id()
    first = ask(anna, about=about)

    with pytest.raises(AlreadyAsked):
        ask(bo, about=about)
    withdraw(first, by=anna)

    assert view(ask(bo, about=about)).state is ApprovalState.OPEN


def test_withdrawing_is_for_the_first_person_and_once() -> None:
    anna, bo, _ = people()
    request_id = ask(anna)

    with pytest.raises(ApprovalNotOwn):
        withdraw(request_id, by=bo)
    withdraw(request_id, by=anna)
    for act in (withdraw, refuse, approve_request):
        with pytest.raises(Refusal):
            act(request_id, by=bo)
    with pytest.raises(AlreadyDecided):
        withdraw(request_id, by=anna)


def test_nobody_answers_and_it_expires() -> None:
    anna, bo, _ = people()
    request_id = ask(anna)

    with clock.held_at(clock.now() + timedelta(days=6)):
        assert expire_requests() == 0
    with clock.held_at(clock.now() + timedelta(days=7, minutes=1)):
        assert expire_requests() == 1
        assert expire_requests() == 0

    assert view(request_id).state is ApprovalState.EXPIRED
    with pytest.raises(AlreadyDecided):
        approve_request(request_id, by=bo)


@pytest.mark.parametrize("role", ["operator", "service", "read_only", ""])
def test_only_who_may_decide_decides(role: str) -> None:
    anna, *_ = people()
    request_id = ask(anna)
    other = make_member(role=role)

    for act in (approve_request, refuse):
        with pytest.raises((NotAllowed, NotFound)):
            act(request_id, by=other)
    if not other.may("approvals.view"):
        with pytest.raises(NotFound):
            request_view(request_id, by=other)
        with pytest.raises(NotAllowed):
            open_requests(by=other)


def test_the_badge_counts_what_others_asked() -> None:
    anna, bo, _ = people()
    ask(anna)
    ask(anna)

    assert (count_to_decide(by=anna), count_to_decide(by=bo)) == (0, 2)
    assert count_to_decide(by=make_member(role="operator")) == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_do_it_once() -> None:
    anna, bo, cy = people()
    request_id = ask(anna)

    answers = at_once(
        lambda: approve_request(request_id, by=bo),
        lambda: approve_request(request_id, by=cy),
        lambda: refuse(request_id, by=cy),
    )

    assert crashes(answers) == []
    assert refusals(answers) == ["approval_decided"] * 2
    assert len(done) == (1 if view(request_id).state is ApprovalState.APPROVED else 0)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what the row lock is for."""
    from jishi.modules.approvals import operations

    anna, bo, cy = people()
    request_id = ask(anna)
    take_locks_away(monkeypatch, operations, readers=2)

    at_once(lambda: approve_request(request_id, by=bo), lambda: approve_request(request_id, by=cy))

    assert len(done) == 2


def test_approve_alone_asks_for_the_permission_too() -> None:
    anna, *_ = people()

    with pytest.raises(NotAllowed):
        approve(ask(anna), by=make_member(role="operator"))
