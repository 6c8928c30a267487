"""A thousand notes due on the same minute: how late each comes out, by the job that publishes them every two seconds.

The reference is the promise of five seconds.
"""

import os
import threading
import time
from datetime import timedelta

from bench import stage

NOTES, TICK_SECONDS, PROMISE_SECONDS = 1_000, 2.0, 5.0


def main() -> None:
    with stage.stage() as ground:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
        import django

        django.setup()
        from django.db import connection

        from jishi.kernel import clock
        from jishi.modules.notes.public import publish_due_notes

        due = clock.now() + timedelta(seconds=3)
        fill(ground, due.isoformat())
        time.sleep(max(0.0, (due - clock.now()).total_seconds()))
        time.sleep(TICK_SECONDS)  # the worst: the job has just looked

        def work() -> None:
            while publish_due_notes():
                pass
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        all_out = (clock.now() - due).total_seconds()
        with ground.connect() as database:
            rows = database.execute(
                "SELECT extract(epoch FROM first_published_at - %s::timestamptz) FROM notes_note"
                " WHERE state = 'published' ORDER BY 1",
                [due],
            ).fetchall()
        connection.close()
    late = [float(row[0]) for row in rows]
    assert len(late) == NOTES, f"{len(late)} came out"
    stage.report(
        name="notes",
        figure=late[int(len(late) * 0.99)],
        unit="s late, 99th percentile of notes due on the same second, with a picture each",
        reference=PROMISE_SECONDS,
        reference_name="the promise",
        p50_s=round(late[len(late) // 2], 2),
        worst_s=round(late[-1], 2),
        last_committed_s=round(all_out, 2),
        notes=NOTES,
        workers=2,
    )


def fill(ground: stage.Stage, due: str) -> None:
    """Scheduled notes of fifty authors, each with a picture of its own in the private storage."""
    import uuid

    from django.core.files.base import ContentFile
    from django.core.files.storage import storages

    store = storages["private"]
    with ground.connect() as database:
        for number in range(NOTES):
            media, path = uuid.uuid4(), f"m/be/{number:032d}.webp"
            store.save(path, ContentFile(os.urandom(30_000)))
            database.execute(
                "INSERT INTO media_media (id, owner_id, kind, state, width, height, colour, renditions, video_path,"
                " source_path, duration_ms, is_public, is_used, failure, created_at) VALUES"
                " (%s, %s, 'picture', 'ready', 360, 360, '#ffffff', %s::jsonb, '', '', 0, false, true, '', now())",
                [media, uuid.UUID(int=number % 50 + 1), f'[["{path}", 360, 360, "webp"]]'],
            )
            database.execute(
                "INSERT INTO notes_note (id, author_id, state, title, text, topics, cooperation, media_ids, is_video,"
                " alt_title, has_test, tag_count, province, city, version, review_note, waits_for, wanted_at, publish_at,"
                " week, views, likes, saves, comments, shares, taps, orders, revenue_minor, refunded_minor, quality_bp,"
                " is_stale, created_at, changed_at) VALUES (%s, %s, 'scheduled', '笔记', '', '{}', 'none', %s, false, '',"
                " false, 0, '', '', 1, '', '', %s, %s, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500, false, now(), now())",
                [uuid.uuid4(), uuid.UUID(int=number % 50 + 1), [media], due, due],
            )


if __name__ == "__main__":
    main()
