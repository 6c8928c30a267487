"""What makes the shop installable: manifest, service worker and the page for when there is no network."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

_DAY_SECONDS = 86_400


@require_safe
@cache_control(public=True, max_age=_DAY_SECONDS)
def web_manifest(request: HttpRequest) -> JsonResponse:
    icons = [
        {"src": static("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("icons/maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    manifest = {
        "id": "/",
        "name": _("集市 · 和邻居一起买"),
        "short_name": _("集市"),
        "lang": getattr(request, "LANGUAGE_CODE", "zh-hans"),
        "start_url": "/?from=installed",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf7f2",
        "theme_color": "#faf7f2",
        "categories": ["shopping", "social"],
        "icons": icons,
        "shortcuts": [
            {"name": _("购物车"), "url": "/cart/"},
            {"name": _("我的"), "url": "/me/"},
        ],
    }
    return JsonResponse(
        manifest, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Keeps static files and one offline page; pages, prices and stock always come from the network."""
    kept = [reverse("offline"), static("build/shop.css"), static("art/offline.svg")]
    answer = render(
        request, "shop/service_worker.js", {"kept": kept, "offline": reverse("offline")}, "text/javascript"
    )
    answer["Service-Worker-Allowed"] = "/"
    return answer


@require_safe
@cache_control(public=True, max_age=_DAY_SECONDS)
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/offline.html")
