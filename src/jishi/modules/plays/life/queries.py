"""Reading the heads of plays."""

import uuid
from collections.abc import Iterable, Sequence

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import available_in
from jishi.modules.plays.life.models import Play
from jishi.modules.plays.life.types import PlayKind, PlayState, PlayView
from jishi.platform.paging import Key, older_than

PLAYS_MAX = 200


def play_view(play_id: uuid.UUID) -> PlayView:
    """One head; one query. Raises NotFound."""
    row = Play.objects.filter(id=play_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def plays_by_ids(play_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, PlayView]:
    return {row.id: view_of(row) for row in Play.objects.filter(id__in=list(play_ids)[:PLAYS_MAX])}


def plays_table(
    *,
    kinds: Sequence[PlayKind] = (),
    states: Sequence[PlayState] = (),
    campaign_id: uuid.UUID | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> list[PlayView]:
    """Newest first; one query."""
    rows = Play.objects.filter(older_than(after, field="created_at"))
    if kinds:
        rows = rows.filter(kind__in=[kind.value for kind in kinds])
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if campaign_id:
        rows = rows.filter(campaign_id=campaign_id)
    return [view_of(row) for row in rows.order_by("-created_at", "-id")[: min(limit, PLAYS_MAX)]]


def running_plays(*, kind: PlayKind, limit: int = 60) -> list[PlayView]:
    """What people may take part in now, the one that ends first on top; one query."""
    now = clock.now()
    rows = Play.objects.filter(
        kind=kind.value,
        state__in=[PlayState.SCHEDULED.value, PlayState.OPEN.value],
        opens_at__lte=now,
        closes_at__gt=now,
    )
    return [view_of(row) for row in rows.order_by("closes_at", "id")[: min(limit, PLAYS_MAX)]]


def closing_play_ids(*, kind: PlayKind, limit: int = PLAYS_MAX) -> list[uuid.UUID]:
    """Plays that have closed and wait to be settled by the room of their kind; oldest end first."""
    rows = Play.objects.filter(kind=kind.value, state=PlayState.CLOSING.value)
    return list(rows.order_by("closes_at", "id").values_list("id", flat=True)[: min(limit, PLAYS_MAX)])


def budget_left_minor(play: PlayView) -> int | None:
    """What the play may still cost; None when it has no ceiling."""
    if play.budget_minor is None:
        return None
    return available_in(code=budget_code(play.id), unit=budget_unit(play.currency)) or 0


def budget_code(play_id: uuid.UUID) -> str:
    return f"budget:play:{play_id}"


def budget_unit(currency: str) -> str:
    """Budgets are permissions to spend, kept apart from money itself."""
    return f"{currency}.b"


def view_of(row: Play) -> PlayView:
    return PlayView(
        id=row.id,
        kind=PlayKind(row.kind),
        name=row.name,
        state=PlayState(row.state),
        currency=row.currency,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        budget_minor=row.budget_minor,
        campaign_id=row.campaign_id,
        created_at=row.created_at,
        published_at=row.published_at,
        settled_at=row.settled_at,
    )
