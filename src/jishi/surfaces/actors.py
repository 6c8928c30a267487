"""Who asks: every request gets an actor and, if it is a browser, a visitor.

The visitor's id lives in a signed cookie and reaches the database only when the visitor does something worth
remembering (comes back, follows a link, fills a cart), so crawlers and load tests leave no rows behind.
"""

import uuid
from collections.abc import Callable
from datetime import UTC

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.modules.people.public import actor_of_user, note_visit
from jishi.surfaces.second_factor import without_second_factor

VISITOR_COOKIE = "jv"
VISITOR_DAYS = 400
_SALT = "jishi.visitor"
_ASK_THEMSELVES = (
    "/console/",
    "/api/",
)  # they lead to the second factor, or ask for it where a session is used
_NO_ACTOR = ("/healthz", "/readyz", "/metrics", settings.STATIC_URL, "/hooks/")


class ActorMiddleware:
    """Sets `request.actor` and keeps the visitor's cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_NO_ACTOR):
            return self.get_response(request)
        visitor_id, seen_day = _read_cookie(request)
        today = f"{clock.now().astimezone(UTC):%Y%m%d}"
        is_new = visitor_id is None
        request.visitor_id = visitor_id or ids.new_id()  # type: ignore[attr-defined]
        request.actor = actor_of_request(request)  # type: ignore[attr-defined]
        if not is_new and seen_day != today:
            note_visit(request.visitor_id)  # type: ignore[attr-defined]
        response = self.get_response(request)
        keeps = is_new or seen_day != today
        if keeps and not request.path.startswith("/api/"):
            mark = today if not is_new else ""
            _write_cookie(response, request.visitor_id, mark)  # type: ignore[attr-defined]
        return response


def actor_of_request(request: HttpRequest) -> Actor:
    """The logged-in member, else the visitor. A member of staff carries permissions once the second factor is shown."""
    visitor_id: uuid.UUID = request.visitor_id  # type: ignore[attr-defined]
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        known = actor_of_user(request.user, visitor_id=visitor_id)
        if known is not None:
            asks_itself = request.path.startswith(_ASK_THEMSELVES)
            return known if asks_itself else without_second_factor(request, known)
    return Actor(kind=ActorKind.VISITOR, visitor_id=visitor_id)


def _read_cookie(request: HttpRequest) -> tuple[uuid.UUID | None, str]:
    raw = request.COOKIES.get(VISITOR_COOKIE)
    if not raw:
        return None, ""
    try:
        value = signing.Signer(salt=_SALT).unsign(raw)
        hexadecimal, _, day = value.partition(".")
        return uuid.UUID(hexadecimal), day
    except (signing.BadSignature, ValueError):
        return None, ""


def _write_cookie(response: HttpResponse, visitor_id: uuid.UUID, day: str) -> None:
    response.set_cookie(
        VISITOR_COOKIE,
        signing.Signer(salt=_SALT).sign(f"{visitor_id.hex}.{day}"),
        max_age=VISITOR_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
