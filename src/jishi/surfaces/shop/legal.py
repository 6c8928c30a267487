"""What we promise, for everybody to read."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.surfaces.shop.frame import show


@require_safe
def promises_page(request: HttpRequest) -> HttpResponse:
    rows = [
        (_("绝不超卖"), _("占到的席位和下了单的货都给你留着，付款时限写在页面上。卖完了立刻告诉你。")),
        (
            _("不多收，不白收"),
            _("同一单付了两次，多的那笔自动退回。付款来晚了，按你事先选的办：换团、开新团或退款。"),
        ),
        (_("每一分钱都讲清楚"), _("每个价格旁边都有“为什么是这个价”，下单前逐行列出，变了先问你。")),
        (
            _("没有假人"),
            _("团里每个头像都是真的邻居。人数不够、由商家成团的，会明白写出来。没凑满，全额原路退回。"),
        ),
        (_("库存是真的"), _("页面上的余量就是还能卖的数量，多少就是多少。")),
        (
            _("谁带你来的，只为记功"),
            _("你点了谁的链接，我们记 30 天，只用来告诉分享的人带来了什么，退款时一起扣回。"),
        ),
    ]
    return show(request, "shop/promises.html", {"rows": rows})
