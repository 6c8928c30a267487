"""What a pass carries: units that are kept for a community are for its people alone, by the lane and by the ordinary road."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from jishi.flows.passes import asker_of, issue_member_pass
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.community.public import leave_community
from jishi.platform import rush
from jishi.platform.rush.passes import TAGS_MAX
from tests.runtime.test_hot_lane import claims
from tests.world import makers, talk

pytestmark = pytest.mark.django_db(transaction=True)


def pool_for(community_id: uuid.UUID | None, *, units: int = 3) -> uuid.UUID:
    """Every unit is kept for the community for an hour; None: for nobody."""
    until = clock.now() + timedelta(hours=1)
    reserve = rush.Reserve(rush.community_tag(community_id), units, until) if community_id else None
    return rush.open_pool(purpose="test", capacity=units, terms=rush.PoolTerms(reserve=reserve))


def by_lane(pool: uuid.UUID, actor: Actor) -> tuple[int, str]:
    text = issue_member_pass(by=actor).text
    answer = claims(pool, headers={"authorization": f"Pass {text}", "idempotency-key": str(ids.new_id())})
    return answer.status_code, answer.json().get("code", "")


def test_units_of_a_community_are_for_who_is_in_it() -> None:
    keeper, inside, stranger = (makers.make_member() for _ in range(3))
    place = talk.make_community(keeper, is_secret=True)
    talk.let_in(place, inside)
    pool = pool_for(place.id)
    assert by_lane(pool, stranger) == (409, "sold_out"), "there are three, and none for them"
    assert by_lane(pool, inside) == (201, "")
    with pytest.raises(rush.SoldOut):
        rush.claim_units(pool_id=pool, member_id=stranger.require_member(), asker=asker_of(stranger))
    rush.claim_units(pool_id=pool, member_id=keeper.require_member(), asker=asker_of(keeper))
    assert rush.pool_state(pool).remaining == 1
    leave_community(place.id, by=inside)
    assert by_lane(pool, inside) == (409, "sold_out"), "a new pass says nothing of where they were"


def test_without_the_reserve_the_stranger_gets_one() -> None:
    """The control: what refuses above is the membership."""
    assert by_lane(pool_for(None), makers.make_member()) == (201, "")


def test_people_of_another_community_are_strangers() -> None:
    member = makers.make_member()
    talk.make_community(member)
    assert by_lane(pool_for(ids.new_id()), member) == (409, "sold_out")


def test_a_pass_names_only_communities_that_a_pool_asks_for(django_assert_max_num_queries: Any) -> None:
    member = makers.make_member()
    places = [talk.make_community(member) for _ in range(TAGS_MAX + 4)]
    assert issue_member_pass(by=member).tags == (rush.NEW_MEMBER,)
    pool = pool_for(places[-1].id)
    with django_assert_max_num_queries(3):
        tags = issue_member_pass(by=member).tags
    assert tags == (rush.NEW_MEMBER, rush.community_tag(places[-1].id))
    rush.close_pools([pool])
    assert issue_member_pass(by=member).tags == (rush.NEW_MEMBER,)
    for place in places:
        pool_for(place.id)
    assert issue_member_pass(by=member).tags[0] == rush.NEW_MEMBER
