"""What is read by people and tools: the OpenAPI document and a page to try it out. Nothing comes from elsewhere."""

import hashlib
import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_safe

from jishi.kernel.errors import NotFound
from jishi.surfaces.api.openapi import document
from jishi.surfaces.api.problems import problem

DOCUMENT_AGE_SECONDS = 300
DOCS_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)


@cache
def document_text() -> str:
    return json.dumps(document(), ensure_ascii=False)


@cache
def _etag() -> str:
    return f'"{hashlib.sha256(document_text().encode()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=lambda request: _etag())
def openapi_document(request: HttpRequest) -> HttpResponse:
    del request
    response = HttpResponse(document_text(), content_type="application/json; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={DOCUMENT_AGE_SECONDS}"
    return response


@require_safe
def docs_page(request: HttpRequest) -> HttpResponse:
    response = render(request, "api/docs.html")
    response["Content-Security-Policy"] = DOCS_POLICY
    return response


@csrf_exempt
def missing(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any address of the API that there is not."""
    del path
    return problem(request, NotFound())
