"""What a community's own moderators may do with its items: claim, release, keep, hide. The flow has asked who they are.

Narrower than what staff may: never appeals, never sanctions, never what they wrote or reported, never another community's.
"""

import uuid

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance
from jishi.modules.guard.errors import NotForCommunity, OwnReport
from jishi.modules.guard.models import Item
from jishi.modules.guard.operations.decisions import end_round, lock_item, move_item
from jishi.modules.guard.queries.items import view_of
from jishi.modules.guard.queries.local import has_reported, local_items
from jishi.modules.guard.rules.lifecycle import LIFECYCLE, check_local, clean_reason
from jishi.modules.guard.types import Decision, ItemState, ItemView, Precinct
from jishi.platform.transactions import in_transaction


@in_transaction
def claim_local_item(item_id: uuid.UUID, *, by: Actor, precinct: Precinct, version: int) -> ItemView:
    """Raises NotFound, NotForCommunity, VersionMoved, ClaimedByOther, OwnContent, OwnReport, IllegalStep."""
    row = _locked(item_id, by=by, precinct=precinct, version=version)
    if row.state == ItemState.CLAIMED.value:  # stale, or one's own
        row.state = advance(LIFECYCLE, ItemState.CLAIMED, "release").value
    move_item(row, "claim", by=by, fields={"claimed_by": by.require_member(), "claimed_at": clock.now()})
    return view_of(row)


@in_transaction
def release_local_item(item_id: uuid.UUID, *, by: Actor, precinct: Precinct, version: int) -> ItemView:
    """Raises what `claim_local_item` raises."""
    row = _locked(item_id, by=by, precinct=precinct, version=version)
    move_item(row, "release", by=by, fields={"claimed_by": None, "claimed_at": None})
    return view_of(row)


@in_transaction
def decide_local_item(
    item_id: uuid.UUID,
    *,
    by: Actor,
    precinct: Precinct,
    version: int,
    decision: Decision,
    reason: str = "",
) -> ItemView:
    """Keep or hide; the author may appeal to the shop. Raises ReasonNeeded and what `claim_local_item` raises.

    Only the flow calls this, so that what is seen follows in the same transaction.
    """
    said = clean_reason(reason, decision=check_local(decision))
    row = _locked(item_id, by=by, precinct=precinct, version=version)
    end_round(row, decision, by=by, reason=said, is_local=True)
    return view_of(row)


def _locked(item_id: uuid.UUID, *, by: Actor, precinct: Precinct, version: int) -> Item:
    by.require_member()
    if not Item.objects.filter(
        id=item_id, community_id=precinct.community_id, kind__in=precinct.kinds
    ).exists():
        raise NotFound()
    row = lock_item(item_id, by=by, version=version)
    if not local_items(precinct, by=by).filter(id=row.id).exists():
        raise NotForCommunity()
    if has_reported(row.id, by=by):
        raise OwnReport()
    return row
