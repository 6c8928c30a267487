"""The pass of a logged-in member for the hot lane: who they are, from which browser, and what groups they are in."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.community.public import community_ids_of
from jishi.modules.people.public import member_row
from jishi.platform.rush import COMMUNITY_TAGS, NEW_MEMBER, Asker, community_tag, tags_in_demand
from jishi.platform.rush.passes import PASS_SECONDS, device_mark, issue_pass

NEW_MEMBER_DAYS = 30


@dataclass(frozen=True, slots=True)
class MemberPass:
    """`text` goes into `Authorization: Pass …`."""

    text: str
    expires_at: datetime
    tags: tuple[str, ...]


def issue_member_pass(*, by: Actor) -> MemberPass:
    """A pass for a quarter of an hour; three queries at most. Raises LoginRequired."""
    member_id = by.require_member()
    now_seconds = int(clock.now().timestamp())
    tags = member_tags(member_id, by=by)
    device = device_mark(by.visitor_id) if by.visitor_id else 0
    text = issue_pass(member_id, now_seconds=now_seconds, device=device, tags=tags)
    return MemberPass(text, datetime.fromtimestamp(now_seconds + PASS_SECONDS, UTC), tags)


def member_tags(member_id: uuid.UUID, *, by: Actor) -> tuple[str, ...]:
    """The groups that a pool may reserve units for: new members, and of their communities those that pools ask for now."""
    wanted = tags_in_demand(prefix=COMMUNITY_TAGS)
    tags = sorted(wanted & {community_tag(one) for one in community_ids_of(member_id)}) if wanted else []
    return (*_newness(member_id, by=by), *tags)


def _newness(member_id: uuid.UUID, *, by: Actor) -> tuple[str, ...]:
    joined_at = member_row(member_id, by=by).created_at
    return (NEW_MEMBER,) if clock.now() - joined_at < timedelta(days=NEW_MEMBER_DAYS) else ()


def is_new_member(by: Actor) -> bool:
    """Whether units that are kept for new members are for them; visitors are nobody yet. One query."""
    return by.is_member and bool(_newness(by.require_member(), by=by))


def asker_of(by: Actor, *, with_tags: bool = True) -> Asker:
    """The same of a member who claims by the ordinary road; three queries at most for the tags.

    Only the front door knows the address.
    """
    tags = member_tags(by.require_member(), by=by) if with_tags else ()
    return Asker(device=device_mark(by.visitor_id) if by.visitor_id else None, tags=frozenset(tags))
