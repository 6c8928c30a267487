"""The nightly look at who has won or lost trust: bounded, and safe to run twice."""

import uuid

from django.db import transaction

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.community.facts import TrustChanged
from jishi.modules.community.models import Community, Membership
from jishi.modules.community.queries.days import today
from jishi.modules.community.queries.ladder import records_of, scale_of
from jishi.modules.community.rules import ladder
from jishi.modules.community.types import Level, MemberState, Record
from jishi.platform.facts import record_facts

BATCH = 500


def communities_to_sweep(*, limit: int = 50) -> list[uuid.UUID]:
    """Communities nobody has looked at today."""
    day = today()
    rows = Community.objects.filter(is_open=True).exclude(swept_on=day).order_by("swept_on", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def sweep_levels(community_id: uuid.UUID) -> int:
    """Look at every member of a community, a batch at a time; returns how many levels changed."""
    scale, after, changed = scale_of(community_id), None, 0
    while True:
        with transaction.atomic():
            rows = Membership.objects.select_for_update(skip_locked=True).filter(
                community_id=community_id, state=MemberState.IN.value, is_level_held=False
            )
            if after is not None:
                rows = rows.filter(id__gt=after)
            batch = list(rows.order_by("id")[:BATCH])
            changed += _look_at(batch, scale=scale)
        if len(batch) < BATCH:
            Community.objects.filter(id=community_id).update(swept_on=today())
            return changed
        after = batch[-1].id


def _look_at(batch: list[Membership], *, scale: int) -> int:
    if not batch:
        return 0
    records = records_of(batch[0].community_id, [row.member_id for row in batch])
    now, facts = clock.now(), []
    for row in batch:
        before = Level(row.level)
        after = ladder.next_level(
            before, records.get(row.member_id, Record()), scale=scale, since=row.level_since, now=now
        )
        if after is before:
            continue
        Membership.objects.filter(id=row.id).update(level=after.value, level_since=now)
        facts.append(TrustChanged(row.community_id, row.member_id, before.name.lower(), after.name.lower()))
    if facts:
        record_facts(facts, by=SYSTEM)
    return len(facts)
