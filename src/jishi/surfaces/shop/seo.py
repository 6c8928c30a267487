"""What search engines read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from jishi.modules.catalog.public import Sort, list_products
from jishi.modules.community.public import Openness, directory
from jishi.surfaces.shop.aisles import aisles
from jishi.surfaces.shop.frame import absolute

SITEMAP_PAGES_MAX = 20
PAGE_LENGTH = 60
COMMUNITIES_MAX = 200
_HOUR_SECONDS = 3_600


@require_safe
@cache_control(public=True, max_age=_HOUR_SECONDS)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(
            f"Disallow: {path}"
            for path in ("/cart/", "/checkout/", "/orders/", "/me/", "/pay/", "/s/", "/share/")
        ),
        f"Sitemap: {absolute(reverse('shop:sitemap'))}",
        "",
    ]
    del request
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_HOUR_SECONDS)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Home, categories, communities that anybody may read, and the first twelve hundred products, newest first."""
    addresses = [absolute("/"), absolute(reverse("shop:promises"))]
    waiting = list(aisles())
    while waiting:
        category = waiting.pop(0)
        addresses.append(absolute(reverse("shop:category", args=[category.handle])))
        waiting.extend(category.children)
    addresses += [
        absolute(reverse("shop:community", args=[one.handle]))
        for one in directory(limit=COMMUNITIES_MAX)
        if one.form.openness is Openness.PUBLIC
    ]
    cursor = ""
    for _page in range(SITEMAP_PAGES_MAX):
        listing = list_products(sort=Sort.NEWEST, limit=PAGE_LENGTH, cursor=cursor)
        addresses += [absolute(reverse("shop:product", args=[card.handle])) for card in listing.cards]
        cursor = listing.next_cursor
        if not cursor:
            break
    return render(request, "shop/sitemap.xml", {"addresses": addresses}, content_type="application/xml")
