"""Pictures: what gets in, what is left of it, who can see it, what is cleaned up."""

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage, storages
from PIL import Image

from jishi.kernel import clock
from jishi.kernel.errors import LoginRequired, NotFound
from jishi.modules.media import rules
from jishi.modules.media.errors import MediaNotReady, NotAVideo
from jishi.modules.media.models import Media
from jishi.modules.media.public import (
    add_avif,
    clean_orphans,
    let_go_of_media,
    media_by_ids,
    own_media,
    private_path,
    publish_media,
    store_picture,
    store_video,
    transcode_video,
    use_media,
    withdraw_media,
)
from jishi.platform.files import NotAnImage
from jishi.platform.http import ANONYMOUS
from tests.world.makers import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def picture(*, size: tuple[int, int] = (800, 600), format: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "#cc8844")
    image.putpixel((0, 0), (size[0] % 256, size[1] % 256, 9))
    image.save(out, format, **more)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        SVG,
        b"<?xml version='1.0'?>" + SVG,
        b"GIF89a" + b"<script>alert(1)</script>",
        b"%PDF-1.4 not a picture",
        picture()[:300],
        b"\xff\xd8\xff\xe0" + b"\0" * 200,
        picture(format="TIFF"),
        b"x" * (12 * 1024 * 1024 + 1),
    ],
    ids=["empty", "svg", "xml", "gif-html", "pdf", "cut", "head-only", "tiff", "large"],
)
def test_what_is_not_a_picture_is_refused_and_nothing_is_kept(content: bytes, tmp_path: Any) -> None:
    with pytest.raises(NotAnImage):
        store_picture(content, by=make_member())
    assert not Media.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    with pytest.raises(NotAnImage):
        store_picture(out.getvalue(), by=make_member())


def test_nothing_but_pixels_survives(tmp_path: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "31.2304 N 121.4737 E"
    polyglot = picture(exif=exif) + b"PK\x03\x04<script>alert(1)</script>"
    stored = store_picture(polyglot, by=make_member())
    assert (stored.width, stored.height) == (600, 800)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert b"script" not in content and b"31.2304" not in content and b"EXIF" not in content
        assert path.suffix == ".webp" and len(path.stem) == 32


def test_sizes_never_grow_and_colour_stands_for_the_picture() -> None:
    stored = store_picture(picture(size=(900, 450)), by=make_member())
    assert [(one.width, one.height) for one in stored.renditions] == [(360, 180), (720, 360), (900, 450)]
    small = store_picture(picture(size=(100, 50)), by=make_member())
    assert [(one.width, one.height) for one in small.renditions] == [(100, 50)]
    assert small.colour.startswith("#c") and len(small.colour) == 7
    assert rules.widths_of(4000) == (360, 720, 1440)


def test_a_picture_is_private_until_published_and_again_after() -> None:
    owner, other = make_member(), make_member()
    stored = store_picture(picture(), by=owner)
    path = stored.renditions[0].path
    assert storages["private"].exists(path) and not default_storage.exists(path)
    assert private_path(stored.id, name="0", by=owner) == path
    for stranger in (other, ANONYMOUS):
        with pytest.raises(NotFound):
            private_path(stored.id, name="0", by=stranger)
    for name in ("../../etc/passwd", "9", "-1", "video", "", "00001"):
        with pytest.raises(NotFound):
            private_path(stored.id, name=name, by=owner)
    publish_media([stored.id])
    assert default_storage.exists(path) and media_by_ids([stored.id])[stored.id].is_public
    withdraw_media([stored.id])
    assert not default_storage.exists(path) and storages["private"].exists(path)


def test_a_file_that_two_share_stays_for_the_second() -> None:
    one, two = (store_picture(picture(), by=make_member()) for _ in range(2))
    assert one.renditions[0].path == two.renditions[0].path
    publish_media([one.id, two.id])
    withdraw_media([one.id])
    assert default_storage.exists(two.renditions[0].path)
    withdraw_media([two.id])
    assert not default_storage.exists(two.renditions[0].path)


def test_avif_follows_and_is_as_public_as_the_rest() -> None:
    stored = store_picture(picture(), by=make_member())
    publish_media([stored.id])
    added = add_avif(stored.id)
    found = media_by_ids([stored.id])[stored.id]
    assert [one.format for one in found.renditions].count("avif") == added
    assert all(default_storage.exists(one.path) for one in found.renditions)
    assert add_avif(stored.id) == 0
    withdraw_media([stored.id])
    assert not any(default_storage.exists(one.path) for one in found.renditions)


def test_orphans_go_after_a_day_and_used_ones_stay() -> None:
    now = clock.now()
    with clock.held_at(now - timedelta(hours=25)):
        orphan = store_picture(picture(size=(40, 40)), by=make_member())
        used = store_picture(picture(size=(50, 50)), by=make_member())
        let_go = store_picture(picture(size=(60, 60)), by=make_member())
        use_media([used.id, let_go.id])
    let_go_of_media([let_go.id])
    assert clean_orphans() == 1
    assert set(media_by_ids([orphan.id, used.id, let_go.id])) == {used.id, let_go.id}
    assert not storages["private"].exists(orphan.renditions[0].path)
    with clock.held_at(now + timedelta(hours=25)):
        assert clean_orphans() == 1
    assert clean_orphans() == 0


def test_only_ones_own_media_can_be_used_and_a_visitor_stores_nothing() -> None:
    owner = make_member()
    stored = store_picture(picture(), by=owner)
    with pytest.raises(NotFound):
        own_media([stored.id], by=make_member())
    with pytest.raises(NotFound):
        own_media([stored.id, uuid.uuid4()], by=owner)
    with pytest.raises(LoginRequired):
        store_picture(picture(), by=ANONYMOUS)


@pytest.mark.parametrize(
    "head", [b"#EXTM3U\nhttp://10.0.0.1/", b"ffconcat version 1.0\n", SVG, b"", b"RIFF1234AVI "]
)
def test_what_is_not_a_film_is_refused(head: bytes) -> None:
    with pytest.raises(NotAVideo):
        store_video(head, by=make_member())
    assert not Media.objects.exists()


def test_a_film_that_cannot_be_read_says_so_and_its_source_goes() -> None:
    stored = store_video(b"\0\0\0\x18ftypmp42" + b"\0" * 400, by=make_member())
    with pytest.raises(MediaNotReady):
        publish_media([stored.id])
    assert transcode_video(stored.id)
    found = Media.objects.get(id=stored.id)
    assert found.state == "failed" and found.failure and not found.source_path
    private: FileSystemStorage = storages["private"]  # type: ignore[assignment]
    assert not private.exists("m/in") or not any(private.listdir("m/in")[1])
    assert not transcode_video(stored.id)


def film(tmp_path: Any, *, seconds: int, size: str = "320x240") -> bytes:
    import subprocess

    import imageio_ffmpeg

    path = tmp_path / "made.mp4"
    made = [
        "-f",
        "lavfi",
        "-i",
        f"testsrc=size={size}:rate=10:duration={seconds}",
        "-metadata",
        "title=secret",
        "-y",
    ]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *made, str(path)], check=True, capture_output=True)
    return bytes(path.read_bytes())


def test_a_film_is_made_anew_with_a_cover(tmp_path: Any) -> None:
    stored = store_video(film(tmp_path, seconds=2, size="1600x900"), by=make_member())
    assert transcode_video(stored.id)
    found = media_by_ids([stored.id])[stored.id]
    assert (
        found.state == "ready" and found.duration_ms == 2_000 and (found.width, found.height) == (1280, 720)
    )
    content = storages["private"].open(found.video_path).read()
    assert content[4:8] == b"ftyp" and b"avc1" in content and b"secret" not in content
    assert found.small is not None and not found.is_public
    publish_media([stored.id])
    assert default_storage.exists(found.video_path)


def test_a_film_that_is_too_long_is_refused(tmp_path: Any) -> None:
    stored = store_video(film(tmp_path, seconds=62, size="64x64"), by=make_member())
    assert transcode_video(stored.id)
    found = media_by_ids([stored.id])[stored.id]
    assert found.state == "failed" and "60" in found.failure
