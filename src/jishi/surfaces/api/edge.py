"""The edge of every route: who calls, how often, with which scope, once or again; and every no as a problem."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja.operation import Operation

from jishi.kernel.errors import Refusal
from jishi.platform.http import IDEMPOTENCY, RATE_LIMIT, SHOWN_ONCE
from jishi.surfaces.api.access import SAFE_METHODS, Caller, admit, identify
from jishi.surfaces.api.clean import refuse_bad_text
from jishi.surfaces.api.limits import Standing, count_request, show_standing
from jishi.surfaces.api.problems import MethodNotAllowed, problem, problem_of_size
from jishi.surfaces.api.repeats import answer_under_key, key_of

Run = Callable[..., HttpResponse]
_OPERATION = "jishi_operation"


def guard_route(run: Run) -> Run:
    """Wraps a ninja operation; what the route demands stands in its OpenAPI declaration."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]  # a bound method of its operation
    declared = operation.openapi_extra or {}
    if "security" not in declared:
        raise TypeError(f"{operation.view_func.__name__} does not say who may come in")

    def guarded(request: HttpRequest, **path_values: Any) -> HttpResponse:
        standing = None
        try:
            refuse_bad_text(path_values)
            count_request("address", _address(request))
            caller = identify(request)
            standing = _count(request, caller, declared.get(RATE_LIMIT))
            admit(caller, declared["security"])
            request.actor = caller.actor  # type: ignore[attr-defined]
            request.caller = caller  # type: ignore[attr-defined]
            response = _answer(request, lambda: run(request, **path_values), operation, caller)
        except Refusal as refusal:
            response = problem(request, refusal)
        except RequestDataTooBig as error:
            response = problem_of_size(request, error)
        return _finish(response, standing)

    setattr(guarded, _OPERATION, operation)
    return guarded


def guard_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wraps a whole address: a method that it does not know is a problem too."""

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        refused = problem(request, MethodNotAllowed(method=request.method), status=405)
        refused["Allow"] = response["Allow"]
        return refused

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # sessions are checked by `identify`
    return answered


def _answer(
    request: HttpRequest, run: Callable[[], HttpResponse], operation: Operation, caller: Caller
) -> HttpResponse:
    declared = operation.openapi_extra or {}
    if request.method in SAFE_METHODS:
        return run()
    key = key_of(request)
    if not key or not caller.key or IDEMPOTENCY in declared:
        return run()
    who = caller.actor.id or caller.actor.visitor_id
    scope = f"{who}:{operation.view_func.__name__}"
    return answer_under_key(request, run, key=key, scope=scope, hidden=declared.get(SHOWN_ONCE, []))


def _count(request: HttpRequest, caller: Caller, stricter: str | None) -> Standing:
    address = _address(request)
    if stricter is not None:
        return count_request(stricter, address)
    return count_request("caller", caller.key or address)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _finish(response: HttpResponse, standing: Standing | None) -> HttpResponse:
    if standing is not None:
        show_standing(response, standing)
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response
