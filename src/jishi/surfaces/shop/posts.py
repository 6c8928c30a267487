"""Posts and comments as a page shows them: people, marks, cards and pictures for all of them together."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.community.public import (
    EMOJI,
    CommentView,
    CommunityView,
    Level,
    MembershipView,
    Openness,
    PollView,
    PostKind,
    PostView,
    Visibility,
    communities_by_ids,
    memberships_by_ids,
)
from jishi.modules.media.public import MediaView, media_by_ids
from jishi.modules.people.public import Person, people_by_ids
from jishi.surfaces.community_words import kind_words, level_words, role_words
from jishi.surfaces.shop.refs import ref_markup

SHORT_TEXT = 180
WIDE_SIZES = "(min-width: 1024px) 640px, 92vw"
TILE_SIZES = "(min-width: 1024px) 320px, 46vw"


def mark_of(membership: MembershipView | None) -> tuple[str, str]:
    """(words, colour class) beside a name: the role first, else trust from active up."""
    if membership is None:
        return "", ""
    if membership.is_staff:
        return role_words(membership.role), "mark-role"
    if membership.level >= Level.ACTIVE:
        return level_words(membership.level), f"mark-{membership.level.name.lower()}"
    return "", ""


def ago(instant: datetime) -> str:
    """When it was, in a few words."""
    seconds = max(0, int((clock.now() - instant).total_seconds()))
    if seconds < 60:
        return _("刚刚")
    if seconds < 3_600:
        return _("%d 分钟前") % (seconds // 60)
    if seconds < 86_400:
        return _("%d 小时前") % (seconds // 3_600)
    if seconds < 7 * 86_400:
        return _("%d 天前") % (seconds // 86_400)
    return f"{instant:%Y-%m-%d}"


def post_cards(
    posts: Sequence[PostView], *, by: Actor, community: CommunityView | None = None, is_whole: bool = False
) -> list[dict[str, Any]]:
    """Cards of posts, of one community or of many: people, marks and cards in thirteen queries at most, however many."""
    if not posts:
        return []
    people = people_by_ids(post.author_id for post in posts)
    places = (
        {community.id: community}
        if community is not None
        else communities_by_ids(post.community_id for post in posts)
    )
    marks = (
        memberships_by_ids(community.id, [post.author_id for post in posts]) if community is not None else {}
    )
    refs = ref_markup(ref for post in posts for ref in post.refs)
    media = media_by_ids(one for post in posts for one in post.media_ids)
    return [
        _card(
            post,
            by=by,
            author=people.get(post.author_id),
            mark=mark_of(marks.get(post.author_id)),
            community=places[post.community_id],
            refs=[refs[ref] for ref in post.refs if ref in refs],
            pictures=[media[one] for one in post.media_ids if one in media],
            has_place=community is None,
            is_whole=is_whole,
        )
        for post in posts
        if post.community_id in places
    ]


def comment_rows(
    comments: Sequence[CommentView], *, by: Actor, community: CommunityView, asker_id: uuid.UUID | None
) -> list[dict[str, Any]]:
    """Threads with faces and marks; two queries. `asker_id` is there when an answer may still be accepted."""
    everyone = [one for top in comments for one in (top, *top.replies)]
    people = people_by_ids(one.author_id for one in everyone)
    marks = memberships_by_ids(community.id, [one.author_id for one in everyone])

    def row(one: CommentView) -> dict[str, Any]:
        return {
            "comment": one,
            "author": _name(people.get(one.author_id)),
            "author_url": reverse("shop:neighbour", args=[one.author_id]),
            "mark": mark_of(marks.get(one.author_id)),
            "when": ago(one.made_at),
            "is_mine": by.owns(one.author_id),
            "is_waiting": one.state is Visibility.WAITING,
            "may_accept": asker_id is not None and by.owns(asker_id) and not by.owns(one.author_id),
            "replies": [row(reply) for reply in one.replies],
        }

    return [row(one) for one in comments]


def poll_rows(poll: PollView) -> dict[str, Any]:
    total = poll.total or 0
    best = max((one.votes or 0 for one in poll.options), default=0)
    return {
        "options": [
            {
                "id": one.id,
                "text": one.text,
                "votes": one.votes,
                "percent": one.percent_of(total),
                "is_mine": one.is_mine,
                "is_best": bool(one.votes) and one.votes == best,
            }
            for one in poll.options
        ],
        "total": total,
        "shows": poll.shows_counts,
        "is_over": poll.is_over,
        "may_vote": not poll.is_over and not poll.has_voted,
        "closes_at": poll.closes_at,
    }


def shortened(text: str) -> tuple[str, bool]:
    """The beginning of a long text, and whether something was left out."""
    lines = text.split("\n")
    short = "\n".join(lines[:8])
    if len(short) > SHORT_TEXT:
        short = short[:SHORT_TEXT]
    return (text, False) if len(short) >= len(text) else (short.rstrip() + "…", True)


def pictures_page(post_id: uuid.UUID) -> str:
    """Where the pictures of a post lie that not everybody may see."""
    return f"{reverse('shop:post', args=[post_id])}pictures/"


def names_of(people: dict[uuid.UUID, Person], ids: Iterable[uuid.UUID]) -> list[str]:
    return [people[one].nickname for one in ids if one in people]


def _card(  # noqa: PLR0913  (what a card shows)
    post: PostView,
    *,
    by: Actor,
    author: Person | None,
    mark: tuple[str, str],
    community: CommunityView,
    refs: list[Any],
    pictures: list[MediaView],
    has_place: bool,
    is_whole: bool,
) -> dict[str, Any]:
    text, is_cut = (post.text, False) if is_whole else shortened(post.text)
    return {
        "post": post,
        "url": reverse("shop:post", args=[post.id]),
        "author": _name(author),
        "author_url": reverse("shop:neighbour", args=[post.author_id]),
        "mark": mark,
        "kind": kind_words(post.kind) if post.kind is not PostKind.TALK else "",
        "when": ago(post.published_at),
        "text": text,
        "is_cut": is_cut,
        "pictures": pictures,
        "behind": pictures_page(post.id),
        "picture_sizes": WIDE_SIZES if len(pictures) == 1 else TILE_SIZES,
        "picture_class": f"is-{min(len(pictures), 3) if len(pictures) != 4 else 4}",
        "refs": refs,
        "poll": poll_rows(post.poll) if post.poll is not None else None,
        "community": community,
        "has_place": has_place,
        "is_mine": by.owns(post.author_id),
        "is_whole": is_whole,
        "may_thank": by.is_member and not by.owns(post.author_id) and post.state is Visibility.SHOWN,
        "is_answered": post.accepted_comment_id is not None,
        "is_waiting": post.state is Visibility.WAITING,
        "is_hidden": post.state is Visibility.HIDDEN,
        "is_open": community.form.openness is Openness.PUBLIC,
        "emoji": EMOJI,
    }


def _name(person: Person | None) -> str:
    return person.nickname if person is not None else _("一位邻居")
