"""What people upload: only pictures, only their pixels, nowhere but where they belong."""

import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from jishi.platform.files import NotAnImage, read_private, store_photo

pytestmark = pytest.mark.usefixtures("own_folders")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#cb4a22").save(out, kind, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge."""
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big") + b"IDAT"
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_of_the_four_kinds_become_webp(kind: str) -> None:
    stored = store_photo(content=picture(kind), folder="cases", is_private=True)
    assert Image.open(io.BytesIO(read_private(stored.path))).format == "WEBP"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        SVG,
        HTML,
        b"GIF89a" + HTML,
        b"%PDF-1.7",
        picture("TIFF"),
        picture("BMP"),
        picture()[:200],
        png_header(20_000, 20_000),
        png_header(60_000, 60_000),
        b"\x00" * (12 * 1024 * 1024 + 1),
    ],
    ids=[
        "empty",
        "svg",
        "html",
        "gif that is html",
        "pdf",
        "tiff",
        "bmp",
        "cut off",
        "huge",
        "bomb",
        "too long",
    ],
)
def test_what_is_not_such_a_picture_is_refused_and_nothing_is_stored(
    content: bytes, own_folders: Path
) -> None:
    with pytest.raises(NotAnImage):
        store_photo(content=content, folder="cases", is_private=True)
    assert not list(own_folders.rglob("*.*"))


def test_a_picture_that_is_also_a_page_keeps_only_its_pixels() -> None:
    stored = store_photo(content=picture() + HTML, folder="cases", is_private=True)
    assert b"script" not in read_private(stored.path)


def test_where_and_when_it_was_taken_is_dropped_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9003] = 6, "camera of a neighbour", "2026:11:22 08:00:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (31.0, 13.0, 0.0)
    stored = store_photo(content=picture(size=(60, 40), exif=exif), folder="reviews", is_private=True)
    content = read_private(stored.path)
    assert (stored.width, stored.height) == (40, 60)
    assert not Image.open(io.BytesIO(content)).getexif() and b"neighbour" not in content


def test_large_ones_are_made_smaller_and_named_by_what_is_stored(own_folders: Path) -> None:
    stored = store_photo(content=picture(size=(4_000, 3_000)), folder="cases", is_private=True)
    again = store_photo(content=picture(size=(4_000, 3_000)), folder="cases", is_private=True)
    assert (stored.width, stored.height) == (1_600, 1_200) and stored.path == again.path
    assert stored.path.startswith("cases/") and ".." not in stored.path
    assert not (own_folders / "media").exists(), "private pictures lie where no address leads"
