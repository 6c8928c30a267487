"""Stories of communities: coming in, talking, answering, voting, showing what was bought, trust."""

import uuid
from datetime import timedelta

import pytest

from jishi.flows.community import (
    change_post,
    claim_community_coupon,
    open_packet_here,
    write_comment,
)
from jishi.flows.community_notices import send_digests
from jishi.flows.lifecycle import send_parcel
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.modules.community import public as community
from jishi.modules.community.public import (
    AlreadyDoneToday,
    AlreadyVoted,
    AnswerAlreadyAccepted,
    BadPost,
    CommunityFull,
    JoinByInvite,
    JoinByRequest,
    Joining,
    LastOwnerStays,
    Level,
    MembersOnly,
    NotAWriter,
    NotYourOrder,
    PostChanged,
    RemovedFromCommunity,
    RequestDecided,
    ShownAlready,
    Visibility,
    Writers,
)
from jishi.modules.messaging.public import notices_of
from jishi.modules.orders.public import lines_by_order, receive_order
from jishi.modules.plays.group_buy.public import NotForYou
from jishi.modules.promotions import public as promotions
from tests.world import makers
from tests.world.jobs import run_jobs
from tests.world.makers import OWNER, make_member
from tests.world.talk import let_in, make_community, make_members, say

pytestmark = pytest.mark.django_db


def received_line(buyer: Actor) -> uuid.UUID:
    order_id = makers.buy(buyer, makers.make_product())
    makers.pay(buyer, order_id)
    send_parcel(order_id, by=OWNER, carrier="顺丰", tracking_number=f"SF{order_id.hex[:8]}")
    receive_order(order_id, by=buyer)
    return lines_by_order([order_id])[order_id][0].id


def test_each_way_in_opens_only_to_those_it_is_for() -> None:
    owner, other = make_member(), make_member()
    asked = make_community(owner, joining=Joining.REQUEST, questions=("为什么来？",))
    invited = make_community(owner, joining=Joining.INVITE)

    with pytest.raises(JoinByRequest):
        community.join_community(asked.id, by=other)
    with pytest.raises(JoinByInvite):
        community.join_community(invited.id, by=other)
    request = community.ask_to_join(asked.id, ["想学"], by=other)
    with pytest.raises(NotAllowed):
        community.decide_request(request.id, is_accepted=True, by=other)
    community.decide_request(request.id, is_accepted=True, by=owner)
    with pytest.raises(RequestDecided):
        community.decide_request(request.id, is_accepted=False, by=owner)
    code = community.make_invite(invited.id, by=owner, uses_max=1).code
    community.join_community(invited.id, by=other, code=code)
    with pytest.raises(community.InviteSpent):
        community.join_community(invited.id, by=make_member(), code=code)

    run_jobs()
    assert community.community_ids_of(other.require_member()) == {asked.id, invited.id}
    assert "community_accepted" in {notice.kind for notice in notices_of(by=other)}


def test_a_full_community_lets_nobody_in_until_somebody_leaves() -> None:
    owner, first, second = make_member(), make_member(), make_member()
    place = make_community(owner, member_limit=2)
    community.join_community(place.id, by=first)

    with pytest.raises(CommunityFull):
        community.join_community(place.id, by=second)
    community.leave_community(place.id, by=first)
    community.join_community(place.id, by=second)

    assert community.community_view(place.id).member_count == 2
    with pytest.raises(LastOwnerStays):
        community.leave_community(place.id, by=owner)


def test_who_was_sent_out_stays_out() -> None:
    owner, rude = make_member(), make_member()
    place = make_community(owner)
    community.join_community(place.id, by=rude)
    community.remove_member(place.id, rude.require_member(), by=owner, reason="广告")

    with pytest.raises(RemovedFromCommunity):
        community.join_community(place.id, by=rude)
    with pytest.raises(MembersOnly):
        say(rude, place)


def test_a_question_takes_one_answer_of_somebody_else() -> None:
    asker, helper, third = make_member(), make_member(), make_member()
    place = make_community(asker)
    let_in(place, helper, third)
    post_id = say(asker, place, "怎么挑？", kind="question")
    good, late = (
        write_comment(post_id, text="挑沉的", by=helper),
        write_comment(post_id, text="挑黄的", by=third),
    )
    own = write_comment(post_id, text="自己答", by=asker)

    with pytest.raises(NotAllowed):
        community.accept_answer(good, by=third)
    with pytest.raises(BadPost):
        community.accept_answer(own, by=asker)
    community.accept_answer(good, by=asker)
    with pytest.raises(AnswerAlreadyAccepted):
        community.accept_answer(late, by=asker)

    run_jobs()
    assert community.post_view(post_id, by=third).accepted_comment_id == good
    assert {notice.kind for notice in notices_of(by=helper)} == {"community_answer"}
    assert {notice.kind for notice in notices_of(by=asker)} == {"community_comment"}


def test_a_poll_hides_its_counts_until_the_vote_and_closes() -> None:
    owner, voter = make_member(), make_member()
    place = make_community(owner)
    let_in(place, voter)
    post_id = say(owner, place, "吃什么", kind="poll")
    before = community.post_view(post_id, by=voter).poll
    assert before is not None
    assert (before.total, [one.votes for one in before.options]) == (None, [None, None])

    community.cast_vote(post_id, before.options[0].id, by=voter)
    with pytest.raises(AlreadyVoted):
        community.cast_vote(post_id, before.options[1].id, by=voter)
    after, other = community.post_view(post_id, by=voter).poll, community.post_view(post_id, by=owner).poll
    assert after is not None and other is not None
    assert (after.total, other.total) == (1, None)
    with clock.held_at(clock.now() + timedelta(days=2)), pytest.raises(community.PollOver):
        community.cast_vote(post_id, before.options[0].id, by=owner)
    with clock.held_at(clock.now() + timedelta(days=2)):
        closed = community.post_view(post_id, by=owner).poll
    assert closed is not None and closed.total == 1


@pytest.mark.django_db(transaction=True)
def test_only_what_one_bought_and_received_can_be_shown_and_once() -> None:
    buyer, stranger = make_member(), make_member()
    place = make_community(buyer)
    let_in(place, stranger)
    line_id = received_line(buyer)
    unpaid = makers.buy(buyer, makers.make_product())

    with pytest.raises(NotYourOrder):
        say(stranger, place, "我也买了", kind="show", order_line_id=line_id)
    with pytest.raises(NotYourOrder):
        say(buyer, place, "还没到", kind="show", order_line_id=lines_by_order([unpaid])[unpaid][0].id)
    post_id = say(buyer, place, "真甜", kind="show", order_line_id=line_id)
    with pytest.raises(ShownAlready):
        say(buyer, place, "再晒一次", kind="show", order_line_id=line_id)

    shown = community.post_view(post_id, by=stranger)
    assert shown.is_verified
    assert shown.product_id is not None
    assert [one.id for one in community.posts_about(shown.product_id, by=stranger)] == [post_id]


def test_edits_keep_what_was_said_and_refuse_a_stale_version() -> None:
    author = make_member()
    place = make_community(author)
    post_id = say(author, place, "第一句 #早")
    change_post(post_id, title="", text="第二句 #晚", version=1, by=author)

    with pytest.raises(PostChanged):
        change_post(post_id, title="", text="第三句", version=1, by=author)
    with pytest.raises(NotFound):
        change_post(post_id, title="", text="别人改", version=2, by=_inside(place))
    assert community.post_view(post_id, by=author).topics == ("晚",)
    assert [one.text for one in community.versions_of(post_id)] == ["第一句 #早"]


def test_reactions_are_one_a_member_and_follow_the_last_tap() -> None:
    author, fan = make_member(), make_member()
    place = make_community(author)
    let_in(place, fan)
    post_id = say(author, place)

    assert community.react(post_id, emoji="👍", by=fan) == "👍"
    assert community.react(post_id, emoji="❤️", by=fan) == "❤️"
    assert community.post_view(post_id, by=fan).reactions == (("❤️", 1),)
    assert community.react(post_id, emoji="❤️", by=fan) == ""
    assert community.post_view(post_id, by=fan).reaction_count == 0
    with pytest.raises(BadPost):
        community.react(post_id, emoji="<b>", by=fan)


def test_hidden_talk_is_nowhere_and_comes_back() -> None:
    owner, author, reader = make_member(), make_member(), make_member()
    place = make_community(owner)
    let_in(place, author, reader)
    post_id = say(author, place, "藏起来的话 #藏")
    top = write_comment(post_id, text="上一层", by=reader)
    write_comment(post_id, text="下一层", by=author, reply_to=top)

    community.hide_comment(top, by=owner)
    assert community.comments_of(post_id, by=reader) == []
    assert community.post_view(post_id, by=reader).comment_count == 0
    community.show_comment(top, by=owner)
    assert community.post_view(post_id, by=reader).comment_count == 2
    community.hide_post(post_id, by=owner)
    for person in (reader, author):
        with pytest.raises(NotFound):
            community.post_view(post_id, by=person)
    assert community.find_posts("藏起来", by=reader) == []
    assert community.stream(place.id, by=reader) == []
    assert community.posts_of_author(author.require_member(), by=reader) == []
    assert community.posts_by_ids([post_id], by=reader) == {}
    with pytest.raises(NotFound):
        community.react(post_id, emoji="👍", by=reader)
    with pytest.raises(NotFound):
        write_comment(post_id, text="还在吗", by=reader)
    assert community.post_view(post_id, by=owner).state is Visibility.HIDDEN
    community.show_post(post_id, by=owner)
    assert [one.id for one in community.stream(place.id, by=reader)] == [post_id]


def test_a_channel_for_the_trusted_waits_for_trust() -> None:
    owner, new = make_member(), make_member()
    place = make_community(owner)
    let_in(place, new)
    channel = community.save_channel(place.id, name="团长", writers=Writers.ACTIVE, by=OWNER)

    with pytest.raises(NotAWriter):
        say(new, place, channel_id=channel)
    community.hold_level(place.id, new.require_member(), level=Level.ACTIVE, is_held=False, by=OWNER)
    say(new, place, channel_id=channel)
    say(owner, place, channel_id=channel)


def test_a_mention_reaches_those_who_are_there_and_nobody_else() -> None:
    owner, named, outside = (
        make_member(nickname="群主甲"),
        make_member(nickname="小满姐"),
        make_member(nickname="路过客"),
    )
    place = make_community(owner)
    let_in(place, named)
    post_id = say(owner, place, "@小满姐 @路过客 @群主甲 看这里")

    run_jobs()
    assert set(community.post_view(post_id, by=owner).mentions) == {"小满姐", "群主甲"}
    assert [notice.kind for notice in notices_of(by=named)] == ["community_mention"]
    assert notices_of(by=outside) == []
    assert notices_of(by=owner) == []


def test_a_check_in_is_once_a_day_and_counts_in_a_row() -> None:
    owner = make_member()
    place = make_community(owner)
    task = community.open_task(place.id, title="吃水果", by=owner)
    for days in (2, 1, 0):
        with clock.held_at(clock.now() - timedelta(days=days)):
            community.check_in(task, by=owner)

    with pytest.raises(AlreadyDoneToday):
        community.check_in(task, by=owner)
    found = community.tasks_of(place.id, member_id=owner.require_member())[0]
    assert (found.is_done, found.streak_days, found.done_count) == (True, 3, 1)


def test_coupons_packets_and_teams_of_a_community_are_for_its_people() -> None:
    owner, inside, outside = make_member(), make_member(), make_member()
    place = make_community(owner)
    let_in(place, inside)
    batch = makers.make_coupon_offer(
        promotions.AmountOff(500), way=promotions.CouponWay.COMMUNITY, batch={"community_id": place.id}
    )
    offer = makers.make_offer(makers.make_product(), community_id=place.id)

    with pytest.raises(MembersOnly):
        claim_community_coupon(batch.id, by=outside)
    claim_community_coupon(batch.id, by=inside)
    with pytest.raises(promotions.CouponsOver):
        claim_community_coupon(batch.id, by=inside)
    with pytest.raises(NotForYou):
        makers.take_seat(outside, offer)
    makers.take_seat(inside, offer)
    with pytest.raises(NotFound):
        open_packet_here(ids.new_id(), by=inside)


def test_the_sweep_raises_who_earned_it_and_not_two_friends() -> None:
    owner = make_member()
    place = make_community(owner)
    people = make_members(place, 9)
    farmer, friend = make_members(place, 2)
    star, start = people[0], clock.now() - timedelta(days=8)
    for day in range(8):
        with clock.held_at(start + timedelta(days=day)):
            shared, farmed = say(star, place), say(farmer, place)
            for other in people[1:5]:
                community.react(shared, emoji="👍", by=other)
            for other_post in (say(people[5 + day % 4], place),):
                write_comment(other_post, text="好", by=star)
                write_comment(other_post, text="好", by=farmer)
            community.react(farmed, emoji="👍", by=friend)
            for _ in range(3):
                extra = say(farmer, place)
                community.react(extra, emoji="❤️", by=friend)

    record = community.records_of(place.id, [star.require_member(), farmer.require_member()])
    assert (record[star.require_member()].received, record[star.require_member()].givers) == (12, 4)
    assert (record[farmer.require_member()].received, record[farmer.require_member()].givers) == (3, 1)
    assert community.sweep_levels(place.id) > 0
    assert community.sweep_levels(place.id) == 0
    run_jobs()
    levels = community.memberships_by_ids(place.id, [star.require_member(), farmer.require_member()])
    assert levels[star.require_member()].level is Level.ACTIVE
    assert levels[farmer.require_member()].level is Level.MEMBER
    assert "community_level_up" in {notice.kind for notice in notices_of(by=star)}
    with clock.held_at(clock.now() + timedelta(days=60)):
        community.sweep_levels(place.id)
        assert (
            community.memberships_by_ids(place.id, [star.require_member()])[star.require_member()].level
            is Level.MEMBER
        )


def test_the_digest_is_told_once_a_week_and_only_of_what_was_said() -> None:
    owner, reader = make_member(), make_member()
    place, silent = make_community(owner), make_community(owner)
    with clock.held_at(clock.now() - timedelta(days=10)):
        let_in(place, reader)
        let_in(silent, reader)
    say(owner, place, "本周的头条")

    assert send_digests() == 1
    assert send_digests() == 0
    assert [notice.kind for notice in notices_of(by=reader)] == ["community_digest"]
    assert "本周的头条" in notices_of(by=reader)[0].body


def test_an_announcement_reaches_every_member_once() -> None:
    from jishi.flows.community import announce_post

    owner, reader = make_member(), make_member()
    place = make_community(owner)
    let_in(place, reader)
    post_id = say(owner, place, "明天停电", kind="notice")

    assert announce_post(post_id, by=owner)
    assert not announce_post(post_id, by=owner)
    run_jobs()
    assert [notice.kind for notice in notices_of(by=reader)] == ["community_announced"]
    assert notices_of(by=owner) == []
    with pytest.raises(NotAllowed):
        announce_post(post_id, by=reader)


def _inside(place: community.CommunityView) -> Actor:
    return make_members(place, 1)[0]


@pytest.mark.django_db(transaction=True)
def test_figures_and_report_count_what_happened() -> None:
    from jishi.insight.community_report import community_report
    from jishi.insight.periods import last_days

    owner = make_member()
    place = make_community(owner)
    buyer = make_members(place, 1)[0]
    with clock.held_at(clock.now() - timedelta(days=20)):
        say(owner, place)
    post_id = say(owner, place, "问", kind="question")
    community.accept_answer(write_comment(post_id, text="答", by=buyer), by=owner)
    order_id = makers.buy(buyer, makers.make_product(price_minor=4200))
    makers.pay(buyer, order_id)

    found = community_report(place.id, by=SYSTEM, period=last_days(30, now=clock.now(), zone="Asia/Shanghai"))
    assert (found.figures.posts, found.figures.comments, found.figures.authors) == (2, 1, 2)
    assert (found.figures.questions, found.figures.answered) == (1, 1)
    assert (found.figures.known, found.figures.kept, found.figures.retention_percent) == (1, 1, 100)
    assert (found.bought_minor, found.buyers, found.brought_minor) == (4200, 1, 0)
