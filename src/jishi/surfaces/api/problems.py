"""Problem details (RFC 9457): what went wrong, in a form for programs and in words for people."""

import json
import logging
from typing import Any

from django.core import signals
from django.core.exceptions import RequestDataTooBig
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_noop
from ninja.errors import HttpError, ValidationError

from jishi.kernel.errors import NotFound, Refusal
from jishi.surfaces.refusals import RETRY_AFTER_SECONDS, status_of, words_of

MEDIA_TYPE = "application/problem+json"
ERRORS_SHOWN_MAX = 50
log = logging.getLogger("jishi.api")

TITLES = {
    400: gettext_noop("请求有误"),
    401: gettext_noop("需要登录"),
    403: gettext_noop("没有权限"),
    404: gettext_noop("没有找到"),
    405: gettext_noop("不支持这个方法"),
    409: gettext_noop("现在不能这样做"),
    413: gettext_noop("内容太大"),
    422: gettext_noop("内容不合规则"),
    429: gettext_noop("太频繁了"),
    500: gettext_noop("服务器出错"),
    503: gettext_noop("暂时不可用"),
}
# pydantic's names of what can be wrong with a value; the rest say BAD_VALUE
REASONS = {
    "missing": gettext_noop("必填"),
    "extra_forbidden": gettext_noop("没有这个字段"),
    "greater_than_equal": gettext_noop("不能小于 {ge}"),
    "less_than_equal": gettext_noop("不能大于 {le}"),
    "greater_than": gettext_noop("要大于 {gt}"),
    "less_than": gettext_noop("要小于 {lt}"),
    "string_too_long": gettext_noop("最多 {max_length} 个字"),
    "string_too_short": gettext_noop("至少 {min_length} 个字"),
    "too_long": gettext_noop("最多 {max_length} 项"),
    "too_short": gettext_noop("至少 {min_length} 项"),
    "enum": gettext_noop("只能是 {expected}"),
    "literal_error": gettext_noop("只能是 {expected}"),
    "uuid_parsing": gettext_noop("不是有效的编号"),
    "int_parsing": gettext_noop("要是整数"),
    "int_type": gettext_noop("要是整数"),
    "int_from_float": gettext_noop("要是整数"),
    "string_type": gettext_noop("要是文字"),
    "bool_parsing": gettext_noop("要是 true 或 false"),
    "timezone_aware": gettext_noop("时间要带时区，如 2026-01-31T08:00:00Z"),
}
BAD_VALUE = gettext_noop("格式不对")


class BadBody(Refusal):
    code = "bad_body"
    message = "请求体不是可用的 JSON。"


class BadText(Refusal):
    """A NUL or half a surrogate pair: no database and no reader can take it."""

    code = "bad_text"
    message = "文字里有不能使用的字符。"


class BodyTooLarge(Refusal):
    code = "body_too_large"
    message = "上传的内容太大了。"


class MethodNotAllowed(Refusal):
    code = "method_not_allowed"
    message = "这个地址不支持 {method}。"


class Broken(Refusal):
    code = "internal"
    message = "出错了，我们已经记录下来。"


def problem(request: HttpRequest, refusal: Refusal, *, status: int | None = None) -> HttpResponse:
    """The answer to a refused request."""
    status = status or status_of(refusal)
    body = {"detail": words_of(refusal), "facts": _plain(refusal.facts)}
    response = _answer(request, status=status, code=refusal.code, **body)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="jishi"'
    if refusal.kind in RETRY_AFTER_SECONDS:
        seconds = refusal.facts.get("seconds") or RETRY_AFTER_SECONDS[refusal.kind]
        response["Retry-After"] = str(seconds)
    return response


def problem_of_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with one entry per wrong value."""
    errors = [_wrong_value(entry) for entry in error.errors[:ERRORS_SHOWN_MAX]]
    first = errors[0] if errors else {"field": "", "reason": gettext(BAD_VALUE)}
    detail = f"{first['field']}：{first['reason']}" if first["field"] else str(first["reason"])
    return _answer(request, status=422, code="invalid_input", detail=detail, facts={}, errors=errors)


def problem_of_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja's own: a body that is no JSON."""
    cause = error.__cause__
    if isinstance(cause, BadText):
        return problem(request, cause)
    if isinstance(cause, RequestDataTooBig):
        return problem(request, BodyTooLarge(), status=413)
    return problem(request, BadBody(), status=error.status_code)


def problem_of_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    del error
    return problem(request, NotFound())


def problem_of_size(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    del error
    return problem(request, BodyTooLarge(), status=413)


def problem_of_bug(request: HttpRequest, error: Exception) -> HttpResponse:
    """A bug: written down with its traceback, told to whoever watches, and said in the shape clients expect."""
    log.exception("unhandled", exc_info=error, extra={"path": request.path})
    signals.got_request_exception.send(sender=None, request=request)
    return problem(request, Broken(), status=500)


def _answer(request: HttpRequest, *, status: int, code: str, **more: Any) -> HttpResponse:
    body = {
        "type": f"urn:jishi:problem:{code}",
        "title": gettext(TITLES.get(status, TITLES[400])),
        "status": status,
        "code": code,
        **more,
        "request_id": request.headers.get("X-Request-ID", ""),
    }
    text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE)


def _wrong_value(entry: dict[str, Any]) -> dict[str, str]:
    where, *path = (str(part) for part in entry["loc"])
    template = REASONS.get(entry["type"], BAD_VALUE)
    context = {name: str(value) for name, value in entry.get("ctx", {}).items()}
    return {
        "in": where,
        "field": ".".join(path),
        "code": entry["type"],
        "reason": gettext(template).format_map(_Context(context)),
    }


class _Context(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON; what is not plain is said as text."""
    text = json.dumps(facts, default=str)
    found: dict[str, Any] = json.loads(text)
    return found
