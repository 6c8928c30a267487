"""Draft → scheduled → open → closing → settled. The room of the kind calls these inside its own transaction."""

import uuid

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.plays.life import rules
from jishi.modules.plays.life.errors import PlayIsFixed
from jishi.modules.plays.life.facts import PlayClosed, PlayOpened, PlayPublished, PlaySettled
from jishi.modules.plays.life.models import Play
from jishi.modules.plays.life.operations.budget import grant_budget
from jishi.modules.plays.life.queries import view_of
from jishi.modules.plays.life.types import PlayHead, PlayKind, PlayState, PlayView
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

SWEEP_MAX = 200
PERMISSION = "plays.edit"


@in_transaction
def create_play(kind: PlayKind, head: PlayHead, *, by: Actor, play_id: uuid.UUID | None = None) -> PlayView:
    """Write the head of a draft. Raises BadPlay."""
    by.require(PERMISSION)
    rules.check_head(head)
    play = Play.objects.create(id=play_id or ids.new_id(), kind=kind.value, **_columns(head))
    history.record_step(subject=("play", play.id), verb="create", by=by, after=play.state)
    return view_of(play)


@in_transaction
def change_play(play_id: uuid.UUID, head: PlayHead, *, by: Actor) -> PlayView:
    """Change a draft or scheduled head and lock its row. Raises BadPlay, PlayIsFixed once people may take part."""
    by.require(PERMISSION)
    rules.check_head(head)
    play = locks.lock_one(Play, play_id)
    if PlayState(play.state) not in rules.CHANGEABLE or rules.is_running(view_of(play), now=clock.now()):
        raise PlayIsFixed()
    if play.state == PlayState.SCHEDULED.value and head.budget_minor != play.budget_minor:
        raise PlayIsFixed()  # its budget is set aside already: withdraw it, or raise it
    for name, value in _columns(head).items():
        setattr(play, name, value)
    play.save()
    history.record_step(subject=("play", play.id), verb="change", by=by, before=play.state, after=play.state)
    return view_of(play)


@in_transaction
def publish_play(play_id: uuid.UUID, *, by: Actor) -> PlayView:
    """Draft → open, or scheduled when its time has not come; sets its budget aside in the ledger."""
    by.require(PERMISSION)
    play = locks.lock_one(Play, play_id)
    play.published_at = clock.now()
    verb = rules.verb_to_publish(play.opens_at, now=clock.now())
    _move(play, verb, by=by)
    if play.budget_minor is not None:
        grant_budget(
            view_of(play), amount_minor=play.budget_minor, grant_id=ids.derived_id(play.id, "budget")
        )
    record_fact(PlayPublished(play_id=play.id, kind=play.kind), by=by)
    if verb == "open":
        record_fact(PlayOpened(play_id=play.id, kind=play.kind), by=by)
    return view_of(play)


@in_transaction
def raise_budget(play_id: uuid.UUID, *, by: Actor, by_minor: int, grant_id: uuid.UUID) -> PlayView:
    """Add to the budget of a published play; `grant_id` makes a repeated click one raise."""
    by.require(PERMISSION)
    play = locks.lock_one(Play, play_id)
    if play.budget_minor is None or by_minor <= 0 or play.published_at is None:
        raise PlayIsFixed()
    if grant_budget(view_of(play), amount_minor=by_minor, grant_id=grant_id):
        play.budget_minor += by_minor
        play.save(update_fields=["budget_minor"])
        details = {"by_minor": by_minor}
        history.record_step(subject=("play", play.id), verb="raise_budget", by=by, details=details)
    return view_of(play)


@in_transaction
def close_play(play_id: uuid.UUID, *, by: Actor) -> PlayView:
    """Nothing new begins from now on; what runs goes to its own end. Raises IllegalStep."""
    by.require(PERMISSION)
    play = locks.lock_one(Play, play_id)
    _move(play, "close", by=by)
    record_fact(PlayClosed(play_id=play.id, kind=play.kind), by=by)
    return view_of(play)


@in_transaction
def settle_play(play_id: uuid.UUID, *, by: Actor = SYSTEM) -> bool:
    """Closing → settled, said by the room of the kind when nothing runs any more. False when that was said before."""
    play = locks.lock_one(Play, play_id)
    if play.state != PlayState.CLOSING.value:
        return False
    play.settled_at = clock.now()
    _move(play, "settle", by=by)
    record_fact(PlaySettled(play_id=play.id, kind=play.kind), by=by)
    return True


@in_transaction
def advance_plays(*, limit: int = SWEEP_MAX) -> int:
    """By the clock: scheduled → open, open → closing. Returns how many moved; workers may run it side by side."""
    now = clock.now()
    steps = (
        ("open", PlayOpened, Play.objects.filter(state=PlayState.SCHEDULED.value, opens_at__lte=now)),
        ("close", PlayClosed, Play.objects.filter(state=PlayState.OPEN.value, closes_at__lte=now)),
    )
    moved = 0
    for verb, fact, rows in steps:
        for play in rows.select_for_update(skip_locked=True)[:limit]:
            _move(play, verb, by=SYSTEM)
            record_fact(fact(play_id=play.id, kind=play.kind), by=SYSTEM)
            moved += 1
    return moved


def _columns(head: PlayHead) -> dict[str, object]:
    return {
        "name": head.name.strip(),
        "currency": head.currency,
        "opens_at": head.opens_at,
        "closes_at": head.closes_at,
        "budget_minor": head.budget_minor,
        "campaign_id": head.campaign_id,
    }


def _move(play: Play, verb: str, *, by: Actor) -> None:
    before = PlayState(play.state)
    play.state = advance(rules.LIFECYCLE, before, verb).value
    play.save(update_fields=["state", "published_at", "settled_at"])
    history.record_step(subject=("play", play.id), verb=verb, by=by, before=before.value, after=play.state)
