"""Sending a private picture or film to somebody who has been let through: never kept by proxies, never run as a page."""

from django.http import FileResponse
from django.http.response import HttpResponseBase

from jishi.kernel.errors import NotFound
from jishi.platform.files import open_private

TYPES = {"webp": "image/webp", "avif": "image/avif", "mp4": "video/mp4"}
KEPT_SECONDS = 600


def send_private(path: str) -> HttpResponseBase:
    """Raises NotFound for a file that is not there."""
    try:
        response = FileResponse(open_private(path), content_type=TYPES[path.rsplit(".", 1)[-1]])
    except FileNotFoundError as error:
        raise NotFound() from error
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
