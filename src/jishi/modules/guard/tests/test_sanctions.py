"""What members may not do, for how long, and where."""

from datetime import timedelta

import pytest

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import NotAllowed
from jishi.modules.guard import public as guard
from jishi.modules.guard.public import SanctionForm, SanctionKind
from jishi.platform.models import FactRow

pytestmark = pytest.mark.django_db
MEMBER, COMMUNITY = ids.new_id(), ids.new_id()


def punish(kind: SanctionKind, hours: int | None = 24, **more: object) -> guard.SanctionView:
    return guard.set_sanction(SanctionForm(kind, hours, "骂人", **more), by=SYSTEM, member_id=MEMBER)  # type: ignore[arg-type]


def test_a_muted_member_is_told_until_when_and_why_and_writes_again_afterwards() -> None:
    with clock.held_at(clock.now()):
        punish(SanctionKind.MUTE)
        with pytest.raises(guard.MutedNow) as caught:
            guard.require_may_write(MEMBER)
        assert caught.value.facts["reason"] == "骂人" and caught.value.facts["until"] != "∞"
        clock.advance_held(timedelta(hours=24, seconds=1))
        guard.require_may_write(MEMBER)


def test_a_community_scope_holds_there_and_nowhere_else() -> None:
    punish(SanctionKind.BAN, None, community_id=COMMUNITY)
    guard.require_may_write(MEMBER)
    guard.require_may_write(MEMBER, community_id=ids.new_id())
    with pytest.raises(guard.BannedNow) as caught:
        guard.require_may_write(MEMBER, community_id=COMMUNITY)
    assert caught.value.facts["until"] == "∞"


def test_a_slowed_member_writes_once_per_interval() -> None:
    with clock.held_at(clock.now()):
        punish(SanctionKind.SLOW, slow_seconds=60)
        guard.require_may_write(MEMBER)
        with pytest.raises(guard.TooFast):
            guard.require_may_write(MEMBER)
        clock.advance_held(timedelta(seconds=60))
        guard.require_may_write(MEMBER)


def test_hidden_authors_are_known_and_may_still_write() -> None:
    punish(SanctionKind.HIDE_ALL)
    assert guard.hidden_authors([MEMBER, ids.new_id()]) == {MEMBER}
    guard.require_may_write(MEMBER)


def test_lifting_ends_it_once_and_the_sweep_ends_what_is_over() -> None:
    first = punish(SanctionKind.MUTE)
    guard.lift_sanction(first.id, by=SYSTEM)
    guard.lift_sanction(first.id, by=SYSTEM)
    guard.require_may_write(MEMBER)
    with clock.held_at(clock.now()):
        punish(SanctionKind.MUTE)
        assert guard.end_sanctions() == 0
        clock.advance_held(timedelta(hours=25))
        assert guard.end_sanctions() == 1
    ended = FactRow.objects.filter(name="guard.sanction_ended.v1").order_by("id")
    assert [row.payload["how"] for row in ended] == ["lifted", "expired"]


def test_nobody_punishes_themselves_and_only_moderators_punish() -> None:
    member = Actor(kind=ActorKind.MEMBER, id=MEMBER)
    form = SanctionForm(SanctionKind.MUTE, 1, "x")
    with pytest.raises(NotAllowed):
        guard.set_sanction(form, by=member, member_id=ids.new_id())
    moderator = Actor(kind=ActorKind.STAFF, id=MEMBER, permissions=frozenset({"moderation.decide"}))
    with pytest.raises(guard.OwnContent):
        guard.set_sanction(form, by=moderator, member_id=MEMBER)
