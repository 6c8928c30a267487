"""Files that mean harm, through every door that takes one: refused in words with nothing kept, or drawn anew."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image

from jishi.kernel import clock
from jishi.modules.community.models import Post
from jishi.modules.media.models import Media
from jishi.modules.media.public import clean_orphans, store_video, transcode_video
from jishi.platform.files import IMAGE_BYTES_MAX
from jishi.surfaces.api.limits import forget_callers
from tests.world.makers import make_member
from tests.world.township import Town
from tests.world.township_fixture import _django_db_helper, town

__all__ = ["_django_db_helper", "town"]
pytestmark = pytest.mark.django_db
SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
ZIP = b"PK\x03\x04" + SCRIPT * 4
REFUSED = ("这不是可用的图片", "not_an_image")


@pytest.fixture(autouse=True)
def storage(own_folders: Path) -> Path:
    return own_folders


@pytest.fixture(autouse=True)
def undone(town: Town) -> Iterator[None]:
    forget_callers()
    mark = transaction.savepoint()
    yield
    transaction.savepoint_rollback(mark)


# ---- the files --------------------------------------------------------------------------------------------


def image(kind: str, *, size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#cb4a22").save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def gif_bomb() -> bytes:
    return b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x00\x00\x00" + SCRIPT


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x9286] = SCRIPT.decode(), SCRIPT
    return image("JPEG", exif=exif)


def flicker(frames: int) -> bytes:
    """A small film in a GIF: every frame costs a few bytes and a decoder its time."""
    head = b"GIF89a" + struct.pack("<HH", 40, 40) + b"\x80\x00\x00" + b"\xcb\x4a\x22\x00\x00\x00"
    frame = b"," + struct.pack("<HHHH", 0, 0, 1, 1) + b"\x00\x02\x02\x44\x01\x00"
    return head + frame * frames + b";"


# name → (how it is called, what it says it is, its bytes)
HARMFUL: dict[str, tuple[str, str, bytes]] = {
    "svg": ("x.svg", "image/svg+xml", SVG),
    "svg called png": ("x.png", "image/png", SVG),
    "page called jpeg": ("x.jpg", "image/jpeg", b"<!doctype html>" + SCRIPT),
    "gif that is a page": ("x.gif", "image/gif", b"GIF89a/*" + SCRIPT + b"*/=1;"),
    "jpeg that is a page": ("x.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + SCRIPT),
    "program": ("x.php", "image/png", b"<?php system($_GET['x']);"),
    "zip": ("x.png", "image/png", ZIP),
    "nothing": ("x.png", "image/png", b""),
    "huge by its header": ("x.png", "image/png", png(60_000, 60_000)),
    "bomb": ("x.png", "image/png", png(7_000, 7_000, chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)))),
    "gif bomb": ("x.gif", "image/gif", gif_bomb()),
    "words bomb": (
        "x.png",
        "image/png",
        png(8, 8, *[chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 2_000_000))] * 60),
    ),
    "broken chunk": ("x.png", "image/png", image("PNG")[:37] + b"\0\0\0\0" + image("PNG")[41:]),
    "cut off": ("x.jpg", "image/jpeg", image("JPEG", size=(600, 400))[:900]),
    "too long": ("x.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * IMAGE_BYTES_MAX),
    "other format": ("x.png", "image/png", image("TIFF")),
    "postscript": ("x.png", "image/png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n"),
}
HARMLESS: dict[str, tuple[str, str, bytes]] = {
    "page behind a jpeg": ("x.html", "text/html", image("JPEG") + b"<!doctype html>" + SCRIPT),
    "archive behind a gif": ("x.zip", "application/zip", image("GIF") + ZIP),
    "script in exif": ("x.jpg", "image/jpeg", with_exif()),
    "script in a comment": ("x.jpg", "image/jpeg", image("JPEG", comment=SCRIPT)),
    "path up": ("../../x.png", "image/png", image("PNG") + SCRIPT),
    "absolute path": ("/etc/cron.d/x", "image/png", image("PNG") + SCRIPT),
    "windows path": ("..\\..\\x.php\x00.png", "image/png", image("PNG") + SCRIPT),
    "two endings": ("a.php.png", "image/png", image("PNG") + SCRIPT),
    "long name": ("x" * 700 + ".png", "image/png", image("PNG") + SCRIPT),
    "thousands of frames": ("x.gif", "image/gif", flicker(5_000) + SCRIPT),
    "very tall": ("x.png", "image/png", image("PNG", size=(3, 40_000)) + SCRIPT),
}


# ---- the doors --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    address: Callable[[Town], str]
    field: str
    values: dict[str, Any]
    is_staff: bool = False
    is_api: bool = False


DOORS = {
    "note": Door(lambda town: "/me/notes/new/", "photos", {"title": "x", "text": "x"}),
    "note again": Door(lambda town: f"/me/notes/{town.names['note_draft']}/", "photos", {"title": "x"}),
    "post": Door(lambda town: "/communities/town-place/write/", "pictures", {"text": "看", "kind": "talk"}),
    "review": Door(
        lambda town: f"/orders/{town.names['received']}/review/{town.names['received_line']}/",
        "photos",
        {"stars": "5", "words": "好"},
    ),
    "follow-up": Door(lambda town: f"/reviews/{town.names['review']}/follow/", "photos", {"words": "还好"}),
    "case": Door(
        lambda town: f"/orders/{town.names['paid']}/aftersales/",
        "photos",
        {"kind": "refund_only", "reason": "damaged", "words": "x", "once": "one-case"},
    ),
    "case talk": Door(lambda town: f"/cases/{town.names['case']}/talk/", "photos", {"text": "看"}),
    "product": Door(
        lambda town: f"/console/products/{town.names['product']}/pictures/", "pictures", {}, is_staff=True
    ),
    "media over the API": Door(lambda town: "/api/v1/me/media", "file", {}, is_api=True),
    "picture over the API": Door(
        lambda town: "/api/v1/me/pictures", "file", {"purpose": "review"}, is_api=True
    ),
}


def send(town: Town, door: Door, *files: tuple[str, str, bytes]) -> Any:
    client = Client()
    headers = {"Authorization": f"Bearer {town.tokens['member']}"} if door.is_api else {}
    if not door.is_api:
        who = make_member(role="owner") if door.is_staff else town.member
        member = get_user_model().objects.get(pk=who.id)
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    uploads = [SimpleUploadedFile("x", content, kind) for _name, kind, content in files]
    for upload, (name, _kind, _content) in zip(uploads, files, strict=True):
        upload._name = name  # as a client would say it, which SimpleUploadedFile would have cleaned
    values = {**door.values, door.field: uploads[0] if door.is_api else uploads}
    return client.post(door.address(town), values, headers=headers, follow=True)


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("harm", HARMFUL)
@pytest.mark.parametrize("name", DOORS)
def test_what_is_no_picture_is_refused_in_words_and_nothing_is_kept(
    town: Town, storage: Path, name: str, harm: str
) -> None:
    rows, posts = Media.objects.count(), Post.objects.count()
    answer = send(town, DOORS[name], HARMFUL[harm])
    assert answer.status_code < 500
    assert any(words in answer.content.decode() for words in REFUSED), answer.content.decode()[-600:]
    assert kept(storage) == []
    assert (Media.objects.count(), Post.objects.count()) == (rows, posts)


@pytest.mark.parametrize("harm", HARMLESS)
@pytest.mark.parametrize("name", [name for name in DOORS if name != "case"])
def test_what_is_taken_is_drawn_anew(town: Town, storage: Path, name: str, harm: str) -> None:
    answer = send(town, DOORS[name], HARMLESS[harm])
    assert answer.status_code in (200, 201), answer.content.decode()[-600:]
    assert kept(storage)
    for path in kept(storage):
        assert storage in path.resolve().parents and path.suffix == ".webp" and len(path.stem) == 32
        content = path.read_bytes()
        assert b"script" not in content and b"PK\x03\x04" not in content and b"EXIF" not in content
        found = Image.open(io.BytesIO(content))
        assert found.format == "WEBP" and not getattr(found, "is_animated", False)


@pytest.mark.parametrize("name", ["note", "post", "review", "case talk"])
def test_one_bad_picture_among_good_ones_keeps_none(town: Town, storage: Path, name: str) -> None:
    rows = Media.objects.count()
    good = ("x.png", "image/png", image("PNG"))
    answer = send(town, DOORS[name], good, HARMFUL["svg called png"])
    assert any(words in answer.content.decode() for words in REFUSED)
    assert kept(storage) == [] and Media.objects.count() == rows


def test_pictures_of_a_refused_post_are_private_and_cleaned_away(town: Town, storage: Path) -> None:
    door = DOORS["post"]
    refused = Door(door.address, door.field, {"text": "", "kind": "talk", "title": "x" * 90})
    nobody_elses = image("PNG", size=(61, 43))
    answer = send(town, refused, ("x.png", "image/png", nobody_elses))
    assert answer.status_code == 422 and {"private" in path.parts for path in kept(storage)} == {True}
    with clock.held_at(clock.now() + timedelta(hours=25)):
        assert clean_orphans() >= 1  # and what nobody used of the town
    assert kept(storage) == []
    assert send(town, door, ("x.png", "image/png", image("PNG"))).status_code == 200 and kept(storage)


# ---- films ------------------------------------------------------------------------------------------------

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


@pytest.mark.parametrize(
    "content",
    [
        MP4 + b"<!doctype html>" + SCRIPT * 20,
        MP4 + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        MP4 + b"\x1a\x45\xdf\xa3" + b"\0" * 300,
        b"\x1a\x45\xdf\xa3" + MP4 * 20,
        MP4 + struct.pack(">I", 0xFFFFFFF0) + b"moov" + b"\xff" * 200,
    ],
    ids=["page", "list of files", "matroska in mp4", "mp4 in matroska", "lying box"],
)
def test_a_film_that_lies_about_its_container_fails_and_leaves_nothing(content: bytes, storage: Path) -> None:
    stored = store_video(content, by=make_member())
    assert transcode_video(stored.id)
    assert Media.objects.get(id=stored.id).state == "failed"
    assert kept(storage) == []


@pytest.mark.parametrize("harm", ["svg", "nothing", "zip", "program"])
def test_what_is_no_film_is_refused_by_the_editor(town: Town, storage: Path, harm: str) -> None:
    rows = Media.objects.count()
    door = Door(lambda town: "/me/notes/new/", "film", {"title": "x"})
    answer = send(town, door, HARMFUL[harm])
    assert answer.status_code == 422 and "视频" in answer.content.decode()
    assert kept(storage) == [] and Media.objects.count() == rows
