"""What may come in and what comes out."""

from jishi.modules.media.errors import NotAVideo

WIDTHS = (360, 720, 1440)
QUALITY_WEBP, QUALITY_AVIF = 82, 62
VIDEO_BYTES_MAX = 100 * 1024 * 1024
VIDEO_SECONDS_MAX = 60
VIDEO_EDGE_MAX = 1280
VIDEO_PIXELS_MAX = 3840 * 2160
ORPHAN_HOURS = 24
CONTAINERS = {"mov": "mp4", "matroska": "webm"}


def widths_of(width: int) -> tuple[int, ...]:
    """Widths to keep of a picture this wide: never larger than it is, and at least one."""
    kept = tuple(one for one in WIDTHS if one < width)
    return (*kept, width) if len(kept) < len(WIDTHS) else kept


def container_of(head: bytes, *, size: int) -> str:
    """The demuxer for a film by its first bytes, never by its name. Raises NotAVideo."""
    if 0 < size <= VIDEO_BYTES_MAX:
        if head[4:8] == b"ftyp":
            return "mov"
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return "matroska"
    raise NotAVideo(limit=VIDEO_BYTES_MAX // 1024 // 1024)


def video_size(width: int, height: int) -> tuple[int, int]:
    """Even numbers, the longer edge at most VIDEO_EDGE_MAX. Raises NotAVideo for impossible ones."""
    if not (width >= 16 and height >= 16 and width * height <= VIDEO_PIXELS_MAX):
        raise NotAVideo(limit=VIDEO_BYTES_MAX // 1024 // 1024)
    longest = max(width, height)
    if longest > VIDEO_EDGE_MAX:
        width, height = width * VIDEO_EDGE_MAX // longest, height * VIDEO_EDGE_MAX // longest
    return max(2, width // 2 * 2), max(2, height // 2 * 2)
