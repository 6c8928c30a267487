"""Talk across rooms: every text is screened, what a show is about is proved, people and goods in a text are looked up."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from jishi.flows.community_pictures import drop_pictures, settle_community, settle_pictures, take_pictures
from jishi.flows.screening import Screened, put_in_the_queue, screen
from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.community.public import (
    BadPost,
    CommunityForm,
    CommunityView,
    MembersOnly,
    NotYourOrder,
    PostForm,
    Ref,
    RefKind,
    Visibility,
    change_community,
    comment_text,
    community_ids_of,
    community_view,
    edit_comment,
    edit_post,
    has_written,
    make_comment,
    mark_announced,
    membership_of,
    memberships_by_ids,
    mentions_of,
    post_view,
    publish_post,
    remove_post,
    require_writer,
)
from jishi.modules.community.public import set_shelf as keep_shelf
from jishi.modules.guard.public import NewItem
from jishi.modules.orders.public import OrderState, lines_by_order, orders_of_member
from jishi.modules.people.public import people_called
from jishi.modules.plays.group_buy.public import offers_by_ids, teams_by_ids
from jishi.modules.plays.life.public import plays_by_ids
from jishi.modules.plays.red_packet.public import ShareView, open_packet
from jishi.modules.promotions.public import (
    CouponNotForYou,
    CouponsOver,
    CouponWay,
    batch_view,
    issue_coupon,
)
from jishi.platform import jobs
from jishi.platform.transactions import in_transaction

ORDERS_LOOKED_AT = 60
ANNOUNCE_JOB = "flows.announce_post"


@dataclass(frozen=True, slots=True)
class Bought:
    """Something of one's own orders that was received and may be shown to others."""

    line_id: uuid.UUID
    product_id: uuid.UUID
    title: str
    cover: str
    at: datetime


def screen_text(
    kind: str, text: str, *, author_id: uuid.UUID, community_id: uuid.UUID | None = None
) -> Screened:
    """What becomes of a text before anybody sees it; the one place where moderation is asked.

    `kind` is post or comment. Raises ContentRefused, MutedNow, BannedNow, TooFast.
    """
    return screen(kind, text, author_id=author_id, community_id=community_id)


def _state(screened: Screened) -> Visibility:
    return Visibility.WAITING if screened.waits else Visibility.SHOWN


def may_write(community_id: uuid.UUID, *, by: Actor, channel_id: uuid.UUID | None = None) -> None:
    """Asked before every write of talk. Raises what the community says, and who is sanctioned."""
    require_writer(community_id, by=by, channel_id=channel_id)


@in_transaction
def write_post(form: PostForm, *, by: Actor, post_id: uuid.UUID | None = None) -> uuid.UUID:
    """Screen, prove and publish. Raises BadPost, NotYourOrder, ShownAlready and what `may_write` raises."""
    member_id = by.require_member()
    may_write(form.community_id, by=by, channel_id=form.channel_id)
    if post_id is not None and has_written(post_id, by=by):
        return post_id  # sent again: nothing is screened or taken twice
    if form.order_line_id is not None:
        form = replace(form, product_id=_bought(form.order_line_id, by=by).product_id)
    _check_refs(form.refs)
    words = f"{form.title}\n{form.text}"
    screened = screen_text("post", words, author_id=member_id, community_id=form.community_id)
    named = replace(form, mentions=_mentioned(words, community_id=form.community_id))
    made_id = publish_post(named, by=by, state=_state(screened), post_id=post_id)
    take_pictures(form.media_ids, by=by)
    settle_pictures([made_id])
    put_in_the_queue(
        screened, NewItem("post", made_id, member_id, words.strip(), f"/posts/{made_id}/", form.community_id)
    )
    return made_id


@in_transaction
def change_post(post_id: uuid.UUID, *, title: str, text: str, version: int, by: Actor) -> int:
    """One's own post with other words, screened again. Raises NotFound, PostChanged, BadPost."""
    post, words = post_view(post_id, by=by), f"{title}\n{text}"
    may_write(post.community_id, by=by)
    member_id = by.require_member()
    screened = screen_text("post", words, author_id=member_id, community_id=post.community_id)
    state = _state(screened)
    put_in_the_queue(
        screened,
        NewItem("post", post_id, member_id, words.strip(), f"/posts/{post_id}/", post.community_id),
    )
    changed = edit_post(
        post_id,
        text=text,
        title=title,
        version=version,
        by=by,
        state=None if state is Visibility.SHOWN else state,
        mentions=_mentioned(words, community_id=post.community_id),
    )
    settle_pictures([post_id])
    return changed


@in_transaction
def delete_post(post_id: uuid.UUID, *, by: Actor) -> None:
    """One's own post and its pictures go for good. Raises NotFound."""
    drop_pictures(remove_post(post_id, by=by))


@in_transaction
def change_place(community_id: uuid.UUID, form: CommunityForm, *, by: Actor) -> CommunityView:
    """Change a community; a door that opens or closes takes the pictures with it. Raises what `change_community` raises."""
    before = community_view(community_id).form.openness
    changed = change_community(community_id, form, by=by)
    if changed.form.openness is not before:
        settle_community(community_id)
    return changed


@in_transaction
def write_comment(
    post_id: uuid.UUID,
    *,
    text: str,
    by: Actor,
    reply_to: uuid.UUID | None = None,
    comment_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Screen and say. Raises NotFound, BadPost and what `may_write` raises."""
    member_id = by.require_member()
    post = post_view(post_id, by=by)
    may_write(post.community_id, by=by)
    screened = screen_text("comment", text, author_id=member_id, community_id=post.community_id)
    made_id = make_comment(
        post_id,
        text=text,
        by=by,
        reply_to=reply_to,
        state=_state(screened),
        mentions=_mentioned(text, community_id=post.community_id),
        comment_id=comment_id,
    )
    link = f"/posts/{post_id}/#c-{made_id}"
    put_in_the_queue(screened, NewItem("comment", made_id, member_id, text, link, post.community_id))
    return made_id


@in_transaction
def change_comment(comment_id: uuid.UUID, *, text: str, by: Actor) -> None:
    """One's own comment with other words, screened again."""
    known = comment_text(comment_id, by=by)
    if known is not None:
        may_write(known.community_id, by=by)
        member_id = by.require_member()
        screened = screen_text("comment", text, author_id=member_id, community_id=known.community_id)
        state = _state(screened)
        link = f"/posts/{known.post_id}/#c-{comment_id}"
        put_in_the_queue(screened, NewItem("comment", comment_id, member_id, text, link, known.community_id))
        edit_comment(comment_id, text=text, by=by, state=None if state is Visibility.SHOWN else state)
        return
    edit_comment(comment_id, text=text, by=by)


@in_transaction
def announce_post(post_id: uuid.UUID, *, by: Actor) -> bool:
    """Every member hears of it, by a job; False when they did before."""
    is_new = mark_announced(post_id, by=by)
    if is_new:
        jobs.defer(ANNOUNCE_JOB, post_id=str(post_id), page="1")
    return is_new


@in_transaction
def claim_community_coupon(batch_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """A coupon for the members of its community, once each. Raises CouponNotForYou, MembersOnly, CouponsOver."""
    member_id = by.require_member()
    batch = batch_view(batch_id)
    if batch.way is not CouponWay.COMMUNITY or batch.community_id is None:
        raise CouponNotForYou(reason="")
    if membership_of(batch.community_id, member_id) is None:
        raise MembersOnly()
    coupon_id = issue_coupon(batch_id, member_id=member_id, key="community", by=by)
    if coupon_id is None:
        raise CouponsOver()
    return coupon_id


def open_packet_here(packet_id: uuid.UUID, *, by: Actor, password: str = "") -> ShareView:
    """Open a packet with the communities one is in. Not inside a transaction. Raises what `open_packet` raises."""
    communities = community_ids_of(by.id) if by.is_member and by.id is not None else frozenset()
    return open_packet(packet_id, by=by, password=password, communities=communities)


@in_transaction
def set_shelf(community_id: uuid.UUID, refs: list[Ref], *, by: Actor) -> None:
    """What the community offers; everything on it exists. Raises BadPost, BadCommunity."""
    _check_refs(refs)
    keep_shelf(community_id, refs, by=by)


def bought_goods(*, by: Actor) -> list[Bought]:
    """What one may show: lines of received orders that were not given back; three queries."""
    orders = orders_of_member(by=by, states=[OrderState.RECEIVED], limit=ORDERS_LOOKED_AT)
    lines = lines_by_order([order.id for order in orders])
    return [
        Bought(line.id, line.product_id, line.title, line.cover, order.placed_at)
        for order in orders
        for line in lines.get(order.id, [])
        if line.refunded_quantity < line.quantity
    ]


def _bought(line_id: uuid.UUID, *, by: Actor) -> Bought:
    found = next((one for one in bought_goods(by=by) if one.line_id == line_id), None)
    if found is None:
        raise NotYourOrder()
    return found


def _mentioned(text: str, *, community_id: uuid.UUID) -> dict[str, str]:
    """Names after an @ that belong to somebody in the community; two queries, none without names."""
    names = mentions_of(text)
    if not names:
        return {}
    called = people_called(names)
    there = memberships_by_ids(community_id, [one.id for one in called])
    return {one.nickname: str(one.id) for one in reversed(called) if one.id in there}


def _check_refs(refs: Iterable[Ref]) -> None:
    by_kind: dict[RefKind, set[uuid.UUID]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, set()).add(ref.id)
    for kind, wanted in by_kind.items():
        if wanted - _existing(kind, wanted):
            raise BadPost(field="refs", reason="卡片里的内容找不到了")


def _existing(kind: RefKind, wanted: set[uuid.UUID]) -> set[uuid.UUID]:
    if kind is RefKind.PRODUCT:
        return set(cards_by_ids(list(wanted)))
    if kind is RefKind.TEAM:
        return set(teams_by_ids(wanted))
    if kind is RefKind.GROUP_BUY:
        return set(offers_by_ids(wanted))
    if kind is RefKind.COUPON:
        return {one for one in wanted if batch_view(one)}
    return set(plays_by_ids(wanted))


def new_post_key() -> str:
    """For a form that is sent once."""
    return str(ids.new_id())
