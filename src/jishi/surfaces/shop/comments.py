"""Saying something under a post, and what becomes of it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jishi.flows.community import (
    change_comment,
    write_comment,
)
from jishi.flows.community_moderation import take_down
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.community.public import (
    BadPost,
    accept_answer,
    comment_post_id,
    comment_text,
    post_view,
    react_to_comment,
    remove_comment,
)
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.acts import act_on_post, say_no
from jishi.surfaces.shop.frame import (
    go,
    require_member,
    show,
    uuid_from,
)

TAB = "communities"


@require_POST
def comment(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    address = reverse("shop:post", args=[post_id])
    try:
        made = write_comment(
            post_id,
            text=request.POST.get("text", "")[:4_000],
            by=actor,
            reply_to=uuid_from(request.POST.get("reply_to")),
            comment_id=uuid_from(request.POST.get("key")),
        )
    except Refusal as refusal:
        say_no(request, refusal)
        return go(address)
    return go(f"{address}#c-{made}")


@require_POST
def comment_step(request: HttpRequest, comment_id: uuid.UUID) -> HttpResponse:
    """Accept, like, hide or remove a comment."""
    actor, verb = require_member(request), request.POST.get("verb", "")
    post_id = comment_post_id(comment_id)
    acts: dict[str, Callable[[], Any]] = {
        "accept": lambda: accept_answer(comment_id, by=actor),
        "like": lambda: react_to_comment(comment_id, emoji=request.POST.get("emoji", "👍")[:8], by=actor),
        "hide": lambda: take_down(
            "comment", comment_id, by=actor, reason=request.POST.get("reason", "")[:400]
        ),
        "remove": lambda: remove_comment(comment_id, by=actor),
    }
    if post_id is None or verb not in acts:
        raise NotFound()
    post_view(post_id, by=actor)
    anchor = f"#c-{comment_id}" if verb in ("like", "accept") else ""
    return act_on_post(request, post_id, acts[verb], anchor=anchor)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_comment_page(request: HttpRequest, comment_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    found = comment_text(comment_id, by=actor)
    if found is None:
        raise NotFound()
    post_view(found.post_id, by=actor)
    problem, status = "", 200
    if request.method == "POST":
        try:
            change_comment(comment_id, text=request.POST.get("text", "")[:4_000], by=actor)
            return go(f"{reverse('shop:post', args=[found.post_id])}#c-{comment_id}")
        except BadPost as refusal:
            problem, status = words_of(refusal), 422
    text = request.POST.get("text", found.text)
    values = {"comment": found, "text": text, "problem": problem}
    return show(request, "shop/comment_edit.html", values, tab=TAB, status=status)
