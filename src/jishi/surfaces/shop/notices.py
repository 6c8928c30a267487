"""The member's own inbox."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jishi.modules.messaging.public import mark_notices_read, notices_of
from jishi.surfaces.shop.frame import require_member, show

NOTICES_SHOWN = 50


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Shown once as new, then read."""
    actor = require_member(request)
    rows = notices_of(by=actor, limit=NOTICES_SHOWN)
    response = show(request, "shop/notices.html", {"notices": rows}, tab="me")
    if request.method == "GET" and any(not row.is_read for row in rows):
        mark_notices_read(by=actor)
    return response
