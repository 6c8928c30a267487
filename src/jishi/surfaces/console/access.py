"""Who may see a page of the console, and what a refusal looks like there."""

import json
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jishi.kernel.actor import ActorKind
from jishi.kernel.errors import Kind, NotAllowed, Refusal
from jishi.platform.http import actor_of
from jishi.surfaces import second_factor
from jishi.surfaces.console.frame import show
from jishi.surfaces.refusals import RETRY_AFTER_SECONDS, status_of, words_of

Page = Callable[..., HttpResponseBase]
_ARTS = {403: "no-entry", 404: "lost"}


def guarded(*permissions: str) -> Callable[[Page], Page]:
    """Only staff with one of the permissions; refusals of what happens inside become a page or a toast."""

    def wrap(page: Page) -> Page:
        @never_cache
        @wraps(page)
        def answer(request: HttpRequest, *args: object, **values: object) -> HttpResponseBase:
            try:
                turned = turn_away(request, permissions)
                return turned if turned is not None else page(request, *args, **values)
            except Refusal as refusal:
                return answer_refusal(request, refusal)

        return answer

    return wrap


def turn_away(request: HttpRequest, permissions: tuple[str, ...]) -> HttpResponse | None:
    """None for who may come in. Raises NotAllowed for people who are known and may not."""
    actor = actor_of(request)
    if actor.kind is ActorKind.VISITOR:
        return _to_log_in(request, "console:login")
    actor.require("console.view")
    step = second_factor.step_needed(request)
    if step:
        return _to_log_in(request, step)
    if permissions and not any(actor.may(permission) for permission in permissions):
        raise NotAllowed(permission=permissions[0])
    return None


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A toast for a fragment, back to the form with the words after a post, else a page."""
    status = status_of(refusal)
    if request.headers.get("HX-Request"):
        toast = {"toast": {"text": words_of(refusal), "level": "error"}}
        return HttpResponse(status=status, headers={"HX-Trigger": json.dumps(toast)})
    if request.method == "POST" and refusal.kind not in (Kind.FORBIDDEN, Kind.MISSING):
        messages.error(request, words_of(refusal))
        return back(request)
    titles = {403: _("这里进不去"), 404: _("没有找到"), 429: _("太快了")}
    context = {
        "art": _ARTS.get(status, "oops"),
        "title": titles.get(status, _("没有成功")),
        "text": words_of(refusal),
    }
    response = show(request, "console/problem.html", section="", context=context, status=status)
    if refusal.kind in RETRY_AFTER_SECONDS:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS[refusal.kind])
    return response


def back(request: HttpRequest, *, otherwise: str = "console:home") -> HttpResponseRedirect:
    """To the page that the form stood on."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        parts = urlsplit(came_from)
        return redirect(parts.path + (f"?{parts.query}" if parts.query else ""))
    return redirect(otherwise)


def safe_next(request: HttpRequest) -> str:
    """Where to go after logging in: a page of the console, never another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith(reverse("console:home")) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None
    ):
        return wanted
    return reverse("console:home")


def _to_log_in(request: HttpRequest, step: str) -> HttpResponse:
    wanted = request.get_full_path() if request.method == "GET" else reverse("console:home")
    address = f"{reverse(step)}?{urlencode({'next': wanted})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return redirect(address)
