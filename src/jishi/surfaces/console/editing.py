"""What every editor of a play does with a form that is right: write it once, perhaps publish it, say so and move on."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jishi.kernel.actor import Actor
from jishi.kernel.errors import Refusal
from jishi.platform.http import actor_of
from jishi.surfaces.console.forms import act_once

Publish = Callable[..., Any]
Blame = Callable[[Refusal], None]


def wants_publishing(request: HttpRequest) -> bool:
    return request.POST.get("then") == "publish"


def save_new(  # noqa: PLR0913  (what a new play of any kind needs)
    request: HttpRequest,
    *,
    make: Callable[[Actor], uuid.UUID],
    publish: Publish,
    blame: Blame,
    said: str,
    live: str,
    table: str,
) -> HttpResponse | None:
    """Create once per form that was shown; the page that follows, or None when a refusal was put on the form.

    `live` and `table` are names of routes; `live` takes the play's id.
    """
    made: list[uuid.UUID] = []

    def act() -> None:
        made.append(make(actor_of(request)))
        if wants_publishing(request):
            publish(made[0], by=actor_of(request))

    try:
        is_new = act_once(request, act)
    except Refusal as refusal:
        blame(refusal)
        return None
    messages.success(request, said)
    return redirect(live, made[0]) if is_new else redirect(table)


def save_change(  # noqa: PLR0913  (what a changed play of any kind needs)
    request: HttpRequest,
    play_id: uuid.UUID,
    *,
    write: Callable[[Actor], Any],
    publish: Publish | None,
    blame: Blame,
    said: str,
    live: str,
) -> HttpResponse | None:
    """Write the change, and publish where that is asked for and may be; None when a refusal was put on the form."""
    try:
        write(actor_of(request))
        if publish is not None and wants_publishing(request):
            publish(play_id, by=actor_of(request))
    except Refusal as refusal:
        blame(refusal)
        return None
    messages.success(request, said)
    return redirect(live, play_id)
