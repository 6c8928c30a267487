"""Addresses of the API under /api/v1/."""

from django.urls import URLPattern, path, re_path

from jishi.surfaces.api.build import api, routes_of
from jishi.surfaces.api.pages import docs_page, missing, openapi_document

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi_document, name="openapi"),
    path("docs", docs_page, name="docs"),
    *routes_of(api),
    re_path(r"^(?P<path>.*)$", missing, name="missing"),
]
