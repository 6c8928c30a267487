"""Telling authors and reporters what became of it, once per fact."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.kernel.actor import SYSTEM
from jishi.kernel.fact import RecordedFact
from jishi.modules.guard.public import Decision, Visible, item_view, reports_on
from jishi.modules.messaging.public import notify

EXCERPT_SHOWN = 24
DECISIONS_PAGE = "/me/decisions/"
REPORTS_PAGE = "/me/reports/"
_KIND_OF_DECISION = {
    Decision.HIDE: "content_hidden",
    Decision.SANCTION: "content_hidden",
    Decision.REMOVE: "content_removed",
    Decision.WARN: "content_warned",
}


def announce_decision(fact: RecordedFact) -> None:
    """To the author, with the reason; a post that was kept and never hidden is not worth a word."""
    _thank_reporters(fact)
    author = fact.payload["author_id"]
    if author is None:
        return
    decision = Decision(fact.payload["decision"])
    if decision is Decision.KEEP:
        was_shown = fact.payload["was_visible"] == Visible.SHOWN.value
        kind = "appeal_won" if fact.payload["was_appeal"] else "" if was_shown else "content_kept"
    else:
        kind = "appeal_lost" if fact.payload["was_appeal"] else _KIND_OF_DECISION[decision]
    if kind:
        _tell(fact, author, kind, reason=fact.payload["reason"])


def announce_hidden(fact: RecordedFact) -> None:
    author = fact.payload["author_id"]
    if author is not None:
        _tell(fact, author, "content_on_hold")


def announce_sanction(fact: RecordedFact) -> None:
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind=f"sanction_{fact.payload['kind']}",
        key=f"{fact.id}",
        facts={"reason": fact.payload["reason"], "until": _until(fact.payload["ends_at"])},
        link=DECISIONS_PAGE,
    )


def announce_sanction_end(fact: RecordedFact) -> None:
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind="sanction_ended",
        key=f"{fact.id}",
        facts={},
        link=DECISIONS_PAGE,
    )


def _until(ends_at: str) -> str:
    if not ends_at:
        return "∞"
    return f"{datetime.fromisoformat(ends_at).astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"


def _tell(fact: RecordedFact, author: str, kind: str, **facts: str) -> None:
    item = item_view(uuid.UUID(fact.payload["item_id"]), by=SYSTEM)
    notify(
        member_id=uuid.UUID(author),
        kind=kind,
        key=f"{fact.id}",
        facts={"excerpt": " ".join(item.excerpt.split())[:EXCERPT_SHOWN], **facts},
        link=DECISIONS_PAGE,
    )


def _thank_reporters(fact: RecordedFact) -> None:
    """Who reported learns that somebody has looked, not what happened to the author."""
    for report in reports_on(uuid.UUID(fact.payload["item_id"]), by=SYSTEM):
        notify(
            member_id=report.member_id,
            kind="report_handled",
            key=f"report:{report.id}",
            facts={},
            link=REPORTS_PAGE,
        )
