"""Founding and furnishing communities."""

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.errors import BadCommunity, CommunityFull, HandleTaken
from jishi.modules.community.models import Channel, Community, Membership, ShelfItem, Task
from jishi.modules.community.operations.gate import EDIT, require_moderator
from jishi.modules.community.queries.places import CHANNELS_MAX, SHELF_MAX, TASKS_MAX, view_of
from jishi.modules.community.rules import access
from jishi.modules.community.types import CommunityForm, CommunityRole, CommunityView, Level, Ref, Writers
from jishi.platform import history, locks
from jishi.platform.transactions import in_transaction


@in_transaction
def create_community(
    form: CommunityForm, *, by: Actor, owner_id: uuid.UUID | None = None, channels: Sequence[str] = ("闲聊",)
) -> CommunityView:
    """Found a community; its owner is there from the start. Raises BadCommunity, HandleTaken."""
    by.require(EDIT)
    access.check_form(form)
    try:
        with transaction.atomic():
            row = Community.objects.create(
                id=ids.new_id(), member_count=1 if owner_id else 0, **_columns(form)
            )
    except IntegrityError as error:
        raise HandleTaken() from error
    if owner_id is not None:
        Membership.objects.create(
            community=row,
            member_id=owner_id,
            role=CommunityRole.OWNER.value,
            level=Level.MEMBER.value,
            way="found",
        )
    for position, name in enumerate(channels, start=1):
        Channel.objects.create(community=row, name=name, position=position)
    history.record_step(subject=("community", row.id), verb="create", by=by)
    return view_of(row)


@in_transaction
def change_community(community_id: uuid.UUID, form: CommunityForm, *, by: Actor) -> CommunityView:
    """Raises BadCommunity, HandleTaken, and CommunityFull for a limit below those who are there."""
    by.require(EDIT)
    access.check_form(form)
    row = locks.lock_one(Community, community_id)
    if form.member_limit and form.member_limit < row.member_count:
        raise CommunityFull(limit=form.member_limit)
    changed = [name for name, value in _columns(form).items() if getattr(row, name) != value]
    for name, value in _columns(form).items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=changed)
    except IntegrityError as error:
        raise HandleTaken() from error
    history.record_step(subject=("community", row.id), verb="change", by=by, details={"changed": changed})
    return view_of(row)


@in_transaction
def close_community(community_id: uuid.UUID, *, is_open: bool, by: Actor) -> None:
    """Stop all writing, or let it begin again; what was said stays readable."""
    by.require(EDIT)
    if not Community.objects.filter(id=community_id).update(is_open=is_open):
        raise NotFound()
    history.record_step(subject=("community", community_id), verb="reopen" if is_open else "close", by=by)


@in_transaction
def set_cover(community_id: uuid.UUID, cover_id: uuid.UUID | None, *, by: Actor) -> uuid.UUID | None:
    """A picture in place of the drawn cover, or none; returns the one before. Raises NotFound."""
    by.require(EDIT)
    row = locks.lock_one(Community, community_id)
    before, row.cover_id = row.cover_id, cover_id
    row.save(update_fields=["cover_id"])
    history.record_step(subject=("community", community_id), verb="cover", by=by)
    return before


@in_transaction
def save_channel(  # noqa: PLR0913  (a row)
    community_id: uuid.UUID,
    *,
    name: str,
    writers: Writers,
    by: Actor,
    about: str = "",
    channel_id: uuid.UUID | None = None,
    is_archived: bool = False,
) -> uuid.UUID:
    """Make or change a channel. Raises BadCommunity, NotFound."""
    by.require(EDIT)
    community, clean = locks.lock_one(Community, community_id), name.strip()
    if not 1 <= len(clean) <= 16 or len(about) > 80:
        raise BadCommunity(field="name", reason="频道名要 1 到 16 个字")
    rows = Channel.objects.filter(community=community)
    twins = rows.filter(name=clean)
    if (twins.exclude(id=channel_id) if channel_id is not None else twins).exists():
        raise BadCommunity(field="name", reason="已有同名频道")
    if channel_id is not None:
        values = {"name": clean, "about": about, "writers": writers.value, "is_archived": is_archived}
        if not rows.filter(id=channel_id).update(**values):
            raise NotFound()
        return channel_id
    if rows.filter(is_archived=False).count() >= CHANNELS_MAX:
        raise BadCommunity(field="name", reason="频道太多了，先合并几个吧")
    row = Channel.objects.create(
        community=community, name=clean, about=about, writers=writers.value, position=rows.count() + 1
    )
    return row.id


@in_transaction
def order_channels(community_id: uuid.UUID, channel_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    by.require(EDIT)
    for position, channel_id in enumerate(channel_ids[:CHANNELS_MAX], start=1):
        Channel.objects.filter(id=channel_id, community_id=community_id).update(position=position)


@in_transaction
def set_shelf(community_id: uuid.UUID, refs: Sequence[Ref], *, by: Actor) -> None:
    """What the community offers, in this order; the flow has looked whether it exists. Raises BadCommunity."""
    by.require(EDIT)
    community, wanted = locks.lock_one(Community, community_id), list(dict.fromkeys(refs))
    if len(wanted) > SHELF_MAX:
        raise BadCommunity(field="refs", reason=f"货架最多放 {SHELF_MAX} 件")
    ShelfItem.objects.filter(community=community).delete()
    ShelfItem.objects.bulk_create(
        [
            ShelfItem(community=community, kind=ref.kind.value, ref_id=ref.id, position=position)
            for position, ref in enumerate(wanted, start=1)
        ]
    )
    history.record_step(
        subject=("community", community_id), verb="shelve", by=by, details={"items": len(wanted)}
    )


@in_transaction
def open_task(community_id: uuid.UUID, *, title: str, by: Actor, about: str = "") -> uuid.UUID:
    """A check-in that every member may do once a day. Raises BadCommunity."""
    require_moderator(community_id, by=by)
    community = locks.lock_one(Community, community_id)
    if not 1 <= len(title.strip()) <= 40 or len(about) > 120:
        raise BadCommunity(field="title", reason="打卡名要 1 到 40 个字")
    if Task.objects.filter(community=community, is_open=True).count() >= TASKS_MAX:
        raise BadCommunity(field="title", reason="同时最多五个打卡")
    return Task.objects.create(
        id=ids.new_id(), community=community, title=title.strip(), about=about, created_at=clock.now()
    ).id


@in_transaction
def close_task(task_id: uuid.UUID, *, by: Actor) -> None:
    row = Task.objects.filter(id=task_id).first()
    if row is None:
        raise NotFound()
    require_moderator(row.community_id, by=by)
    Task.objects.filter(id=task_id).update(is_open=False)


def _columns(form: CommunityForm) -> dict[str, object]:
    return {
        "name": form.name.strip(),
        "handle": form.handle,
        "audience": form.audience.strip(),
        "promise": form.promise.strip(),
        "house_rules": form.house_rules.strip(),
        "openness": form.openness.value,
        "joining": form.joining.value,
        "questions": list(form.questions),
        "member_limit": form.member_limit,
        "motif": form.motif,
        "color": form.color,
    }
