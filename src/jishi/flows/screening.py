"""What is written by members, before others see it: may they write now, and what do the words say."""

import uuid
from dataclasses import dataclass

from jishi.flows.moderation import refuse_or_pass
from jishi.modules.guard.public import (
    Action,
    ContentCheck,
    NewItem,
    Verdict,
    check_content,
    open_item,
    require_may_write,
)


@dataclass(frozen=True, slots=True)
class Screened:
    """`waits`: written, but seen by nobody else before a person has looked."""

    verdict: Verdict

    @property
    def waits(self) -> bool:
        return self.verdict.action is Action.REVIEW


def screen(
    kind: str,
    text: str,
    *,
    author_id: uuid.UUID,
    community_id: uuid.UUID | None = None,
    is_commercial: bool = False,
) -> Screened:
    """Raises MutedNow, BannedNow, TooFast for who is sanctioned, ContentRefused for words that are never published."""
    require_may_write(author_id, community_id=community_id)
    verdict = check_content(ContentCheck(kind, text, author_id, is_commercial=is_commercial))
    return Screened(refuse_or_pass(verdict))


def put_in_the_queue(screened: Screened, subject: NewItem) -> None:
    """In the transaction that wrote it, held: a person decides."""
    if screened.waits:
        open_item(subject, verdict=screened.verdict, is_held=True)


def words_to_wait_for(text: str) -> str:
    """Why a review has to wait; empty when nothing speaks against it."""
    verdict = check_content(ContentCheck("review", text, None, is_trusted=True))
    if verdict.action is Action.ALLOW:
        return ""
    return "、".join(dict.fromkeys(finding.written for finding in verdict.findings))[:80] or "—"
