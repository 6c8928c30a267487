"""Coming into the console and leaving it: e-mail and password, then a code when the member has a second factor."""

import hashlib
from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jishi.platform.http import actor_of
from jishi.surfaces import second_factor
from jishi.surfaces.console.access import guarded, safe_next
from jishi.surfaces.console.frame import show

TRIES_MAX = 8
TRIES_FORGOTTEN_SECONDS = 300
PENDING = "console.pending"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password."""
    if request.method == "GET" and actor_of(request).may("console.view"):
        return redirect(safe_next(request))
    email = request.POST.get("email", "").strip().lower()
    if request.method == "GET":
        return _gate(request, "console/login.html", {"next": safe_next(request)})
    if _is_tired(request, email):
        return _gate(
            request, "console/login.html", {"email": email, "problem": _("试得太多了，请五分钟后再来。")}, 429
        )
    member = authenticate(request, username=email, password=request.POST.get("password", ""))
    if member is None:
        _count_try(request, email)
        return _gate(request, "console/login.html", {"email": email, "problem": _("邮箱或密码不对。")}, 422)
    if second_factor.has_second_factor(member):
        request.session[PENDING] = str(member.pk)
        return redirect(f"{reverse('console:login_code')}?next={safe_next(request)}")
    login(request, member, backend=_BACKEND)
    return redirect(safe_next(request))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: for a password that was right, or for a session that began in the shop."""
    pending = request.session.get(PENDING) or (request.user.pk if request.user.is_authenticated else None)
    member = ModelBackend().get_user(pending) if pending else None
    if member is None:
        return redirect("console:login")
    values = {"next": safe_next(request)}
    if request.method == "GET":
        return _gate(request, "console/login_code.html", values)
    name = f"code:{member.pk}"
    if _is_tired(request, name):
        return _gate(
            request, "console/login_code.html", {**values, "problem": _("试得太多了，请五分钟后再来。")}, 429
        )
    if not second_factor.is_right(member, request.POST.get("code", "")):
        _count_try(request, name)
        return _gate(
            request, "console/login_code.html", {**values, "problem": _("验证码不对，或已经用过。")}, 422
        )
    request.session.pop(PENDING, None)
    if request.user.pk != member.pk:
        login(request, member, backend=_BACKEND)
    second_factor.remember_passed(request, member)
    return redirect(values["next"])


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("已退出运营台"))
    return redirect("console:login")


@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Begin with a second factor; it stands before the console when the shop asks all staff for one."""
    member = request.user
    if not actor_of(request).may("console.view") or not isinstance(member, AbstractBaseUser):
        return redirect("console:login")
    if second_factor.has_second_factor(member):
        return redirect("console:security")
    secret = second_factor.secret_to_enrol(request)
    values = {
        "next": safe_next(request),
        "picture": second_factor.picture_of(member, secret),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "is_forced": settings.JISHI_STAFF_MFA,
    }
    if request.method == "GET":
        return _gate(request, "console/enrol.html", values)
    codes = second_factor.enrol(request, member, request.POST.get("code", ""))
    if codes is None:
        return _gate(
            request, "console/enrol.html", {**values, "problem": _("验证码不对，看看手机时间准不准。")}, 422
        )
    return _gate(request, "console/recovery_codes.html", {"codes": codes, "next": values["next"]})


@guarded("console.view")
@require_http_methods(["GET", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """One's own second factor."""
    member = request.user
    if request.method == "POST" and isinstance(member, AbstractBaseUser):
        if second_factor.is_right(member, request.POST.get("code", "")):
            second_factor.remove(request, member)
            messages.success(request, _("已关闭动态验证码"))
        else:
            messages.error(request, _("验证码不对，或已经用过。"))
        return redirect("console:security")
    context = {"is_on": second_factor.has_second_factor(member), "is_forced": settings.JISHI_STAFF_MFA}
    return show(request, "console/security.html", section="security", context=context)


def _gate(
    request: HttpRequest, template: str, values: Mapping[str, object], status: int = 200
) -> HttpResponse:
    return render(request, template, {"next": safe_next(request), **values}, status=status)


def _tries_keys(request: HttpRequest, name: str) -> list[str]:
    """One count per place and one per name, so that neither many names nor many places get more tries."""
    place = request.META.get("REMOTE_ADDR", "")
    return [f"console-tries:{hashlib.sha256(what.encode()).hexdigest()}" for what in (f"@{place}", name)]


def _is_tired(request: HttpRequest, name: str) -> bool:
    place, person = (cache.get(key, 0) for key in _tries_keys(request, name))
    return bool(person >= TRIES_MAX or place >= TRIES_MAX * 4)


def _count_try(request: HttpRequest, name: str) -> None:
    for key in _tries_keys(request, name):
        if not cache.add(key, 1, timeout=TRIES_FORGOTTEN_SECONDS):
            cache.incr(key)
