"""The second factor of staff: a code from an authenticator app, or a recovery code (allauth keeps both)."""

from dataclasses import replace

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from jishi.kernel.actor import Actor

PASSED = "console.second_factor"
SECRET = "console.totp_secret"


def step_needed(request: HttpRequest) -> str:
    """Which page stands before the console for this session: none, the code's, or enrolment. One query."""
    if request.session.get(PASSED) == str(request.user.pk):
        return ""
    if has_second_factor(request.user):
        return "console:login_code"
    return "console:enrol" if settings.JISHI_STAFF_MFA else ""


def without_second_factor(request: HttpRequest, actor: Actor) -> Actor:
    """Staff whose session has not shown the second factor that the console asks for are shoppers outside of it.

    One query for staff, none for others.
    """
    if actor.permissions and step_needed(request):
        return replace(actor, permissions=frozenset())
    return actor


def has_second_factor(member: object) -> bool:
    return bool(Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).exists())


def remember_passed(request: HttpRequest, member: AbstractBaseUser) -> None:
    request.session[PASSED] = str(member.pk)


def is_right(member: AbstractBaseUser, code: str) -> bool:
    """Check a code; each works once."""
    compact = "".join(code.split())
    for row in Authenticator.objects.filter(user=member, type__in=["totp", "recovery_codes"]):
        if row.wrap().validate_code(compact):
            row.record_usage()
            return True
    return False


def secret_to_enrol(request: HttpRequest) -> str:
    """The secret of this session's enrolment; the same until it is used."""
    if SECRET not in request.session:
        request.session[SECRET] = generate_totp_secret()
    return str(request.session[SECRET])


def picture_of(member: AbstractBaseUser, secret: str) -> SafeString:
    """A QR code for authenticator apps, as an inline drawing."""
    code = segno.make(get_adapter().build_totp_url(member, secret), error="m")
    return mark_safe(code.svg_inline(scale=4, border=2))


def enrol(request: HttpRequest, member: AbstractBaseUser, code: str) -> list[str] | None:
    """Begin to ask for codes; returns the recovery codes, or None when the code was wrong."""
    secret = secret_to_enrol(request)
    if not validate_totp_code(secret, "".join(code.split())):
        return None
    TOTP.activate(member, secret)
    codes = RecoveryCodes.activate(member).get_unused_codes()
    request.session.pop(SECRET, None)
    remember_passed(request, member)
    return list(codes)


def remove(request: HttpRequest, member: AbstractBaseUser) -> None:
    Authenticator.objects.filter(user=member).delete()
    request.session.pop(PASSED, None)
