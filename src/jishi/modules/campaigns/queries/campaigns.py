"""Reading campaigns."""

import uuid
from collections.abc import Sequence
from typing import Any

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.campaigns.models import Campaign, Sight
from jishi.modules.campaigns.types import Arm, Block, BlockKind, CampaignState, CampaignView, Theme
from jishi.platform.paging import Key, older_than

ROWS_MAX = 200
SIGHTS_MAX = 1_000_000


def campaign_view(campaign_id: uuid.UUID) -> CampaignView:
    """One campaign; one query. Raises NotFound."""
    row = Campaign.objects.filter(id=campaign_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def campaign_of_slug(slug: str) -> CampaignView:
    """The campaign of an address, whatever its state; one query. Raises NotFound."""
    row = Campaign.objects.filter(slug=slug).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def campaigns_table(
    *, states: Sequence[CampaignState] = (), after: Key | None = None, limit: int = 50
) -> list[CampaignView]:
    """Newest first; one query."""
    rows = Campaign.objects.filter(older_than(after, field="created_at"))
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    return [view_of(row) for row in rows.order_by("-created_at", "-id")[: min(limit, ROWS_MAX)]]


def running_campaigns(*, limit: int = 5) -> list[CampaignView]:
    """What is on now, the one that ends first on top; one query."""
    now = clock.now()
    rows = Campaign.objects.filter(
        state__in=[CampaignState.SCHEDULED.value, CampaignState.OPEN.value],
        opens_at__lte=now,
        closes_at__gt=now,
    )
    return [view_of(row) for row in rows.order_by("closes_at", "id")[: min(limit, ROWS_MAX)]]


def members_by_arm(campaign_id: uuid.UUID) -> dict[Arm, list[uuid.UUID]]:
    """The members in each arm; those held out who came all the same stay in their arm. One query."""
    rows = Sight.objects.filter(campaign_id=campaign_id, is_member=True).values_list("arm", "person_id")
    found: dict[Arm, list[uuid.UUID]] = {Arm.SHOWN: [], Arm.HOLDOUT: []}
    for arm, person_id in rows[:SIGHTS_MAX]:
        found[Arm(arm)].append(person_id)
    return found


def sight_counts(campaign_id: uuid.UUID) -> tuple[int, int, int]:
    """(people shown, people held out, of those who crossed over); one query."""
    rows = list(Sight.objects.filter(campaign_id=campaign_id).values_list("arm", "has_crossed")[:SIGHTS_MAX])
    shown = sum(1 for arm, _ in rows if arm == Arm.SHOWN.value)
    return shown, len(rows) - shown, sum(1 for _, crossed in rows if crossed)


def blocks_as_rows(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [
        {
            "kind": block.kind.value,
            "title": block.title,
            "text": block.text,
            "ids": [str(one) for one in block.ids],
            "topic": block.topic,
        }
        for block in blocks
    ]


def view_of(row: Campaign) -> CampaignView:
    return CampaignView(
        id=row.id,
        name=row.name,
        slug=row.slug,
        headline=row.headline,
        theme=Theme(row.theme),
        state=CampaignState(row.state),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        blocks=tuple(_block(block) for block in row.blocks),
        goal_minor=row.goal_minor,
        budget_minor=row.budget_minor,
        holdout_bps=row.holdout_bps,
        festival=row.festival,
        version=row.version,
        created_at=row.created_at,
    )


def _block(row: dict[str, Any]) -> Block:
    return Block(
        kind=BlockKind(row["kind"]),
        title=row["title"],
        text=row["text"],
        ids=tuple(uuid.UUID(one) for one in row["ids"]),
        topic=row.get("topic", ""),
    )
