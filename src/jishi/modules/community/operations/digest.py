"""Whose turn it is to hear what their communities said this week."""

import uuid
from datetime import timedelta

from django.db.models import Q

from jishi.kernel import clock
from jishi.modules.community.models import Membership
from jishi.modules.community.queries.talk import posts_of_week
from jishi.modules.community.rules.texts import excerpt_of
from jishi.modules.community.types import MemberState
from jishi.platform.transactions import in_transaction

DIGEST_DAYS = 7
BATCH = 500
TITLES = 2


@in_transaction
def take_digests(*, limit: int = BATCH) -> list[tuple[uuid.UUID, uuid.UUID, str, list[str]]]:
    """(member, community, name, lines) of memberships whose week is over and where something was said.

    They are marked as told in this transaction, so that two workers never tell twice.
    """
    now = clock.now()
    due = now - timedelta(days=DIGEST_DAYS)
    rows = list(
        Membership.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            Q(digest_at__isnull=True, joined_at__lte=due) | Q(digest_at__lte=due), state=MemberState.IN.value
        )
        .select_related("community")
        .order_by("id")[:limit]
    )
    Membership.objects.filter(id__in=[row.id for row in rows]).update(digest_at=now)
    posts = posts_of_week({row.community_id for row in rows}, since=due, limit=TITLES)
    found = []
    for row in rows:
        lines = [excerpt_of(post.title or post.text, length=24) for post in posts.get(row.community_id, [])]
        if any(lines):
            found.append((row.member_id, row.community_id, row.community.name, [one for one in lines if one]))
    return found
