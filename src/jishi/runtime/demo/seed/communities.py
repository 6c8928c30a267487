"""Communities of the demo: people come in, talk, answer, vote and check in, all through the real flows."""

import random
import uuid
from contextlib import suppress
from datetime import timedelta

from jishi.flows.community import bought_goods, set_shelf, write_comment, write_post
from jishi.flows.community_pictures import keep_pictures
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.kernel.errors import Refusal
from jishi.modules.community.public import (
    EMOJI,
    CommunityRole,
    CommunityView,
    Joining,
    Level,
    PollForm,
    PostForm,
    PostKind,
    Ref,
    RefKind,
    accept_answer,
    ask_to_join,
    bookmark,
    cast_vote,
    channels_of,
    check_in,
    create_community,
    decide_request,
    follow,
    hold_level,
    join_community,
    make_invite,
    open_task,
    pin_post,
    post_view,
    react,
    set_role,
    tasks_of,
)
from jishi.modules.plays.group_buy.public import forming_teams
from jishi.modules.promotions.public import (
    AmountOff,
    BatchForm,
    CouponWay,
    Offer,
    OfferForm,
    Stage,
    create_batch,
    create_offer,
    open_batch,
    publish_offer,
)
from jishi.runtime.demo.seed.goods import Painter, Shop
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street
from jishi.runtime.demo.talk import PLACES, Place, Said

DAYS_OPEN = 40
CHECKED_IN = 14


def play_communities(*, shop: Shop, street: Street, dice: random.Random, painter: Painter) -> None:
    """Six places: public ones, one on request, one for members' eyes, one that is secret."""
    for number, place in enumerate(PLACES):
        _open_place(place, shop=shop, street=street, dice=dice, painter=painter, is_first=number == 0)
        let_it_sink_in()


def _open_place(
    place: Place, *, shop: Shop, street: Street, dice: random.Random, painter: Painter, is_first: bool
) -> None:
    there, opened = street.neighbours, clock.now() - timedelta(days=DAYS_OPEN)
    owner = there[place.owner]
    with clock.held_at(max(opened, owner.joined_at + timedelta(hours=1))):
        found = create_community(place.form, by=SYSTEM, owner_id=owner.actor.id, channels=place.channels)
        if place.task:
            open_task(found.id, title=place.task, by=owner.actor)
    people = _let_in(place, found, street=street, dice=dice, owner=owner)
    set_shelf(
        found.id,
        [Ref(RefKind.PRODUCT, shop.shelf_of(handle).product_id) for handle in place.shelf],
        by=SYSTEM,
    )
    if is_first:
        _hand_out_coupons(found)
    for said in sorted(place.said, key=lambda one: -one.hours):
        _say(said, place, found, people=people, street=street, dice=dice, shop=shop, painter=painter)
    _check_in(found, people[:CHECKED_IN])


def _let_in(
    place: Place, found: CommunityView, *, street: Street, dice: random.Random, owner: Neighbour
) -> list[Neighbour]:
    """Everybody by the way the community has; a few of them get something to do."""
    first, last = place.people
    wanted = {said.by for said in place.said} | {who for said in place.said for who, _ in said.comments}
    chosen = sorted({*range(first, last, 2), *wanted} - {place.owner})
    people = [street.neighbours[number] for number in chosen]
    code = (
        make_invite(found.id, by=owner.actor, uses_max=500).code
        if place.form.joining is Joining.INVITE
        else ""
    )
    for number, one in enumerate(people):
        at = max(one.joined_at, found.created_at) + timedelta(hours=dice.uniform(1, 60))
        with clock.held_at(min(at, clock.now() - timedelta(hours=40))), suppress(Refusal):
            if place.form.joining is Joining.REQUEST:
                request = ask_to_join(found.id, ["想认识同好"] * len(place.form.questions), by=one.actor)
                decide_request(request.id, is_accepted=True, by=owner.actor)
            else:
                join_community(found.id, by=one.actor, code=code)
        if number < 5:
            follow(owner.actor.require_member(), is_followed=True, by=one.actor)
    for one, role in zip(people[1:3], (CommunityRole.MODERATOR, CommunityRole.LEADER), strict=False):
        set_role(found.id, one.actor.require_member(), role=role, by=SYSTEM)
    for number, one in enumerate(people[3:14]):
        level = Level.CORE if number < 3 else Level.ACTIVE
        hold_level(found.id, one.actor.require_member(), level=level, is_held=False, by=SYSTEM)
    return [owner, *people]


def _say(  # noqa: PLR0913  (what a post of the demo needs)
    said: Said,
    place: Place,
    found: CommunityView,
    *,
    people: list[Neighbour],
    street: Street,
    dice: random.Random,
    shop: Shop,
    painter: Painter,
) -> None:
    author = street.neighbours[said.by]
    moment = clock.now() - timedelta(hours=said.hours)
    channels = channels_of(found.id)
    line_id: uuid.UUID | None = None
    if said.kind == PostKind.SHOW.value:
        author, line_id = _buyer(shop.shelf_of(said.product).product_id, people[1:]) or (author, None)
    kind = PostKind(said.kind) if said.kind != PostKind.SHOW.value or line_id else PostKind.TALK
    refs = [_open_team(place, shop=shop)] if said.with_team else []
    if said.product:
        refs.append(Ref(RefKind.PRODUCT, shop.shelf_of(said.product).product_id))
    with clock.held_at(moment):
        post_id = write_post(
            PostForm(
                community_id=found.id,
                channel_id=channels[said.channel].id if said.channel < len(channels) else None,
                kind=kind,
                title=said.title,
                text=said.text,
                media_ids=keep_pictures(
                    [
                        painter.picture_of(handle, view=2 if n else 1)
                        for n, handle in enumerate(said.pictures)
                    ],
                    by=author.actor,
                ),
                refs=tuple(refs),
                poll=PollForm(said.options, clock.now() + timedelta(days=3)) if said.options else None,
                order_line_id=line_id,
            ),
            by=author.actor,
        )
    _answer(said, post_id, author=author, street=street)
    _respond(said, post_id, people=people, dice=dice)
    if said.is_pinned:
        pin_post(post_id, is_pinned=True, by=street.neighbours[place.owner].actor)


def _buyer(product_id: uuid.UUID, people: list[Neighbour]) -> tuple[Neighbour, uuid.UUID] | None:
    """Somebody who has truly received it: the mark of a show is real in the demo too."""
    for one in people:
        for bought in bought_goods(by=one.actor):
            if bought.product_id == product_id:
                return one, bought.line_id
    return None


def _open_team(place: Place, *, shop: Shop) -> Ref:
    """A team that waits for people, of something on the community's shelf when there is one."""
    teams, offered = forming_teams(limit=30), {shop.shelf_of(handle).product_id for handle in place.shelf}
    fitting = [team for team in teams if team.product_id in offered] or teams
    return Ref(RefKind.TEAM, fitting[0].id)


def _answer(said: Said, post_id: uuid.UUID, *, author: Neighbour, street: Street) -> None:
    moment = clock.now() - timedelta(hours=said.hours)
    top: list[uuid.UUID] = []
    for number, (who, text) in enumerate(said.comments):
        speaker = street.neighbours[who]
        is_reply = number > 0 and speaker is author
        with clock.held_at(moment + timedelta(minutes=9 * (number + 1))), suppress(Refusal):
            top.append(
                write_comment(
                    post_id, text=text, by=speaker.actor, reply_to=top[-1] if is_reply and top else None
                )
            )
    if 0 <= said.accepted < len(top):
        with clock.held_at(moment + timedelta(minutes=50)):
            accept_answer(top[said.accepted], by=author.actor)


def _respond(said: Said, post_id: uuid.UUID, *, people: list[Neighbour], dice: random.Random) -> None:
    for one in dice.sample(people, min(said.hearts, len(people))):
        with suppress(Refusal):
            react(post_id, emoji=dice.choices(EMOJI, weights=(9, 5, 3, 3, 1, 1))[0], by=one.actor)
    for one in dice.sample(people, min(said.hearts // 5, len(people))):
        with suppress(Refusal):
            bookmark(post_id, is_kept=True, by=one.actor)
    poll = post_view(post_id, by=SYSTEM).poll
    if poll is not None:
        for one in people[2 : 2 + said.hearts * 3]:  # the shopper of the demo has not voted yet
            with suppress(Refusal):
                option = dice.choices(poll.options, weights=range(len(poll.options), 0, -1))[0]
                cast_vote(post_id, option.id, by=one.actor)


def _check_in(found: CommunityView, people: list[Neighbour]) -> None:
    for task in tasks_of(found.id, member_id=None):
        for number, one in enumerate(people):
            for day in range(1 + number % 4):
                with clock.held_at(clock.now() - timedelta(days=day)), suppress(Refusal):
                    check_in(task.id, by=one.actor)


def _hand_out_coupons(found: CommunityView) -> None:
    offer = Offer(
        uuid.UUID(int=0),
        "群友满 60 减 8",
        Stage.COUPON,
        AmountOff(800),
        group="coupon",
        least_minor=6_000,
    )
    made = publish_offer(create_offer(OfferForm("社群券", offer), by=SYSTEM).id, by=SYSTEM, currency="CNY")
    batch = create_batch(
        BatchForm(
            offer_id=made.id,
            name="水果群专享",
            way=CouponWay.COMMUNITY,
            capacity=200,
            valid_days=14,
            community_id=found.id,
        ),
        by=SYSTEM,
    )
    open_batch(batch.id, by=SYSTEM)
