"""The pictures of a product: more of them, fewer, in another order."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jishi.kernel.errors import InvalidInput
from jishi.modules.catalog.public import add_picture, move_picture, remove_picture
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded

PICTURES_AT_ONCE_MAX = 10


@guarded("catalog.edit")
@require_POST
def pictures(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    files = request.FILES.getlist("pictures")[:PICTURES_AT_ONCE_MAX]
    for file in files:
        if (file.size or 0) > IMAGE_BYTES_MAX:
            raise NotAnImage(size=file.size)
        add_picture(by=actor_of(request), product_id=product_id, content=file.read())
    if files:
        messages.success(request, _("已加 %(count)s 张图片") % {"count": len(files)})
    else:
        messages.warning(request, _("没有选图片"))
    return redirect("console:product", product_id)


@guarded("catalog.edit")
@require_POST
def picture(request: HttpRequest, product_id: uuid.UUID, image_id: uuid.UUID) -> HttpResponse:
    """Take a picture off, or put it at another place: `to` counts from 0, the cover's."""
    actor, to = actor_of(request), request.POST.get("to", "")
    if "remove" in request.POST:
        remove_picture(by=actor, product_id=product_id, image_id=image_id)
        messages.success(request, _("图片已移除"))
    elif to.isascii() and to.isdigit() and len(to) <= 4:
        move_picture(by=actor, product_id=product_id, image_id=image_id, to=int(to))
    else:
        raise InvalidInput(field=_("图片"), reason=_("请选择"))
    return redirect(f"{reverse('console:product', args=[product_id])}#pictures")
