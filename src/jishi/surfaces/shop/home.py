"""The front page, and the tab that this shop has not opened yet."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.modules.catalog.public import Sort, list_products
from jishi.platform.http import actor_of
from jishi.surfaces.shop.aisles import aisle_chips
from jishi.surfaces.shop.campaigns import campaign_banners
from jishi.surfaces.shop.cards import goods_markup, team_rail
from jishi.surfaces.shop.feed import home_notes
from jishi.surfaces.shop.flash import flash_strip
from jishi.surfaces.shop.frame import ShareCard, absolute, show

GOODS_ON_HOME = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    listing = list_products(sort=Sort.SALES, limit=GOODS_ON_HOME)
    share = ShareCard(
        title=_("集市 · 和邻居一起买"),
        description=_("和邻居一起拼，时令好物，凑满就发，凑不满就退。"),
        url=absolute("/"),
    )
    values = {
        "chips": aisle_chips(),
        "teams": team_rail(),
        "flash": flash_strip(),
        "notes": home_notes(actor_of(request)),
        "campaigns": campaign_banners(request),
        "goods": goods_markup(listing.cards),
        "share": share,
        "has_more": bool(listing.next_cursor),
        "currency": settings.JISHI_CURRENCY,
    }
    return show(request, "shop/home.html", values, tab="home")


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return show(request, "shop/live.html", {"teams": team_rail()}, tab="live")
