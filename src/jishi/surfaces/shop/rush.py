"""The pass with which a page of the shop asks the hot lane directly."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jishi.flows.passes import issue_member_pass
from jishi.platform.http import actor_of


@never_cache
@require_POST
def rush_pass(request: HttpRequest) -> HttpResponse:
    """JSON for the page's script: `pass` for the Authorization header, and until when; 401 to a visitor."""
    actor = actor_of(request)
    if not actor.is_member:
        return JsonResponse({"code": "login_required"}, status=401)
    issued = issue_member_pass(by=actor)
    return JsonResponse({"pass": issued.text, "expires_at": issued.expires_at.isoformat()}, status=201)
