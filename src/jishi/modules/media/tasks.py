"""Jobs of media."""

import uuid

from jishi.modules.media.operations.life import AVIF_JOB, clean_orphans
from jishi.modules.media.operations.pictures import add_avif
from jishi.modules.media.operations.videos import TRANSCODE_JOB, transcode_video
from jishi.platform import jobs

ROUNDS_MAX = 20


@jobs.task(name=TRANSCODE_JOB, queue="pictures")
def transcode_video_job(*, media_id: str) -> None:
    transcode_video(uuid.UUID(media_id))


@jobs.task(name=AVIF_JOB, queue="pictures")
def add_avif_job(*, media_id: str) -> None:
    add_avif(uuid.UUID(media_id))


@jobs.periodic(cron="23 * * * *", name="media.clean_orphans", queue="pictures")
def clean_orphans_job() -> None:
    for _ in range(ROUNDS_MAX):
        if not clean_orphans():
            return
