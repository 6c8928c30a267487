"""Reading posts and streams. Everything about fifty posts takes as many queries as about one: see `_views`."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.db.models.expressions import RawSQL

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import asked_words
from jishi.modules.community.models import (
    Bookmark,
    Community,
    Poll,
    PollOption,
    Post,
    PostVersion,
    PostWords,
    Reaction,
    Vote,
)
from jishi.modules.community.queries.places import VIEW, community_ids_of, membership_of
from jishi.modules.community.types import (
    Openness,
    OptionView,
    PollView,
    PostKind,
    PostPictures,
    PostView,
    Ref,
    RefKind,
    Sort,
    VersionView,
    Visibility,
)
from jishi.modules.guard.public import in_sight
from jishi.platform.paging import Key, older_than

PAGE_MAX = 50
PINNED_MAX = 3
TOPICS_SHOWN = 12
TOPIC_DAYS = 30
VERSIONS_MAX = 50
NEWER_MAX = 99
PICTURE_POSTS_MAX = 200


def stream(  # noqa: PLR0913  (what one may ask of a stream)
    community_id: uuid.UUID,
    *,
    by: Actor,
    sort: Sort = Sort.NEW,
    after: Key | None = None,
    heat: int | None = None,
    channel_id: uuid.UUID | None = None,
    topic: str = "",
    kind: PostKind | None = None,
    limit: int = 20,
) -> list[PostView]:
    """Posts of a community that the caller has been let into; seven queries, however many posts.

    New ones go on after a key, hot ones after (heat, id of the key).
    """
    rows = Post.objects.filter(_shown(by), community_id=community_id)
    if channel_id is not None:
        rows = rows.filter(channel_id=channel_id)
    if topic:
        rows = rows.filter(topics__contains=[topic.lower()])
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if sort is Sort.HOT:
        if heat is not None and after is not None:
            rows = rows.filter(Q(heat__lt=heat) | Q(heat=heat, id__lt=after.id))
        rows = rows.order_by("-heat", "-id")
    else:
        rows = rows.filter(older_than(after, field="published_at")).order_by("-published_at", "-id")
    return views_of(list(rows[: min(limit, PAGE_MAX)]), by=by)


def pinned_posts(community_id: uuid.UUID, *, by: Actor) -> list[PostView]:
    rows = Post.objects.filter(_shown(by), community_id=community_id, pinned_at__isnull=False)
    return views_of(list(rows.order_by("-pinned_at")[:PINNED_MAX]), by=by)


def count_newer(community_id: uuid.UUID, *, than: datetime) -> int:
    """How many posts came since, up to NEWER_MAX; one query."""
    rows = Post.objects.filter(_shown(), community_id=community_id, published_at__gt=than)
    return len(rows.values_list("id", flat=True)[:NEWER_MAX])


def heat_of(post_id: uuid.UUID) -> int:
    return Post.objects.filter(id=post_id).values_list("heat", flat=True).first() or 0


def post_view(post_id: uuid.UUID, *, by: Actor) -> PostView:
    """One post for who may read it: shown ones, one's own that waits, and all but removed ones for moderators.

    Nine queries. Raises NotFound, also for what is there but not for them.
    """
    return views_of([_readable(post_id, by=by)], by=by)[0]


def readable_pictures(post_id: uuid.UUID, *, by: Actor) -> tuple[uuid.UUID, ...]:
    """Pictures of a post for who may read it; at most three queries. Raises NotFound as `post_view` does."""
    return tuple(_readable(post_id, by=by).media_ids)


def has_written(post_id: uuid.UUID, *, by: Actor) -> bool:
    """Whether a post with this id is the actor's own already."""
    return Post.objects.filter(id=post_id, author_id=by.require_member()).exists()


def pictures_of_posts(post_ids: Iterable[uuid.UUID]) -> list[PostPictures]:
    """Posts with pictures among them, whatever their state, for the flow that shows and hides pictures; one query."""
    rows = Post.objects.filter(id__in=list(post_ids)[:PICTURE_POSTS_MAX]).exclude(media_ids=[])
    return [
        PostPictures(
            row.id,
            tuple(row.media_ids),
            row.state == Visibility.SHOWN.value and row.community.openness == Openness.PUBLIC.value,
        )
        for row in rows.select_related("community")
    ]


def picture_posts_of(
    community_id: uuid.UUID, *, after: uuid.UUID | None, limit: int = PICTURE_POSTS_MAX
) -> list[uuid.UUID]:
    """Posts of a community that have pictures, a page by id; one query."""
    rows = Post.objects.filter(community_id=community_id).exclude(media_ids=[])
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.order_by("id").values_list("id", flat=True)[: min(limit, PICTURE_POSTS_MAX)])


def posts_by_ids(post_ids: Iterable[uuid.UUID], *, by: Actor) -> dict[uuid.UUID, PostView]:
    """Those of them that are shown and that the actor may read; nine queries."""
    rows = Post.objects.filter(readable_by(by), id__in=list(post_ids)[:PAGE_MAX])
    return {view.id: view for view in views_of(list(rows), by=by)}


def posts_of_author(
    author_id: uuid.UUID, *, by: Actor, after: Key | None = None, limit: int = 20
) -> list[PostView]:
    """What somebody wrote where the actor may read, newest first; eight queries."""
    page = older_than(after, field="published_at")
    rows = Post.objects.filter(page, readable_by(by), author_id=author_id)
    return views_of(list(rows.order_by("-published_at", "-id")[: min(limit, PAGE_MAX)]), by=by)


def bookmarked_posts(*, by: Actor, after: Key | None = None, limit: int = 20) -> list[PostView]:
    """The actor's own bookmarks, the latest first, as far as they may still read them; nine queries."""
    marks = Bookmark.objects.filter(
        older_than(after, field="at"), readable_by(by, prefix="post__"), member_id=by.require_member()
    )
    rows = [mark.post for mark in marks.select_related("post").order_by("-at", "-id")[: min(limit, PAGE_MAX)]]
    return views_of(rows, by=by)


def find_posts(text: str, *, by: Actor, after: Key | None = None, limit: int = 20) -> list[PostView]:
    """Posts that say it, by the words of the shop's search, where the actor may read, newest first; eight queries."""
    source, values = asked_words(text.strip()[:40])
    if not source:
        return []
    saying = f"SELECT w.post_id FROM {PostWords._meta.db_table} w{source} WHERE w.search_vector @@ q.query"
    rows = Post.objects.filter(
        older_than(after, field="published_at"), readable_by(by), id__in=RawSQL(saying, values)
    )
    return views_of(list(rows.order_by("-published_at", "-id")[: min(limit, PAGE_MAX)]), by=by)


def posts_about(product_id: uuid.UUID, *, by: Actor, limit: int = 10) -> list[PostView]:
    """Shows of a product, where the actor may read; eight queries."""
    rows = Post.objects.filter(readable_by(by), product_id=product_id, kind=PostKind.SHOW.value)
    return views_of(list(rows.order_by("-heat", "-id")[: min(limit, PAGE_MAX)]), by=by)


def lively_topics(community_id: uuid.UUID) -> list[tuple[str, int]]:
    """Topics of the last weeks with how often; one query."""
    since = clock.now() - timedelta(days=TOPIC_DAYS)
    rows = Post.objects.filter(_shown(), community_id=community_id, published_at__gte=since)
    rows = rows.order_by("-published_at")
    counts: dict[str, int] = defaultdict(int)
    for topics in rows.values_list("topics", flat=True)[:500]:
        for topic in topics:
            counts[topic] += 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:TOPICS_SHOWN]


def versions_of(post_id: uuid.UUID) -> list[VersionView]:
    """What a post said before, the latest first; the caller has seen to who may look."""
    rows = PostVersion.objects.filter(post_id=post_id).order_by("-version")[:VERSIONS_MAX]
    return [VersionView(row.version, row.title, row.text, row.at) for row in rows]


def posts_of_week(
    community_ids: Iterable[uuid.UUID], *, since: datetime, limit: int
) -> dict[uuid.UUID, list[Post]]:
    """The hottest posts of some communities since a moment, by community; one query."""
    found: dict[uuid.UUID, list[Post]] = defaultdict(list)
    rows = Post.objects.filter(_shown(), community_id__in=list(community_ids), published_at__gte=since)
    for row in rows.order_by("-heat", "-id")[:1_000]:
        if len(found[row.community_id]) < limit:
            found[row.community_id].append(row)
    return dict(found)


def readable_by(by: Actor, *, prefix: str = "") -> Q:
    """Shown posts in communities that the actor may read."""
    shown = _shown(by, prefix=prefix)
    if by.may(VIEW):
        return shown
    public = Q(**{f"{prefix}community__openness": Openness.PUBLIC.value})
    if by.is_member and by.id is not None:
        public |= Q(**{f"{prefix}community_id__in": community_ids_of(by.id)})
    return shown & public


def _shown(by: Actor | None = None, *, prefix: str = "") -> Q:
    """Neither hidden themselves nor by what their author may not do at present."""
    seen = in_sight(f"{prefix}author_id", by=by, community=f"{prefix}community_id")
    return Q(**{f"{prefix}state": Visibility.SHOWN.value}) & seen


def views_of(rows: Sequence[Post], *, by: Actor) -> list[PostView]:
    """Posts with their reactions, bookmarks and polls: six queries at most, none without posts."""
    if not rows:
        return []
    post_ids, member_id = [row.id for row in rows], by.id if by.is_member else None
    reactions = _reactions(post_ids)
    own, marked = _own(post_ids, member_id)
    polls = _polls([row.id for row in rows if row.kind == PostKind.POLL.value], member_id=member_id)
    return [
        PostView(
            id=row.id,
            community_id=row.community_id,
            channel_id=row.channel_id,
            author_id=row.author_id,
            kind=PostKind(row.kind),
            title=row.title,
            text=row.text,
            media_ids=tuple(row.media_ids),
            topics=tuple(row.topics),
            mentions=row.mentions,
            refs=tuple(Ref(RefKind(one["kind"]), uuid.UUID(one["id"])) for one in row.refs),
            product_id=row.product_id,
            is_verified=row.order_line_id is not None,
            state=Visibility(row.state),
            is_pinned=row.pinned_at is not None,
            accepted_comment_id=row.accepted_comment_id,
            comment_count=row.comment_count,
            reaction_count=row.reaction_count,
            bookmark_count=row.bookmark_count,
            version=row.version,
            published_at=row.published_at,
            edited_at=row.edited_at,
            reactions=tuple(reactions.get(row.id, ())),
            own_reaction=own.get(row.id, ""),
            is_bookmarked=row.id in marked,
            poll=polls.get(row.id),
        )
        for row in rows
    ]


def _readable(post_id: uuid.UUID, *, by: Actor) -> Post:
    rows = Post.objects.select_related("community").filter(id=post_id)
    row = rows.filter(in_sight("author_id", by=by, community="community_id")).first()
    is_author_hidden = row is None
    row = row or rows.first()
    if row is None or row.state == Visibility.REMOVED.value:
        raise NotFound()
    if not _reads(row.community, by=by):
        raise NotFound()
    if is_author_hidden or row.state != Visibility.SHOWN.value:
        is_own_waiting = row.state == Visibility.WAITING.value and by.owns(row.author_id)
        membership = membership_of(row.community_id, by.id if by.is_member else None)
        is_moderator = by.may("moderation.view") or (membership is not None and membership.may_moderate)
        if not (is_own_waiting or is_moderator):
            raise NotFound()
    return row


def _reads(community: Community, *, by: Actor) -> bool:
    if community.openness == Openness.PUBLIC.value or by.may(VIEW):
        return True
    return membership_of(community.id, by.id if by.is_member else None) is not None


def _reactions(post_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, int]]]:
    found: dict[uuid.UUID, list[tuple[str, int]]] = defaultdict(list)
    rows = Reaction.objects.filter(post_id__in=post_ids, comment__isnull=True)
    counted = rows.values_list("post_id", "emoji").annotate(found=Count("id")).order_by("-found", "emoji")
    for post_id, emoji, count in counted:
        found[post_id].append((emoji, count))
    return found


def _own(
    post_ids: Sequence[uuid.UUID], member_id: uuid.UUID | None
) -> tuple[dict[uuid.UUID, str], set[uuid.UUID]]:
    if member_id is None:
        return {}, set()
    reactions = Reaction.objects.filter(post_id__in=post_ids, comment__isnull=True, member_id=member_id)
    marks = Bookmark.objects.filter(post_id__in=post_ids, member_id=member_id)
    return dict(reactions.values_list("post_id", "emoji")), set(marks.values_list("post_id", flat=True))


def _polls(post_ids: Sequence[uuid.UUID], *, member_id: uuid.UUID | None) -> dict[uuid.UUID, PollView]:
    if not post_ids:
        return {}
    options: dict[uuid.UUID, list[PollOption]] = defaultdict(list)
    for option in PollOption.objects.filter(poll_id__in=post_ids).order_by("position"):
        options[option.poll_id].append(option)
    votes = Vote.objects.filter(poll_id__in=post_ids)
    counts = dict(votes.values_list("option_id").annotate(found=Count("id")))
    mine = dict(votes.filter(member_id=member_id).values_list("poll_id", "option_id")) if member_id else {}
    return {
        poll.post_id: _poll_view(poll, options[poll.post_id], counts, mine.get(poll.post_id))
        for poll in Poll.objects.filter(post_id__in=post_ids)
    }


def _poll_view(
    poll: Poll, options: Sequence[PollOption], counts: dict[uuid.UUID, int], own: uuid.UUID | None
) -> PollView:
    is_over = poll.closes_at <= clock.now()
    shows = is_over or own is not None or not poll.is_hidden_until_vote
    return PollView(
        options=tuple(
            OptionView(one.id, one.text, counts.get(one.id, 0) if shows else None, one.id == own)
            for one in options
        ),
        closes_at=poll.closes_at,
        is_over=is_over,
        has_voted=own is not None,
        total=sum(counts.get(one.id, 0) for one in options) if shows else None,
    )
