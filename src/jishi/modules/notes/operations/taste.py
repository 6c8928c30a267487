"""What is kept of a reader's taste: nothing without consent, and nothing after it was taken back."""

import uuid
from collections.abc import Sequence

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.notes.models import Affinity, Exposure, FeedConsent
from jishi.modules.notes.types import Arm, Consent
from jishi.platform import history
from jishi.platform.transactions import in_transaction


@in_transaction
def set_consent(consent: Consent, *, by: Actor) -> None:
    """Agree or take it back; points and place go with the consent."""
    member_id = by.require_member()
    FeedConsent.objects.update_or_create(
        member_id=member_id,
        defaults={
            "is_personal": consent.is_personal,
            "is_near": consent.is_near,
            "province": consent.province if consent.is_near else "",
            "city": consent.city if consent.is_near else "",
            "at": clock.now(),
        },
    )
    if not consent.is_personal:
        Affinity.objects.filter(member_id=member_id).delete()
    said = ", ".join(name for name in ("is_personal", "is_near") if getattr(consent, name)) or "nothing"
    history.record_step(subject=("member", member_id), verb="feed_consent", by=by, after=said)


def add_points(member_id: uuid.UUID, *, author_id: uuid.UUID, topics: Sequence[str], points: int) -> None:
    """One statement; it writes only for somebody who has agreed."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD, {"member": member_id, "author": author_id, "topics": list(topics), "points": points}
        )


def note_exposures(shown: Sequence[tuple[uuid.UUID, Arm]], *, viewer_id: uuid.UUID) -> None:
    """Who saw which arm of running tests; a repeat changes nothing. One statement, none without tests."""
    if shown:
        rows = [
            Exposure(note_id=note_id, viewer_id=viewer_id, arm=arm.value, at=clock.now())
            for note_id, arm in shown
        ]
        Exposure.objects.bulk_create(rows, ignore_conflicts=True)


_ADD = """
INSERT INTO notes_affinity AS a (member_id, author_id, topic, points)
SELECT %(member)s, w.author_id, w.topic, %(points)s FROM (
  SELECT %(author)s::uuid AS author_id, '' AS topic
  UNION ALL SELECT NULL, unnest(%(topics)s::text[])
) w
WHERE EXISTS (SELECT 1 FROM notes_feedconsent c WHERE c.member_id = %(member)s AND c.is_personal)
ON CONFLICT (member_id, author_id, topic) DO UPDATE SET points = least(a.points + excluded.points, 1000)
"""
