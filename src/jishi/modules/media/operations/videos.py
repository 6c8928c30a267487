"""Taking short videos in: kept as they came, transcoded by a job, with a cover."""

import os
import re
import subprocess
import tempfile
import uuid
from pathlib import Path

import imageio_ffmpeg

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.media import rules
from jishi.modules.media.errors import NotAVideo
from jishi.modules.media.models import Media
from jishi.modules.media.operations.pictures import FOLDER, draw_sizes, keep_sizes
from jishi.modules.media.queries import media_view
from jishi.modules.media.types import MediaKind, MediaState, MediaView
from jishi.platform import jobs
from jishi.platform.files import drop_file, keep_file, open_photo, read_private
from jishi.platform.transactions import in_transaction

TRANSCODE_JOB = "media.transcode"
PROBE_SECONDS_MAX, TRANSCODE_SECONDS_MAX = 20, 300
_SIZE = re.compile(rb"Video: .*?, (\d{2,5})x(\d{2,5})")
_TURNED = re.compile(rb"rotation of -?(90|270)\.00 degrees")
_LENGTH = re.compile(rb"Duration: (\d+):(\d\d):(\d\d)\.(\d\d)")


class _CannotBeUsed(Exception):
    """Why a film was given up; said to its owner."""


@in_transaction
def store_video(content: bytes, *, by: Actor) -> MediaView:
    """A private video that waits for the job. Raises NotAVideo."""
    owner_id = by.require_member()
    rules.container_of(content[:16], size=len(content))
    row = Media.objects.create(
        id=ids.new_id(),
        owner_id=owner_id,
        kind=MediaKind.VIDEO.value,
        state=MediaState.WAITING.value,
        source_path=keep_file(content, folder="m/in", suffix="film", is_private=True),
        created_at=clock.now(),
    )
    jobs.defer(TRANSCODE_JOB, media_id=str(row.id))
    return media_view(row)


def transcode_video(media_id: uuid.UUID) -> bool:
    """Make a waiting video ready, or failed with the reason; False when there was nothing to do."""
    row = Media.objects.filter(id=media_id, state=MediaState.WAITING.value).first()
    if row is None:
        return False
    try:
        found = _transcoded(read_private(row.source_path))
    except (_CannotBeUsed, NotAVideo, subprocess.TimeoutExpired) as error:
        values: dict[str, object] = {
            "state": MediaState.FAILED.value,
            "failure": str(error)[:200] or "timeout",
        }
    else:
        values = {"state": MediaState.READY.value, **found}
    changed = Media.objects.filter(id=media_id, state=MediaState.WAITING.value).update(
        source_path="", **values
    )
    if not Media.objects.filter(source_path=row.source_path).exists():
        drop_file(row.source_path, is_private=True)
    return bool(changed)


def _transcoded(content: bytes) -> dict[str, object]:
    demuxer = rules.container_of(content[:16], size=len(content))
    with tempfile.TemporaryDirectory() as folder:
        source, film, cover = (Path(folder) / name for name in ("in", "out.mp4", "cover.png"))
        source.write_bytes(content)
        seconds_hundredths, width, height = _probed(source, demuxer)
        _make_film(source, film, demuxer=demuxer, size=rules.video_size(width, height))
        at = "0.5" if seconds_hundredths > 100 else "0"
        _run(
            ["-f", "mov", "-ss", at, "-i", str(film), "-frames:v", "1", "-y", str(cover)],
            seconds=PROBE_SECONDS_MAX,
        )
        drawn = draw_sizes(open_photo(cover.read_bytes()))
        return {
            "width": drawn.width,
            "height": drawn.height,
            "colour": drawn.colour,
            "renditions": keep_sizes(drawn),
            "video_path": keep_file(film.read_bytes(), folder=FOLDER, suffix="mp4", is_private=True),
            "duration_ms": seconds_hundredths * 10,
        }


def _make_film(source: Path, film: Path, *, demuxer: str, size: tuple[int, int]) -> None:
    """H.264 and AAC, without what the source says of itself."""
    width, height = size
    _run(
        [
            *(
                "-f",
                demuxer,
                "-i",
                str(source),
                "-t",
                str(rules.VIDEO_SECONDS_MAX),
                "-map",
                "0:v:0",
                "-map",
                "0:a:0?",
            ),
            *(
                "-map_metadata",
                "-1",
                "-vf",
                f"scale={width}:{height}",
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
            ),
            *(
                "-crf",
                "25",
                "-pix_fmt",
                "yuv420p",
                "-threads",
                "1",
                "-c:a",
                "aac",
                "-b:a",
                "96k",
                "-ac",
                "2",
            ),
            *("-movflags", "+faststart", "-y", str(film)),
        ],
        seconds=TRANSCODE_SECONDS_MAX,
    )


def _probed(source: Path, demuxer: str) -> tuple[int, int, int]:
    """Length in hundredths of a second, width and height as shown."""
    told = _run(["-f", demuxer, "-i", str(source)], seconds=PROBE_SECONDS_MAX, may_fail=True)
    length, size = _LENGTH.search(told), _SIZE.search(told)
    if length is None or size is None:
        raise _CannotBeUsed("no film in it")
    hours, minutes, whole, hundredths = (int(part) for part in length.groups())
    total = ((hours * 60 + minutes) * 60 + whole) * 100 + hundredths
    if not 0 < total <= rules.VIDEO_SECONDS_MAX * 100 + 50:
        raise _CannotBeUsed(f"longer than {rules.VIDEO_SECONDS_MAX} s")
    width, height = int(size[1]), int(size[2])
    return (total, height, width) if _TURNED.search(told) else (total, width, height)


def _run(arguments: list[str], *, seconds: int, may_fail: bool = False) -> bytes:
    """ffmpeg without a shell, without input, with files as its only protocol and an empty environment."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-nostdin",
        "-protocol_whitelist",
        "file",
        *arguments,
    ]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        check=False,
        env={"PATH": os.defpath},
    )
    if done.returncode and not may_fail:
        raise _CannotBeUsed("the film cannot be read")
    return done.stderr
