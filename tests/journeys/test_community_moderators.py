"""Moderators of a community decide in their own community: what they see, what they may do, and what stays with the shop."""

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.flows.community import write_comment
from jishi.flows.community_moderation import (
    claim_here,
    decide_here,
    item_here,
    let_show,
    queue_here,
    release_here,
    take_down,
)
from jishi.flows.moderation import decide, report_subject
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotAllowed, NotFound, Refusal
from jishi.modules.community.public import CommunityRole, CommunityView, Visibility, post_view, set_role
from jishi.modules.guard.public import (
    ClaimedByOther,
    Decision,
    ItemView,
    NotForCommunity,
    OwnContent,
    OwnReport,
    ReportReason,
    SameModerator,
    SanctionForm,
    SanctionKind,
    VersionMoved,
    appeal,
    item_of,
    sanctions_of,
    set_sanction,
)
from tests.world import makers, talk

pytestmark = pytest.mark.django_db


def a_place(*, is_secret: bool = False) -> tuple[CommunityView, Actor, Actor]:
    """(community, its moderator, a member who writes)."""
    owner, moderator, author = makers.make_member(), makers.make_member(), makers.make_member()
    place = talk.make_community(owner, is_secret=is_secret)
    talk.let_in(place, moderator, author)
    set_role(place.id, moderator.require_member(), role=CommunityRole.MODERATOR, by=SYSTEM)
    return place, moderator, author


def reported(place: CommunityView, author: Actor, text: str = "这条会被举报") -> ItemView:
    post_id = talk.say(author, place, text)
    reader = makers.make_member()
    talk.let_in(place, reader)
    report_subject("post", post_id, by=reader, reason=ReportReason.SPAM, note="广告")
    return item_now(post_id)


def item_now(post_id: uuid.UUID, kind: str = "post") -> ItemView:
    found = item_of(kind, post_id)
    assert found is not None
    return found


def test_a_moderator_claims_and_hides_with_a_reason_and_the_author_reads_it() -> None:
    place, moderator, author = a_place()
    item = reported(place, author)
    assert [one.id for one in queue_here(place.id, by=moderator)[0]] == [item.id]
    found, reports, is_reporter = item_here(item.id, by=moderator, community_id=place.id)
    assert (reports, is_reporter) == ([(ReportReason.SPAM, "广告")], False)
    claimed = claim_here(found.id, by=moderator, community_id=place.id, version=found.version)
    done = decide_here(
        found.id,
        by=moderator,
        community_id=place.id,
        version=claimed.version,
        decision=Decision.HIDE,
        reason="跑题的广告",
    )
    assert (done.decided_locally, done.reason) == (True, "跑题的广告")
    with pytest.raises(NotFound):
        post_view(item.subject_id, by=author)
    assert queue_here(place.id, by=moderator)[1] == 0
    assert [one.id for one in queue_here(place.id, by=moderator, is_decided=True)[0]] == [item.id]


def test_a_comment_is_decided_like_a_post() -> None:
    place, moderator, author = a_place()
    post_id = talk.say(moderator, place)
    comment_id = write_comment(post_id, text="加我", by=author)
    report_subject("comment", comment_id, by=moderator_of(place), reason=ReportReason.SPAM)
    item = item_now(comment_id, "comment")
    decide_here(
        item.id,
        by=moderator,
        community_id=place.id,
        version=item.version,
        decision=Decision.HIDE,
        reason="广告",
    )
    assert item_now(comment_id, "comment").visible.value == "hidden"


def moderator_of(place: CommunityView) -> Actor:
    other = makers.make_member()
    talk.let_in(place, other)
    set_role(place.id, other.require_member(), role=CommunityRole.MODERATOR, by=SYSTEM)
    return other


def test_two_moderators_never_both_succeed() -> None:
    place, moderator, author = a_place()
    item, other = reported(place, author), moderator_of(place)
    claimed = claim_here(item.id, by=moderator, community_id=place.id, version=item.version)
    with pytest.raises(VersionMoved):
        claim_here(item.id, by=other, community_id=place.id, version=item.version)
    with pytest.raises(ClaimedByOther):
        claim_here(item.id, by=other, community_id=place.id, version=claimed.version)
    back = release_here(item.id, by=moderator, community_id=place.id, version=claimed.version)
    assert claim_here(item.id, by=other, community_id=place.id, version=back.version).claimed_by == other.id


@pytest.mark.parametrize("decision", [Decision.REMOVE, Decision.WARN, Decision.SANCTION])
def test_what_reaches_beyond_the_community_is_the_shops(decision: Decision) -> None:
    place, moderator, author = a_place()
    item = reported(place, author)
    with pytest.raises(NotForCommunity):
        decide_here(
            item.id,
            by=moderator,
            community_id=place.id,
            version=item.version,
            decision=decision,
            reason="不行",
        )
    assert item_now(item.subject_id) == item
    assert sanctions_of(author.require_member(), by=author) == []


def test_hiding_needs_a_reason() -> None:
    place, moderator, author = a_place()
    item = reported(place, author)
    with pytest.raises(Refusal, match="decision_reason_missing"):
        decide_here(
            item.id, by=moderator, community_id=place.id, version=item.version, decision=Decision.HIDE
        )


@pytest.mark.parametrize("is_secret", [False, True])
def test_nobody_else_sees_or_decides_the_queue(*, is_secret: bool) -> None:
    """Neither members, nor leaders, nor the moderator of another community, nor staff without a role here."""
    place, _moderator, author = a_place(is_secret=is_secret)
    item = reported(place, author)
    _other_place, stranger, _ = a_place()
    leader = makers.make_member()
    talk.let_in(place, leader)
    set_role(place.id, leader.require_member(), role=CommunityRole.LEADER, by=SYSTEM)
    operator = makers.make_member(role="operator")
    for actor in (author, leader, stranger, operator):
        wanted = NotFound if is_secret and actor is stranger else NotAllowed
        with pytest.raises(wanted):
            queue_here(place.id, by=actor)
        for act in (claim_here, release_here):
            with pytest.raises(wanted):
                act(item.id, by=actor, community_id=place.id, version=item.version)
        with pytest.raises(wanted):
            decide_here(
                item.id, by=actor, community_id=place.id, version=item.version, decision=Decision.KEEP
            )
    assert item_now(item.subject_id) == item


def test_a_moderator_reaches_no_item_of_another_community_through_their_own() -> None:
    place, _moderator, author = a_place()
    item = reported(place, author)
    own, moderator, _ = a_place()
    with pytest.raises(NotFound):
        item_here(item.id, by=moderator, community_id=own.id)
    with pytest.raises(NotFound):
        decide_here(item.id, by=moderator, community_id=own.id, version=item.version, decision=Decision.KEEP)
    assert queue_here(own.id, by=moderator)[1] == 0
    assert item_now(item.subject_id) == item


def test_what_one_wrote_or_reported_is_decided_by_others() -> None:
    place, moderator, author = a_place()
    own = reported(place, moderator)
    assert queue_here(place.id, by=moderator) == ([], 0)
    with pytest.raises(NotFound):
        item_here(own.id, by=moderator, community_id=place.id)
    with pytest.raises(OwnContent):
        decide_here(own.id, by=moderator, community_id=place.id, version=own.version, decision=Decision.KEEP)
    post_id = talk.say(author, place, "另一条")
    report_subject("post", post_id, by=moderator, reason=ReportReason.ABUSE)
    item = item_now(post_id)
    assert item_here(item.id, by=moderator, community_id=place.id)[2]
    for act in (claim_here, release_here):
        with pytest.raises(OwnReport):
            act(item.id, by=moderator, community_id=place.id, version=item.version)
    with pytest.raises(OwnReport):
        decide_here(
            item.id,
            by=moderator,
            community_id=place.id,
            version=item.version,
            decision=Decision.HIDE,
            reason="我举报的",
        )
    assert item_now(post_id) == item


def test_an_appeal_goes_to_the_shop_and_never_to_the_same_person() -> None:
    place, moderator, author = a_place()
    post_id = talk.say(author, place, "只是问价")
    done = take_down("post", post_id, by=moderator, reason="广告")
    appeal(done.id, by=author, text="不是广告")
    again = item_now(post_id)
    assert again.is_appeal
    other = moderator_of(place)
    for local in (moderator, other):
        assert queue_here(place.id, by=local)[1] == 0
        with pytest.raises(Refusal):
            decide_here(
                again.id, by=local, community_id=place.id, version=again.version, decision=Decision.KEEP
            )
        with pytest.raises(Refusal):
            let_show("post", post_id, by=local)
    with pytest.raises(NotAllowed):
        decide(again.id, by=moderator, version=again.version, decision=Decision.KEEP)
    hired = makers.make_member(role="operator")
    decide(again.id, by=hired, version=again.version, decision=Decision.KEEP)
    assert post_view(post_id, by=author).state is Visibility.SHOWN


def test_a_moderator_who_is_staff_too_does_not_decide_the_appeal() -> None:
    place, _, author = a_place()
    both = makers.make_member(role="operator")
    talk.let_in(place, both)
    set_role(place.id, both.require_member(), role=CommunityRole.MODERATOR, by=SYSTEM)
    item = reported(place, author)
    done = decide_here(
        item.id,
        by=both,
        community_id=place.id,
        version=item.version,
        decision=Decision.HIDE,
        reason="广告",
    )
    appeal(done.id, by=author, text="不是")
    again = item_now(item.subject_id)
    with pytest.raises(SameModerator):
        decide(again.id, by=both, version=again.version, decision=Decision.KEEP)


def test_what_the_shop_has_hidden_a_community_does_not_show_again() -> None:
    place, moderator, author = a_place()
    item = reported(place, author)
    decide(item.id, by=makers.OWNER, version=item.version, decision=Decision.HIDE, reason="违规")
    with pytest.raises(NotForCommunity):
        let_show("post", item.subject_id, by=moderator)
    assert item_now(item.subject_id).visible.value == "hidden"


def test_what_the_community_has_hidden_it_may_show_again_but_not_its_author() -> None:
    place, moderator, author = a_place()
    owner_post = talk.say(author, place, "误会")
    take_down("post", owner_post, by=moderator, reason="看错了")
    let_show("post", owner_post, by=moderator)
    assert post_view(owner_post, by=author).state is Visibility.SHOWN
    own = talk.say(moderator, place, "我写的")
    take_down("post", own, by=moderator_of(place), reason="不合适")
    with pytest.raises(OwnContent):
        let_show("post", own, by=moderator)


def test_a_silenced_moderator_decides_nothing() -> None:
    place, moderator, author = a_place()
    item = reported(place, author)
    set_sanction(
        SanctionForm(SanctionKind.MUTE, 24, "争吵"), by=makers.OWNER, member_id=moderator.require_member()
    )
    with pytest.raises(NotAllowed):
        decide_here(
            item.id, by=moderator, community_id=place.id, version=item.version, decision=Decision.KEEP
        )


def client_of(actor: Actor) -> Client:
    browser = Client()
    browser.force_login(get_user_model().objects.get(id=actor.require_member()))
    return browser


def test_the_pages_lead_from_the_community_to_the_decision() -> None:
    place, moderator, author = a_place()
    item = reported(place, author, "加我微信买便宜的")
    base = f"/communities/{place.handle}/"
    browser = client_of(moderator)
    assert f"{base}queue/" in browser.get(base).content.decode()
    assert f"{base}queue/" not in client_of(author).get(base).content.decode()
    assert f"{base}queue/{item.id}/" in browser.get(f"{base}queue/").content.decode()
    page = browser.get(f"{base}queue/{item.id}/").content.decode()
    assert "加我微信买便宜的" in page and "广告或骚扰" in page
    step = f"{base}queue/{item.id}/step/"
    browser.post(step, {"verb": "claim", "version": item.version})
    browser.post(step, {"verb": "hide", "version": item.version, "reason": "旧版本"})
    assert item_now(item.subject_id).visible.value == "shown"
    browser.post(step, {"verb": "hide", "version": item.version + 1, "reason": "广告"})
    assert item_now(item.subject_id).visible.value == "hidden"
    assert client_of(author).get(f"{base}queue/").status_code == 403
    assert Client().get(f"{base}queue/").status_code in (302, 303, 401)
    own = client_of(author).get("/me/decisions/").content.decode()
    assert "广告" in own and f"/me/decisions/{item.id}/appeal/" in own
