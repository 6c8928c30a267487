"""Moderators of a community decide about its posts and comments; what they decide can be appealed to the shop.

Every function asks first who somebody is in that community. Sanctions, appeals and what the shop has decided stay with staff.
"""

import uuid

from jishi.flows.moderation import decide, door_of, follow_decision
from jishi.flows.subjects import COMMENT, POST
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.modules.community.public import door_of_id
from jishi.modules.guard.public import (
    Action,
    Decision,
    ItemState,
    ItemView,
    NewItem,
    NotForCommunity,
    OwnContent,
    Precinct,
    ReportReason,
    SanctionKind,
    Verdict,
    active_sanctions,
    claim_local_item,
    count_local_waiting,
    decide_local_item,
    has_reported,
    item_of,
    item_view,
    local_item,
    local_queue,
    local_reports,
    open_item,
    release_local_item,
)
from jishi.platform.transactions import in_transaction

KINDS = frozenset({POST, COMMENT})
SEEN_BY_MODERATOR = "seen_by_moderator"
_SILENCED = frozenset({SanctionKind.BAN, SanctionKind.MUTE})


def precinct_of(community_id: uuid.UUID, *, by: Actor) -> Precinct:
    """For its moderators and owners. Raises LoginRequired, NotFound for strangers to a secret one, NotAllowed."""
    member_id = by.require_member()
    if not door_of_id(community_id, by=by).may_moderate:
        raise NotAllowed(permission="moderation.decide")
    if any(one.kind in _SILENCED for one in active_sanctions(member_id, community_id=community_id)):
        raise NotAllowed(permission="moderation.decide")
    return Precinct(community_id, KINDS)


def queue_here(
    community_id: uuid.UUID, *, by: Actor, is_decided: bool = False, page: int = 1, limit: int = 50
) -> tuple[list[ItemView], int]:
    """(items of a page, how many in all); six queries. Raises what `precinct_of` raises."""
    precinct = precinct_of(community_id, by=by)
    return local_queue(precinct, by=by, is_decided=is_decided, page=page, limit=limit)


def count_waiting_here(community_id: uuid.UUID, *, by: Actor) -> int:
    """For who may moderate there, which the caller has seen; one query."""
    return count_local_waiting(Precinct(community_id, KINDS), by=by)


def item_here(
    item_id: uuid.UUID, *, by: Actor, community_id: uuid.UUID
) -> tuple[ItemView, list[tuple[ReportReason, str]], bool]:
    """(item, what was reported about it, whether the asker reported it themselves). Raises NotFound."""
    precinct = precinct_of(community_id, by=by)
    found = local_item(item_id, by=by, precinct=precinct)
    return found, local_reports(item_id, by=by, precinct=precinct), has_reported(item_id, by=by)


def claim_here(item_id: uuid.UUID, *, by: Actor, community_id: uuid.UUID, version: int) -> ItemView:
    return claim_local_item(item_id, by=by, precinct=precinct_of(community_id, by=by), version=version)


def release_here(item_id: uuid.UUID, *, by: Actor, community_id: uuid.UUID, version: int) -> ItemView:
    return release_local_item(item_id, by=by, precinct=precinct_of(community_id, by=by), version=version)


@in_transaction
def decide_here(
    item_id: uuid.UUID,
    *,
    by: Actor,
    community_id: uuid.UUID,
    version: int,
    decision: Decision,
    reason: str = "",
) -> ItemView:
    """Keep or hide, and what is seen follows. Raises what `guard.decide_local_item` raises."""
    precinct = precinct_of(community_id, by=by)
    before = item_view(item_id, by=SYSTEM)
    done = decide_local_item(
        item_id, by=by, precinct=precinct, version=version, decision=decision, reason=reason
    )
    follow_decision(before, done)
    return done


@in_transaction
def take_down(
    kind: str, subject_id: uuid.UUID, *, by: Actor, reason: str, decision: Decision = Decision.HIDE
) -> ItemView:
    """Straight from the page it stands on, through the queue all the same, so that its author hears why and may appeal.

    Raises NotFound, OwnContent, NotAllowed and what a decision raises.
    """
    subject = _subject(kind, subject_id, by=by)
    item = item_of(kind, subject_id)
    if item is None or item.state is ItemState.DECIDED:
        item = _opened(subject, by=by)
    return _decide(item, by=by, decision=decision, reason=reason)


@in_transaction
def let_show(kind: str, subject_id: uuid.UUID, *, by: Actor) -> ItemView:
    """What waits or was hidden is seen. A community lets show what it has hidden itself. Raises what `take_down` raises."""
    subject = _subject(kind, subject_id, by=by)
    item = item_of(kind, subject_id)
    if item is None or item.state is ItemState.DECIDED:
        if not by.may("moderation.decide") and (item is None or not item.decided_locally):
            raise NotForCommunity()
        item = _opened(subject, by=by)
    return _decide(item, by=by, decision=Decision.KEEP, reason="")


def _subject(kind: str, subject_id: uuid.UUID, *, by: Actor) -> NewItem:
    if kind not in KINDS:
        raise NotFound()
    subject = door_of(kind).describe(subject_id, by)
    if by.owns(subject.author_id):
        raise OwnContent()
    if subject.community_id is None:
        raise NotFound()
    if not by.may("moderation.decide"):
        precinct_of(subject.community_id, by=by)
    return subject


def _opened(subject: NewItem, *, by: Actor) -> ItemView:
    verdict = Verdict(Action.REVIEW, reasons=(SEEN_BY_MODERATOR,))
    return item_view(open_item(subject, verdict=verdict, is_held=False, by=by), by=SYSTEM)


def _decide(item: ItemView, *, by: Actor, decision: Decision, reason: str) -> ItemView:
    """As staff for who is staff, else for the community."""
    if by.may("moderation.decide"):
        return decide(item.id, by=by, version=item.version, decision=decision, reason=reason)
    if item.community_id is None:
        raise NotFound()
    return decide_here(
        item.id, by=by, community_id=item.community_id, version=item.version, decision=decision, reason=reason
    )
