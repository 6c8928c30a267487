"""What every shop page stands in: the lit tab, the cart's badge, the card that unfurls, who asks."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.modules.orders.public import cart_unit_count
from jishi.platform.http import actor_of

CART_COOKIE = "jishi_cart"
CART_COOKIE_DAYS = 90
QUANTITY_MAX = 999


@dataclass(frozen=True, slots=True)
class ShareCard:
    """What a messenger shows for a link. `image` and `url` are absolute."""

    title: str
    description: str
    url: str
    image: str = ""


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    tab: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a whole page in the frame; one query for the badge of a member, none for a visitor."""
    values: dict[str, Any] = {
        "tab": tab,
        "cart_count": cart_count_of(request),
        "is_member": actor_of(request).is_member,
        "is_demo": settings.JISHI_DEMO,
        **(context or {}),
    }
    return render(request, template, values, status=status)


def show_part(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a fragment for HTMX to swap in."""
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


def is_swap(request: HttpRequest) -> bool:
    """HTMX asks for a fragment, not for a page of history."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def cart_count_of(request: HttpRequest) -> int:
    """Units in the cart: counted for members; visitors keep the figure in a cookie of their own browser."""
    actor = actor_of(request)
    if actor.is_member:
        return cart_unit_count(actor)
    text = request.COOKIES.get(CART_COOKIE, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0


def keep_cart_count(response: HttpResponse, count: int) -> None:
    if count:
        response.set_cookie(
            CART_COOKIE,
            str(count),
            max_age=CART_COOKIE_DAYS * 86400,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(CART_COOKIE)


def absolute(path: str) -> str:
    """An address that works from outside."""
    return path if path.startswith(("http://", "https://")) else f"{settings.JISHI_BASE_URL}{path}"


def safe_next(request: HttpRequest, *, default: str = "/") -> str:
    """Where to go after a log-in; never to another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default


def go(address: str) -> HttpResponseRedirect:
    """See other: a form that was sent is followed by a page."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def visitor_of(request: HttpRequest) -> uuid.UUID:
    found = actor_of(request).visitor_id
    if found is None:
        raise NotFound()
    return found


def require_member(request: HttpRequest) -> Actor:
    """Raises LoginRequired, which becomes the log-in page."""
    actor = actor_of(request)
    actor.require_member()
    return actor


def uuid_from(text: str | None) -> uuid.UUID | None:
    """None for nothing. Raises NotFound for what cannot be an id."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFound() from error


def quantity_from(text: str | None, *, least: int = 1) -> int:
    try:
        quantity = int(text or "1")
    except ValueError as error:
        raise InvalidInput(field="数量", reason="请填数字") from error
    return max(least, min(quantity, QUANTITY_MAX))
