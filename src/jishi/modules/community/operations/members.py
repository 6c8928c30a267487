"""Coming, going, and what somebody is here to do. The number of members is kept by conditional writes."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.errors import (
    BadCommunity,
    CommunityClosed,
    CommunityFull,
    InviteSpent,
    JoinByInvite,
    JoinByRequest,
    LastOwnerStays,
    RemovedFromCommunity,
    RequestDecided,
)
from jishi.modules.community.facts import MemberJoined
from jishi.modules.community.models import Community, Invite, JoinRequest, Membership
from jishi.modules.community.operations.gate import EDIT, require_moderator
from jishi.modules.community.queries.places import invite_view, membership_view, request_view
from jishi.modules.community.types import (
    CommunityRole,
    InviteView,
    Joining,
    Level,
    MembershipView,
    MemberState,
    Openness,
    RequestState,
    RequestView,
)
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

ANSWER_MAX = 300
INVITE_LENGTH = 8
INVITE_USES_MAX = 10_000


@in_transaction
def join_community(community_id: uuid.UUID, *, by: Actor, code: str = "") -> MembershipView:
    """Come in by the open door or with a code; once in, again changes nothing.

    Raises NotFound, JoinByRequest, JoinByInvite, InviteSpent, CommunityFull, CommunityClosed, RemovedFromCommunity.
    """
    member_id = by.require_member()
    row = Community.objects.filter(id=community_id).first()
    if row is None or (row.openness == Openness.SECRET.value and not code):
        raise NotFound()
    known = Membership.objects.filter(community=row, member_id=member_id).first()
    if known is not None and known.state == MemberState.IN.value:
        return membership_view(known)
    if code:
        _use_invite(row, code)
        return _enter(row, member_id, way="invite", by=by)
    if row.joining == Joining.REQUEST.value:
        raise JoinByRequest()
    if row.joining == Joining.INVITE.value:
        raise JoinByInvite()
    return _enter(row, member_id, way="open", by=by)


@in_transaction
def ask_to_join(community_id: uuid.UUID, answers: Sequence[str], *, by: Actor) -> RequestView:
    """Answer the questions; one request waits at a time. Raises NotFound, BadCommunity, JoinByInvite."""
    member_id = by.require_member()
    row = Community.objects.filter(id=community_id).exclude(openness=Openness.SECRET.value).first()
    if row is None:
        raise NotFound()
    if row.joining != Joining.REQUEST.value:
        raise JoinByInvite()
    given = [answer.strip()[:ANSWER_MAX] for answer in answers]
    if len(given) != len(row.questions) or not all(given):
        raise BadCommunity(field="answers", reason="请回答每一个问题")
    if Membership.objects.filter(
        community=row, member_id=member_id, state=MemberState.REMOVED.value
    ).exists():
        raise RemovedFromCommunity()
    found, _ = JoinRequest.objects.get_or_create(
        community=row,
        member_id=member_id,
        state=RequestState.WAITING.value,
        defaults={"id": ids.new_id(), "answers": given, "at": clock.now()},
    )
    return request_view(found)


@in_transaction
def decide_request(request_id: uuid.UUID, *, is_accepted: bool, by: Actor) -> RequestView:
    """Let somebody in or not, once. Raises NotFound, RequestDecided, CommunityFull."""
    row = JoinRequest.objects.select_related("community").filter(id=request_id).first()
    if row is None:
        raise NotFound()
    require_moderator(row.community_id, by=by)
    state = RequestState.ACCEPTED if is_accepted else RequestState.REFUSED
    taken = JoinRequest.objects.filter(id=request_id, state=RequestState.WAITING.value).update(
        state=state.value, decided_by=by.id, decided_at=clock.now()
    )
    if not taken:
        raise RequestDecided()
    if is_accepted:
        _enter(row.community, row.member_id, way="request", by=by)
    row.state = state.value
    return request_view(row)


@in_transaction
def leave_community(community_id: uuid.UUID, *, by: Actor) -> None:
    """Go; trust is kept for who comes back. Raises NotFound, LastOwnerStays."""
    row = _lock_membership(community_id, by.require_member())
    _check_owner_remains(row)
    _go(row, MemberState.LEFT)


@in_transaction
def remove_member(community_id: uuid.UUID, member_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    """Send somebody out for good; they cannot join again. Raises NotFound, LastOwnerStays."""
    require_moderator(community_id, by=by)
    row = _lock_membership(community_id, member_id)
    _check_owner_remains(row)
    _go(row, MemberState.REMOVED)
    history.record_step(
        subject=("community", community_id),
        verb="remove_member",
        by=by,
        note=reason,
        details={"member_id": str(member_id)},
    )


@in_transaction
def set_role(community_id: uuid.UUID, member_id: uuid.UUID, *, role: CommunityRole, by: Actor) -> None:
    """Raises NotFound, LastOwnerStays."""
    by.require(EDIT)
    row = _lock_membership(community_id, member_id)
    if role is not CommunityRole.OWNER:
        _check_owner_remains(row)
    Membership.objects.filter(id=row.id).update(role=role.value)
    history.record_step(
        subject=("community", community_id),
        verb="set_role",
        by=by,
        before=row.role,
        after=role.value,
        details={"member_id": str(member_id)},
    )


@in_transaction
def hold_level(
    community_id: uuid.UUID, member_id: uuid.UUID, *, level: Level, is_held: bool, by: Actor
) -> None:
    """Put somebody on a level by hand and keep them there, or let the ladder have them again."""
    by.require(EDIT)
    row = _lock_membership(community_id, member_id)
    Membership.objects.filter(id=row.id).update(
        level=level.value, is_level_held=is_held, level_since=clock.now()
    )
    history.record_step(
        subject=("community", community_id),
        verb="hold_level" if is_held else "free_level",
        by=by,
        before=Level(row.level).name,
        after=level.name,
        details={"member_id": str(member_id)},
    )


@in_transaction
def make_invite(
    community_id: uuid.UUID, *, by: Actor, uses_max: int = 20, expires_at: datetime | None = None
) -> InviteView:
    """A code that lets so many people in. Raises BadCommunity."""
    require_moderator(community_id, by=by)
    if not 1 <= uses_max <= INVITE_USES_MAX:
        raise BadCommunity(field="uses_max", reason="一个邀请码可用 1 到 10000 次")
    row = Invite.objects.create(
        id=ids.new_id(),
        community_id=community_id,
        code=chance.code(INVITE_LENGTH),
        made_by=by.id,
        uses_max=uses_max,
        expires_at=expires_at,
        at=clock.now(),
    )
    return invite_view(row)


@in_transaction
def close_invite(code: str, *, by: Actor) -> None:
    row = Invite.objects.filter(code=code).first()
    if row is None:
        raise NotFound()
    require_moderator(row.community_id, by=by)
    Invite.objects.filter(id=row.id).update(is_open=False)


def community_of_code(code: str) -> uuid.UUID:
    """The community a code leads into; says nothing of a code that is spent. Raises NotFound."""
    row = Invite.objects.filter(code=code.strip().upper()[:12]).first()
    if row is None or not invite_view(row).is_open:
        raise NotFound()
    return row.community_id


def _use_invite(community: Community, code: str) -> None:
    """Count one use by a conditional write."""
    now = clock.now()
    used = Invite.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        community=community,
        code=code.strip().upper()[:12],
        is_open=True,
        uses__lt=F("uses_max"),
    ).update(uses=F("uses") + 1)
    if used:
        return
    if community.openness == Openness.SECRET.value:
        raise NotFound()
    raise InviteSpent()


def _enter(community: Community, member_id: uuid.UUID, *, way: str, by: Actor) -> MembershipView:
    if not community.is_open:
        raise CommunityClosed()
    row = Membership.objects.filter(community=community, member_id=member_id).first()
    if row is not None and row.state == MemberState.REMOVED.value:
        raise RemovedFromCommunity()
    if row is not None:
        back = Membership.objects.filter(id=row.id, state=MemberState.LEFT.value)
        is_new = back.update(state=MemberState.IN.value, joined_at=clock.now(), left_at=None, way=way) == 1
    else:
        is_new = _insert(community.id, member_id, way=way)
    if is_new:
        _count_in(community)
        JoinRequest.objects.filter(
            community=community, member_id=member_id, state=RequestState.WAITING.value
        ).update(state=RequestState.ACCEPTED.value, decided_at=clock.now())
        record_fact(MemberJoined(community.id, member_id, way), by=by)
    return membership_view(Membership.objects.get(community=community, member_id=member_id))


def _insert(community_id: uuid.UUID, member_id: uuid.UUID, *, way: str) -> bool:
    """False when the same member came in by another request meanwhile."""
    try:
        with transaction.atomic():
            Membership.objects.create(
                community_id=community_id,
                member_id=member_id,
                way=way,
                joined_at=clock.now(),
                level_since=clock.now(),
            )
    except IntegrityError:
        return False
    return True


def _count_in(community: Community) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE community_community SET member_count = member_count + 1"
            " WHERE id = %s AND (member_limit = 0 OR member_count < member_limit)",
            [community.id],
        )
        if cursor.rowcount != 1:
            raise CommunityFull(limit=community.member_limit)


def _go(row: Membership, state: MemberState) -> None:
    Membership.objects.filter(id=row.id).update(
        state=state.value, left_at=clock.now(), role=CommunityRole.MEMBER.value
    )
    Community.objects.filter(id=row.community_id).update(member_count=F("member_count") - 1)


def _lock_membership(community_id: uuid.UUID, member_id: uuid.UUID) -> Membership:
    """The community is locked first, so that two owners cannot both leave."""
    locks.lock_one(Community, community_id)
    row = Membership.objects.filter(
        community_id=community_id, member_id=member_id, state=MemberState.IN.value
    ).first()
    if row is None:
        raise NotFound()
    return row


def _check_owner_remains(row: Membership) -> None:
    if row.role != CommunityRole.OWNER.value:
        return
    others = Membership.objects.filter(
        community_id=row.community_id, role=CommunityRole.OWNER.value, state=MemberState.IN.value
    ).exclude(id=row.id)
    if not others.exists():
        raise LastOwnerStays()
