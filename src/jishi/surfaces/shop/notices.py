"""The member's own inbox."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.modules.messaging.public import choose_notice, mark_notices_read, notice_choices, notices_of
from jishi.surfaces.shop.frame import go, require_member, show

NOTICES_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Which kinds one may do without; one query besides the frame's."""
    actor = require_member(request)
    if request.method == "POST":
        wanted = set(request.POST.getlist("kind"))
        for choice in notice_choices(by=actor):
            if choice.is_on != (choice.kind in wanted):
                choose_notice(choice.kind, is_on=choice.kind in wanted, by=actor)
        messages.success(request, _("保存好了"))
        return go(reverse("shop:notice_settings"))
    return show(request, "shop/notice_settings.html", {"choices": notice_choices(by=actor)}, tab="me")


@require_POST
def silence_notice(request: HttpRequest, kind: str) -> HttpResponse:
    """One tap below a notice: no more of this kind."""
    choose_notice(kind, is_on=False, by=require_member(request))
    messages.success(request, _("不再发这类消息，随时可以在消息设置里打开"))
    return go(reverse("shop:notices"))


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Shown once as new, then read."""
    actor = require_member(request)
    rows = notices_of(by=actor, limit=NOTICES_SHOWN)
    response = show(request, "shop/notices.html", {"notices": rows}, tab="me")
    if request.method == "GET" and any(not row.is_read for row in rows):
        mark_notices_read(by=actor)
    return response
