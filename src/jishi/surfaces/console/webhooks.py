"""Outgoing webhooks: who hears what, the secret shown once, and every delivery with its answer."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel.errors import Refusal
from jishi.modules.webhooks.public import (
    PUBLIC_FACTS,
    DeliveryState,
    DeliveryView,
    change_endpoint,
    create_endpoint,
    deliveries,
    endpoint_view,
    endpoints,
    redeliver,
    remove_endpoint,
    rotate_secret,
    send_test,
)
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import local
from jishi.surfaces.console.tables import tabs, with_query
from jishi.surfaces.refusals import words_of

DELIVERIES_SHOWN = 40


@guarded("webhooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """The endpoints there are; posting adds one and shows its secret this once."""
    actor = actor_of(request)
    made: list[str] = []
    problem = ""
    if request.method == "POST":
        try:
            act_once(
                request,
                lambda: made.append(
                    create_endpoint(
                        by=actor,
                        url=request.POST.get("url", "").strip(),
                        description=request.POST.get("description", "").strip(),
                        fact_names=request.POST.getlist("facts"),
                    )[1]
                ),
            )
        except Refusal as refusal:
            problem = words_of(refusal)
    context = {
        "secret": made[0] if made else "",
        "problem": problem,
        "sent": request.POST if problem else {},
        "endpoints": endpoints(by=actor),
        "facts": PUBLIC_FACTS,
        "once": once_key(),
    }
    status = 422 if problem else 200
    return show(request, "console/webhooks.html", section="webhooks", context=context, status=status)


@guarded("webhooks.manage")
@require_safe
def webhook(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """One endpoint and what was sent to it."""
    actor = actor_of(request)
    state = request.GET.get("state", "")
    found = deliveries(
        by=actor,
        endpoint_id=endpoint_id,
        state=DeliveryState(state) if state in set(DeliveryState) else None,
        after=key_of(request.GET.get("after", "")),
        limit=DELIVERIES_SHOWN,
    )
    following = cursor_after(found, limit=DELIVERIES_SHOWN, field="created_at")
    choices = [("", _("全部")), *((kind.value, words.delivery_state(kind)[0]) for kind in DeliveryState)]
    context = {
        "endpoint": endpoint_view(endpoint_id, by=actor),
        "secret": request.session.pop(_secret_key(endpoint_id), ""),
        "tabs": tabs(choices, name="state", query=request.GET),
        "deliveries": [_delivery(one) for one in found],
        "older_url": with_query(request.GET, after=following) if following else None,
        "facts": PUBLIC_FACTS,
    }
    crumbs = [(_("网络钩子"), reverse("console:webhooks"))]
    return show(request, "console/webhook.html", section="webhooks", context=context, crumbs=crumbs)


@guarded("webhooks.manage")
@require_POST
def act(request: HttpRequest, endpoint_id: uuid.UUID, verb: str) -> HttpResponse:
    """Save, switch, try, rotate, remove."""
    actor = actor_of(request)
    if verb == "save":
        change_endpoint(
            endpoint_id,
            by=actor,
            url=request.POST.get("url", "").strip(),
            description=request.POST.get("description", "").strip(),
            fact_names=request.POST.getlist("facts"),
            is_active=request.POST.get("is_active") == "on",
        )
        messages.success(request, _("接收地址已保存"))
    elif verb == "test":
        send_test(endpoint_id, by=actor)
        messages.success(request, _("测试已排队，几秒后看结果"))
    elif verb == "rotate":
        request.session[_secret_key(endpoint_id)] = rotate_secret(endpoint_id, by=actor)
        messages.success(request, _("密钥已更换"))
    elif verb == "remove":
        remove_endpoint(endpoint_id, by=actor)
        messages.success(request, _("接收地址已删除"))
        return redirect("console:webhooks")
    return redirect("console:webhook", endpoint_id)


@guarded("webhooks.manage")
@require_POST
def send_again(request: HttpRequest, endpoint_id: uuid.UUID, delivery_id: uuid.UUID) -> HttpResponse:
    redeliver(delivery_id, by=actor_of(request))
    messages.success(request, _("已重新排队"))
    return redirect("console:webhook", endpoint_id)


def _secret_key(endpoint_id: uuid.UUID) -> str:
    return f"console.webhook_secret.{endpoint_id}"


def _delivery(one: DeliveryView) -> dict[str, Any]:
    state, colour = words.delivery_state(one.state)
    return {
        "delivery": one,
        "state": state,
        "colour": colour,
        "at": local(one.created_at),
        "next": local(one.next_try_at) if one.state is DeliveryState.QUEUED else None,
        "body": json.dumps(one.body, ensure_ascii=False, indent=2),
        "may_repeat": one.state is not DeliveryState.QUEUED,
    }
