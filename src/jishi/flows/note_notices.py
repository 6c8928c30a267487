"""Telling members what became of their notes and who answered, once per fact; likes are seen on the note itself."""

import uuid

from jishi.kernel.fact import RecordedFact
from jishi.modules.guard.public import hidden_authors
from jishi.modules.messaging.public import notify
from jishi.modules.people.public import people_by_ids


def tell_of_return(fact: RecordedFact) -> None:
    """note_returned: the author, with the reason that was written."""
    notify(
        member_id=uuid.UUID(fact.payload["member_id"]),
        kind="note_returned",
        key=f"{fact.id}",
        facts={"title": fact.payload["title"], "reason": fact.payload["reason"]},
        link=f"/me/notes/{fact.payload['note_id']}/",
    )


def tell_of_note_comment(fact: RecordedFact) -> None:
    """note_commented: the author of the note and whoever is answered, each once, never the speaker."""
    speaker = uuid.UUID(fact.payload["member_id"])
    if hidden_authors([speaker]):
        return  # what they say is shown to nobody
    told = {speaker}
    name = people_by_ids([speaker])[speaker].nickname
    for kind, text in (
        ("note_reply", fact.payload["answered_id"]),
        ("note_comment", fact.payload["author_id"]),
    ):
        member_id = uuid.UUID(text) if text else speaker
        if member_id in told:
            continue
        told.add(member_id)
        notify(
            member_id=member_id,
            kind=kind,
            key=f"{fact.id}:{member_id}",
            facts={"name": name},
            link=f"/n/{fact.payload['note_id']}/",
        )
