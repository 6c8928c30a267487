"""Callbacks of payment providers: verify, take the outcome, note it, and answer in the provider's own words.

Anything but a 2xx makes the provider repeat itself, so a callback about an intent we do not know is answered with 404,
one we cannot verify with 401, and a busy database with 503.
"""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jishi.flows.payment import take_outcome
from jishi.flows.refunds import take_refund_outcome
from jishi.kernel.errors import Refusal
from jishi.modules.payments.public import note_callback, provider_named
from jishi.surfaces.refusals import status_of

log = logging.getLogger("jishi.hooks")


@csrf_exempt
@require_POST
def take_callback(request: HttpRequest, provider: str) -> HttpResponse:
    try:
        known = provider_named(provider)
        callback = known.read_callback(headers=dict(request.headers), body=request.body)
        if callback.about == "payment":
            take_outcome(callback.intent_id, callback.outcome)
        else:
            take_refund_outcome(callback.intent_id, callback.outcome)
        note_callback(provider=provider, callback=callback)
    except Refusal as refusal:
        log.warning("callback refused", extra={"provider": provider, "code": refusal.code})
        return JsonResponse({"error": refusal.code}, status=status_of(refusal))
    answer = known.callback_answer
    return HttpResponse(answer.body, content_type=answer.content_type)


urlpatterns = [path("payments/<slug:provider>/", take_callback, name="payment_callback")]
