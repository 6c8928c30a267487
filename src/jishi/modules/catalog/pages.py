"""Fragments of the catalogue: the drawn placeholder."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from jishi.modules.catalog.rules.drawing import HUES, draw_placeholder

KEPT_SECONDS = 365 * 24 * 3600


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS, immutable=True)
def placeholder(request: HttpRequest, hue: int, initial: str) -> HttpResponse:
    """The same picture for the same address for ever; touches no table."""
    del request
    return HttpResponse(draw_placeholder(initial=initial, hue=hue % HUES), content_type="image/svg+xml")


urlpatterns = [path("pictures/placeholder/<int:hue>/<str:initial>.svg", placeholder, name="placeholder")]
