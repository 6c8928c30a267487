"""Two moderators, many reporters, a slowed member: at the same moment, over real connections."""

import uuid

import pytest

from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM
from jishi.modules.guard import public as guard
from jishi.modules.guard.models import Item, Report, Sanction
from jishi.modules.guard.operations import decisions
from jishi.modules.guard.public import Decision, NewItem, ReportReason, SanctionForm, SanctionKind, Visible
from jishi.platform.models import FactRow
from jishi.platform.transactions import in_transaction
from tests.world import makers
from tests.world.races import at_once, crashes, refusals, take_locks_away

pytestmark = pytest.mark.django_db(transaction=True)


def an_item() -> tuple[NewItem, uuid.UUID]:
    new = NewItem("post", ids.new_id(), ids.new_id(), "加我", "/p/1/")
    return new, guard.report_content(new, by=makers.make_member(), reason=ReportReason.SPAM).item_id


def decided() -> int:
    return FactRow.objects.filter(name="guard.content_decided.v1").count()


def test_without_the_lock_two_moderators_both_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    _, item_id = an_item()
    moderators = [makers.make_member(role="operator") for _ in range(2)]
    take_locks_away(monkeypatch, decisions, readers=2)

    answers = at_once(
        lambda: guard.decide_item(item_id, by=moderators[0], version=1, decision=Decision.KEEP),
        lambda: guard.decide_item(item_id, by=moderators[1], version=1, decision=Decision.REMOVE, reason="x"),
    )

    assert refusals(answers) == [] and crashes(answers) == []
    assert decided() == 2, "kept and removed at the same time"


def test_two_moderators_never_both_decide() -> None:
    _, item_id = an_item()
    moderators = [makers.make_member(role="operator") for _ in range(2)]

    answers = at_once(
        lambda: guard.decide_item(item_id, by=moderators[0], version=1, decision=Decision.KEEP),
        lambda: guard.decide_item(item_id, by=moderators[1], version=1, decision=Decision.REMOVE, reason="x"),
    )

    assert refusals(answers) == ["item_moved"] and crashes(answers) == []
    assert decided() == 1 and Item.objects.get().version == 2


def test_six_moderators_claim_and_one_has_it() -> None:
    _, item_id = an_item()
    moderators = [makers.make_member(role="operator") for _ in range(6)]

    answers = at_once(*[lambda m=m: guard.claim_item(item_id, by=m, version=1) for m in moderators])

    assert refusals(answers) == ["item_moved"] * 5 and crashes(answers) == []


def test_reports_at_once_make_one_item_lose_no_weight_and_hide_once() -> None:
    new = NewItem("post", ids.new_id(), ids.new_id(), "加我")
    members = [makers.make_member() for _ in range(10)]

    answers = at_once(
        *[lambda m=m: guard.report_content(new, by=m, reason=ReportReason.SPAM) for m in members]
    )

    assert refusals(answers) == [] and crashes(answers) == []
    item = Item.objects.get()
    assert (item.score, item.reports_count, item.visible) == (1_000, 10, Visible.HIDDEN.value)
    assert Report.objects.count() == 10
    assert FactRow.objects.filter(name="guard.content_hidden.v1").count() == 1
    assert FactRow.objects.filter(name="guard.item_opened.v1").count() == 1


def test_a_report_and_a_decision_at_once_leave_the_item_either_decided_or_open_again() -> None:
    new, item_id = an_item()
    moderator, member = makers.make_member(role="operator"), makers.make_member()

    answers = at_once(
        lambda: guard.decide_item(item_id, by=moderator, version=1, decision=Decision.KEEP),
        lambda: guard.report_content(new, by=member, reason=ReportReason.SPAM),
    )

    assert refusals(answers) == [] and crashes(answers) == []
    item = Item.objects.get()
    pending = Report.objects.filter(outcome="pending").count()
    assert (item.state, pending) in {("open", 1), ("decided", 0)}


def test_a_slowed_member_takes_one_turn_however_many_posts_come_at_once() -> None:
    member = makers.make_member()
    assert member.id is not None
    form = SanctionForm(SanctionKind.SLOW, 24, "慢一点", slow_seconds=60)
    guard.set_sanction(form, by=SYSTEM, member_id=member.id)

    @in_transaction
    def write() -> None:
        assert member.id is not None
        guard.require_may_write(member.id)

    answers = at_once(*[write for _ in range(5)])

    assert refusals(answers) == ["slow_mode"] * 4 and crashes(answers) == []
    assert Sanction.objects.count() == 1
