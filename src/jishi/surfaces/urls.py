"""The routes of all surfaces."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from jishi.modules.catalog import pages as catalog_pages
from jishi.surfaces.pwa import offline, service_worker, web_manifest
from jishi.surfaces.styleguide import show_styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("manifest.webmanifest", web_manifest, name="web_manifest"),
    path("service-worker.js", service_worker, name="service_worker"),
    path("offline/", offline, name="offline"),
    path("", include(catalog_pages.urlpatterns)),
    path("accounts/", include("allauth.urls")),
    path("console/", include("jishi.surfaces.console.urls")),
    path("hooks/", include("jishi.surfaces.hooks.payments")),
    path("api/v1/", include("jishi.surfaces.api.urls")),
]

if settings.DEBUG or settings.JISHI_DEMO:
    urlpatterns += [
        path("styleguide/", show_styleguide, name="styleguide"),
        path("styleguide/<slug:page>/", show_styleguide, name="styleguide_page"),
    ]

# Last: the shop owns the front page and everything that nobody else has taken.
urlpatterns += [path("", include("jishi.surfaces.shop.urls"))]

handler400 = "jishi.surfaces.shop.problems.bad_request"
handler403 = "jishi.surfaces.shop.problems.forbidden"
handler404 = "jishi.surfaces.shop.problems.missing"
handler500 = "jishi.surfaces.shop.problems.broken"
