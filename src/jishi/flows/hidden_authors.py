"""Pictures of who is hidden by moderation: their files are as private as what they stand in, and come back with it."""

import uuid

from jishi.flows.community_pictures import settle_pictures_by
from jishi.flows.event_photos import settle_photos_by
from jishi.kernel.fact import RecordedFact
from jishi.modules.guard.public import SanctionKind
from jishi.modules.notes.public import settle_pictures_of


def settle_pictures(fact: RecordedFact) -> None:
    """sanction_set, sanction_ended: files of notes, posts and photos follow what is true by now, however often it is called."""
    if fact.payload["kind"] != SanctionKind.HIDE_ALL.value:
        return
    author_id = uuid.UUID(fact.payload["member_id"])
    if fact.payload["community_id"] is None:
        settle_pictures_of(author_id)
    settle_pictures_by(author_id)
    settle_photos_by(author_id)
