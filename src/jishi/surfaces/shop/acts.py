"""Acts below a post: done, or refused in words on the page one came from."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from jishi.kernel.errors import Kind, Refusal
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go


def act_on_post(
    request: HttpRequest, post_id: uuid.UUID, act: Callable[[], Any], *, anchor: str = ""
) -> HttpResponse:
    """Back to the post, whatever came of it. Raises what asks for a log-in or is not there."""
    try:
        act()
    except Refusal as refusal:
        say_no(request, refusal)
    return go(reverse("shop:post", args=[post_id]) + anchor)


def say_no(request: HttpRequest, refusal: Refusal) -> None:
    """A refusal as a message of the next page; what asks for a log-in or is not there is raised on."""
    if refusal.kind in (Kind.UNAUTHENTICATED, Kind.MISSING):
        raise refusal
    messages.error(request, words_of(refusal))
