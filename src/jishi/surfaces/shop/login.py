"""Logging in by a code sent to the phone, in one step for new and known people; logging out; the language."""

from typing import Any

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.utils.translation import check_for_language, get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jishi.kernel.errors import Kind, Refusal
from jishi.modules.messaging.public import send_text
from jishi.modules.people.public import (
    AccountClosed,
    change_language,
    clean_phone,
    issue_phone_code,
    log_in_by_code,
    mask_phone,
)
from jishi.platform.http import actor_of
from jishi.surfaces.refusals import status_of, words_of
from jishi.surfaces.shop.frame import go, keep_cart_count, safe_next, show

CODE_MINUTES = 5


class PhoneFields(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("手机号"),
        max_length=24,
        widget=forms.TextInput(
            attrs={"class": "field-input", "inputmode": "tel", "autocomplete": "tel", "autofocus": True}
        ),
    )


class CodeFields(forms.Form):
    phone = forms.CharField(max_length=24, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("验证码"),
        max_length=8,
        widget=forms.TextInput(
            attrs={
                "class": "field-input num text-center text-2xl tracking-[.4em]",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autofocus": True,
            }
        ),
    )


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """First the phone, then its code; both on one address, so the way back always works."""
    if actor_of(request).is_member:
        return go(safe_next(request))
    if request.method != "POST":
        return _ask_phone(request, PhoneFields())
    if "code" in request.POST and not request.POST.get("again"):
        return _check_code(request)
    return _send_code(request)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("退出登录了"))
    response = go("/")
    keep_cart_count(response, 0)
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Kept in a cookie, and with the member who is logged in."""
    language = request.POST.get("language", "")
    response = go(safe_next(request))
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 86400,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
        actor = actor_of(request)
        if actor.is_member:
            change_language(by=actor, language=language)
    return response


def _send_code(request: HttpRequest) -> HttpResponse:
    form = PhoneFields(request.POST)
    if not form.is_valid():
        return _ask_phone(request, form, status=422)
    try:
        issued = issue_phone_code(
            phone=form.cleaned_data["phone"], address=request.META.get("REMOTE_ADDR") or None
        )
    except Refusal as refusal:
        if refusal.code == "code_too_soon" and request.POST.get("again"):
            return _ask_code(request, problem=words_of(refusal), status=status_of(refusal))
        form.add_error("phone", words_of(refusal))
        return _ask_phone(request, form, status=status_of(refusal))
    send_text(
        phone=issued.phone,
        kind="phone_code",
        key=str(issued.code_id),
        facts={"code": issued.code, "minutes": CODE_MINUTES},
        language=get_language() or settings.LANGUAGE_CODE,
    )
    return _ask_code(request, shown_code=issued.code if settings.JISHI_DEMO else "")


def _check_code(request: HttpRequest) -> HttpResponse:
    form = CodeFields(request.POST)
    if not form.is_valid():
        return _ask_code(request, problem=_("请填收到的 6 位数字"), status=422)
    actor = actor_of(request)
    try:
        found = log_in_by_code(
            phone=form.cleaned_data["phone"],
            code=form.cleaned_data["code"],
            visitor_id=actor.visitor_id,
            language=get_language() or settings.LANGUAGE_CODE,
        )
    except Refusal as refusal:
        if refusal.kind is Kind.MISSING:
            raise
        return _ask_code(request, problem=words_of(refusal), status=status_of(refusal))
    member = ModelBackend().get_user(found.member_id)
    if member is None:  # closed this very moment
        raise AccountClosed()
    # the same stages as for a password: who has a second factor is asked for it before the session opens
    response: HttpResponse = perform_login(
        request,
        Login(
            user=member,
            redirect_url=safe_next(request, default="/me/"),
            email_verification=EmailVerificationMethod.NONE,
            signup=False,
        ),
    )
    return response


def _ask_phone(request: HttpRequest, form: PhoneFields, *, status: int = 200) -> HttpResponse:
    values: dict[str, Any] = {"form": form, "next": safe_next(request)}
    return show(request, "shop/login.html", values, status=status)


def _ask_code(
    request: HttpRequest, *, problem: str = "", shown_code: str = "", status: int = 200
) -> HttpResponse:
    phone = request.POST.get("phone", "")
    try:
        masked = mask_phone(clean_phone(phone))
    except Refusal:
        return _ask_phone(request, PhoneFields(request.POST), status=422)
    values = {
        "form": CodeFields(initial={"phone": phone}),
        "phone": phone,
        "masked": masked,
        "problem": problem,
        "shown_code": shown_code,
        "next": safe_next(request),
        "minutes": CODE_MINUTES,
    }
    return show(request, "shop/login_code.html", values, status=status)
