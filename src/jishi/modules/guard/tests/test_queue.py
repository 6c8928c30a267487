"""The queue, its reports and its decisions, on a real database."""

import uuid
from datetime import timedelta

import pytest

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import IllegalStep, NotAllowed, NotFound, Refusal
from jishi.modules.guard import public as guard
from jishi.modules.guard.models import Item, Report
from jishi.modules.guard.public import Decision, NewItem, ReportReason, Visible
from jishi.modules.people.public import permissions_of
from jishi.platform.history import steps_of
from jishi.platform.models import FactRow

pytestmark = pytest.mark.django_db


def person(role: str = "") -> Actor:
    kind = ActorKind.STAFF if role else ActorKind.MEMBER
    return Actor(kind=kind, id=ids.new_id(), permissions=permissions_of(role), label=role or "邻居")


def subject(author: Actor, kind: str = "post") -> NewItem:
    return NewItem(kind, ids.new_id(), author.id, "便宜出货，加我", "/p/1/")


def reported(*, by: Actor | None = None, author: Actor | None = None) -> tuple[NewItem, uuid.UUID]:
    new = subject(author or person())
    return new, guard.report_content(new, by=by or person(), reason=ReportReason.SPAM).item_id


def decide(item_id: uuid.UUID, by: Actor, decision: Decision, reason: str = "广告") -> guard.ItemView:
    version = guard.item_view(item_id, by=by).version
    form = guard.SanctionForm(guard.SanctionKind.MUTE, 24, reason) if decision is Decision.SANCTION else None
    return guard.decide_item(item_id, by=by, version=version, decision=decision, reason=reason, sanction=form)


def test_a_report_opens_an_item_once_and_a_second_one_adds_to_it() -> None:
    new, item_id = reported()
    again = guard.report_content(new, by=person(), reason=ReportReason.ILLEGAL)
    view = guard.item_view(item_id, by=person("operator"))
    assert (again.item_id, again.is_new) == (item_id, False)
    assert (view.score, view.reports_count, view.version) == (100 + 200, 2, 1)


def test_the_same_member_reports_once_and_nothing_changes() -> None:
    member = person()
    new, _item_id = reported(by=member)
    with pytest.raises(guard.AlreadyReported):
        guard.report_content(new, by=member, reason=ReportReason.SPAM)
    assert Report.objects.count() == 1


def test_nobody_reports_themselves() -> None:
    author = person()
    with pytest.raises(guard.OwnContent):
        guard.report_content(subject(author), by=author, reason=ReportReason.SPAM)
    assert Item.objects.count() == 0


def test_the_day_has_so_many_reports() -> None:
    member = person()
    guard.set_thresholds({"reports_per_day": 2}, by=person("operator"))
    reported(by=member)
    reported(by=member)
    with pytest.raises(guard.TooManyReports):
        reported(by=member)
    assert Report.objects.count() == 2


def test_the_threshold_hides_once_and_says_so_once() -> None:
    author = person()
    new = subject(author)
    done = [guard.report_content(new, by=person(), reason=ReportReason.SPAM) for _ in range(9)]
    assert [one.became_hidden for one in done] == [False] * 7 + [True, False]
    assert guard.visibility_of("post", [new.subject_id]) == {new.subject_id: Visible.HIDDEN}
    assert FactRow.objects.filter(name="guard.content_hidden.v1").count() == 1


def test_what_the_queue_never_met_is_shown() -> None:
    stranger = ids.new_id()
    assert guard.visibility_of("post", [stranger]) == {stranger: Visible.SHOWN}


def test_a_decision_needs_the_present_version() -> None:
    _, item_id = reported()
    first, second = person("operator"), person("operator")
    guard.claim_item(item_id, by=first, version=1)
    with pytest.raises(guard.VersionMoved):
        guard.decide_item(item_id, by=second, version=1, decision=Decision.KEEP)
    with pytest.raises(guard.ClaimedByOther):
        guard.decide_item(item_id, by=second, version=2, decision=Decision.KEEP)
    assert guard.item_view(item_id, by=first).claimed_by == first.id


def test_a_stale_claim_may_be_taken_over() -> None:
    _, item_id = reported()
    first, second = person("operator"), person("operator")
    guard.claim_item(item_id, by=first, version=1)
    with clock.held_at(clock.now() + timedelta(minutes=31)):
        assert guard.claim_item(item_id, by=second, version=2).claimed_by == second.id


@pytest.mark.parametrize(
    ("decision", "visible", "outcome"),
    [
        (Decision.KEEP, Visible.SHOWN, "disagreed"),
        (Decision.WARN, Visible.SHOWN, "agreed"),
        (Decision.HIDE, Visible.HIDDEN, "agreed"),
        (Decision.REMOVE, Visible.REMOVED, "agreed"),
        (Decision.SANCTION, Visible.HIDDEN, "agreed"),
    ],
)
def test_a_decision_says_what_is_seen_and_whether_reporters_were_right(
    decision: Decision, visible: Visible, outcome: str
) -> None:
    new, item_id = reported()
    decide(item_id, person("operator"), decision)
    assert guard.visibility_of("post", [new.subject_id])[new.subject_id] is visible
    assert Report.objects.get().outcome == outcome
    fact = FactRow.objects.get(name="guard.content_decided.v1")
    assert (fact.payload["decision"], fact.payload["visible"]) == (decision.value, visible.value)


def test_a_decision_against_an_author_has_a_reason() -> None:
    _, item_id = reported()
    with pytest.raises(Refusal) as caught:
        decide(item_id, person("operator"), Decision.REMOVE, reason="  ")
    assert caught.value.code == "decision_reason_missing"
    assert Item.objects.get().state == "open"


def test_a_report_after_the_decision_opens_the_same_row_with_a_new_score() -> None:
    new, item_id = reported()
    operator = person("operator")
    decide(item_id, operator, Decision.KEEP)
    again = guard.report_content(new, by=person(), reason=ReportReason.SPAM)
    view = guard.item_view(item_id, by=operator)
    assert (again.item_id, view.state, view.score, view.version) == (item_id, "open", 100, 3)
    assert [step.verb for step in steps_of(subject=("guard_item", item_id))] == [
        "open_by_report",
        "decide_item",
        "open_by_report",
    ]


def test_an_appeal_goes_to_another_moderator_and_turns_the_reports_round() -> None:
    author, first, second = person(), person("operator"), person("operator")
    _new, item_id = reported(author=author)
    decide(item_id, first, Decision.REMOVE)
    appealed = guard.appeal(item_id, by=author, text="这是我自己家的果园，不是广告")
    with pytest.raises(guard.SameModerator):
        guard.claim_item(item_id, by=first, version=appealed.version)
    done = decide(item_id, second, Decision.KEEP)
    assert (done.visible, Report.objects.get().outcome) == (Visible.SHOWN, "disagreed")
    with pytest.raises(guard.NoAppeal):
        guard.appeal(item_id, by=author, text="再来一次")


def test_an_appeal_is_made_once_for_a_decision_and_by_the_author_only() -> None:
    author, first, second = person(), person("operator"), person("operator")
    _, item_id = reported(author=author)
    decide(item_id, first, Decision.REMOVE)
    with pytest.raises(NotFound):
        guard.appeal(item_id, by=person(), text="我替他说")
    guard.appeal(item_id, by=author, text="请再看看")
    decide(item_id, second, Decision.REMOVE)
    with pytest.raises(guard.NoAppeal):
        guard.appeal(item_id, by=author, text="请再看看")


def test_moderators_do_not_judge_what_they_wrote() -> None:
    author = person("operator")
    _, item_id = reported(author=author)
    with pytest.raises(guard.OwnContent):
        guard.decide_item(item_id, by=author, version=1, decision=Decision.KEEP)


def test_who_may_only_look_decides_nothing() -> None:
    _, item_id = reported()
    with pytest.raises(NotAllowed):
        guard.claim_item(item_id, by=person("read_only"), version=1)
    with pytest.raises(NotAllowed):
        guard.queue(by=person())
    assert Item.objects.get().state == "open"


def test_a_decided_item_is_not_decided_again() -> None:
    _, item_id = reported()
    operator = person("operator")
    done = decide(item_id, operator, Decision.KEEP)
    with pytest.raises(IllegalStep):
        guard.decide_item(item_id, by=operator, version=done.version, decision=Decision.REMOVE, reason="x")


def test_an_automatic_rule_holds_and_a_decision_lets_go() -> None:
    new = subject(person())
    verdict = guard.Verdict(guard.Action.REVIEW, reasons=("first_link",), score=200)
    item_id = guard.open_item(new, verdict=verdict)
    assert guard.visibility_of("post", [new.subject_id])[new.subject_id] is Visible.HELD
    view = guard.item_view(item_id, by=person("operator"))
    assert (view.reasons, view.cause) == (("first_link",), "rule")
    decide(item_id, person("operator"), Decision.KEEP, reason="")
    assert guard.visibility_of("post", [new.subject_id])[new.subject_id] is Visible.SHOWN


def test_the_queue_counts_and_filters() -> None:
    operator = person("operator")
    _, first = reported()
    reported()
    decide(first, operator, Decision.HIDE)
    assert guard.queue(by=operator)[1] == 1
    assert guard.queue(guard.QueueQuestion(state="decided"), by=operator)[0][0].id == first
    figures = guard.queue_figures(by=operator)
    assert (figures.open, figures.decided_today, figures.in_time_percent) == (1, 1, 100)
