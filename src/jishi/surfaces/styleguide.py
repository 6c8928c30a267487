"""Every part of shop and console on a few pages, with sample values: for designers and for screenshots."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jishi.surfaces.styleguide_samples import SAMPLES


@require_safe
def show_styleguide(request: HttpRequest, page: str = "home") -> HttpResponse:
    name = page if page in SAMPLES else "home"
    return render(request, f"styleguide/{name}.html", SAMPLES[name]())
