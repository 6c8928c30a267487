"""When something cannot be had: a refusal, a lost page or a mistake of ours becomes a page or a toast in plain words."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jishi.kernel.errors import Kind, Refusal
from jishi.surfaces.refusals import RETRY_AFTER_SECONDS, status_of, words_of
from jishi.surfaces.shop.frame import go, is_swap

_ARTS = {403: "no-entry", 404: "lost", 401: "no-entry"}
_NOT_OURS = ("/api/", "/hooks/", "/console/")


class RefusalMiddleware:
    """Turns a Refusal that a page of the shop let pass into an answer in the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal) or request.path.startswith(_NOT_OURS):
            return None
        return answer_refusal(request, exception)


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """To the log-in for who must log in, a toast for HTMX, else a page."""
    if refusal.kind is Kind.UNAUTHENTICATED:
        return _to_log_in(request)
    status = status_of(refusal)
    if is_swap(request):
        toast = {"toast": {"text": words_of(refusal), "level": "error"}}
        response = HttpResponse(status=status, headers={"HX-Trigger": json.dumps(toast)})
    else:
        response = problem(request, status=status, text=words_of(refusal))
    if refusal.kind in RETRY_AFTER_SECONDS:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS[refusal.kind])
    return response


def problem(request: HttpRequest, *, status: int, title: str = "", text: str = "") -> HttpResponse:
    known_title, known_text = _words_of_status(status)
    values = {
        "art": _ARTS.get(status, "oops"),
        "title": title or known_title,
        "text": text or known_text,
        "request_id": request.headers.get("X-Request-Id", "") if status >= 500 else "",
        "tab": "",
    }
    return render(request, "shop/problem.html", values, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception
    return problem(request, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception
    return problem(request, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    del reason
    return problem(
        request,
        status=403,
        title=_("页面放太久了"),
        text=_("为了安全，这次提交没有算数，什么都没有改。回到上一页刷新一下，再点一次就好。"),
    )


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception
    return problem(request, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Touches neither the database nor the session: they may be what is broken."""
    return problem(request, status=500)


def _to_log_in(request: HttpRequest) -> HttpResponse:
    """Back to this page afterwards; from a form or a fragment, back to the page it stood on."""
    wanted = request.get_full_path()
    if request.method != "GET" or is_swap(request):
        wanted = _path_of(
            request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""), request
        )
    address = f"/login/?{urlencode({'next': wanted})}"
    if is_swap(request):
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return go(address)


def _path_of(url: str, request: HttpRequest) -> str:
    start = f"{request.scheme}://{request.get_host()}"
    return url.removeprefix(start) if url.startswith(f"{start}/") else "/"


def _words_of_status(status: int) -> tuple[str, str]:
    known = {
        400: (_("这个请求看不懂"), _("地址或表单不完整，回首页重新来一次吧。")),
        403: (_("这里进不去"), _("你没有打开这一页的权限。")),
        404: (_("这条路不通"), _("你找的页面搬走了，或者从没来过。")),
        409: (_("慢了一步"), _("情况刚刚变了，刷新看看现在怎样。")),
        422: (_("还差一点"), _("有内容不对，改一下再试。")),
        429: (_("太快了"), _("歇一会儿再试。")),
        500: (_("我们这边出错了"), _("已经记下来了。你的订单和钱都在，没有丢。过一会儿再试。")),
        503: (_("人太多了"), _("歇两秒再试，你的购物车还在。")),
    }
    return known.get(status, known[500])
