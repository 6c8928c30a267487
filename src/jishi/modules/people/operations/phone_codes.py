"""Logging in by a code sent to the phone: one step for new and known people alike."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.modules.people import rules
from jishi.modules.people.errors import AccountClosed, CodeTooSoon, CodeWrong, TooManyCodes
from jishi.modules.people.facts import MemberJoined
from jishi.modules.people.models import Member, PhoneCode
from jishi.platform import locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

CODE_DIGITS = 6
CODE_MINUTES = 5
CODE_TRIES_MAX = 5
RESEND_SECONDS = 60
CODES_PER_PHONE_A_DAY = 10
CODES_PER_ADDRESS_A_DAY = 60


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """The code itself leaves this room only to be sent."""

    code_id: uuid.UUID
    phone: str
    code: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    member_id: uuid.UUID
    is_new: bool


@in_transaction
def issue_phone_code(*, phone: str, address: str | None) -> IssuedCode:
    """A fresh code for a phone. Raises BadPhone, CodeTooSoon, TooManyCodes."""
    number = rules.clean_phone(phone)
    locks.lock_name(f"phone_code:{number}")
    now = clock.now()
    today = PhoneCode.objects.filter(created_at__gte=now - timedelta(days=1))
    latest = today.filter(phone=number).order_by("-created_at").first()
    if latest is not None and (now - latest.created_at).total_seconds() < RESEND_SECONDS:
        raise CodeTooSoon(seconds=RESEND_SECONDS - int((now - latest.created_at).total_seconds()))
    if today.filter(phone=number).count() >= CODES_PER_PHONE_A_DAY:
        raise TooManyCodes()
    if address and today.filter(address=address).count() >= CODES_PER_ADDRESS_A_DAY:
        raise TooManyCodes()
    code = chance.digits(CODE_DIGITS)
    row = PhoneCode.objects.create(
        id=ids.new_id(),
        phone=number,
        digest=_digest(number, code),
        address=address,
        created_at=now,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )
    return IssuedCode(code_id=row.id, phone=number, code=code)


def log_in_by_code(*, phone: str, code: str, visitor_id: uuid.UUID | None, language: str) -> LoggedIn:
    """Check a code and find or make its member. A code works once and bears five wrong tries.

    Raises BadPhone, CodeWrong, AccountClosed.
    """
    number = rules.clean_phone(phone)
    _use_code(number, code.strip())
    with transaction.atomic():
        member = Member.objects.filter(phone=number).first()
        if member is not None:
            if not member.is_active:
                raise AccountClosed()
            Member.objects.filter(id=member.id, phone_verified=False).update(phone_verified=True)
            return LoggedIn(member_id=member.id, is_new=False)
        return _join(number, visitor_id=visitor_id, language=language)


def _join(number: str, *, visitor_id: uuid.UUID | None, language: str) -> LoggedIn:
    member_id = ids.new_id()
    try:
        with transaction.atomic():
            member = Member(
                id=member_id,
                phone=number,
                phone_verified=True,
                nickname=f"邻居{number[-4:]}",
                color=rules.color_of(member_id.int >> 4),
                language=language,
            )
            member.set_unusable_password()
            member.save(force_insert=True)
    except IntegrityError:  # the same person tapped twice
        return LoggedIn(member_id=Member.objects.values_list("id", flat=True).get(phone=number), is_new=False)
    record_fact(
        MemberJoined(member_id=member_id, visitor_id=visitor_id),
        by=Actor(kind=ActorKind.MEMBER, id=member_id),
    )
    return LoggedIn(member_id=member_id, is_new=True)


def _use_code(number: str, code: str) -> None:
    """Count the try first, in a transaction of its own, so that a wrong guess is never forgotten."""
    now = clock.now()
    with transaction.atomic():
        latest = PhoneCode.objects.filter(phone=number).order_by("-created_at").first()
        if latest is None:
            raise CodeWrong()
        tried = PhoneCode.objects.filter(
            id=latest.id, tries__lt=CODE_TRIES_MAX, used_at__isnull=True, expires_at__gt=now
        ).update(tries=F("tries") + 1)
    if not tried or not hmac.compare_digest(latest.digest, _digest(number, code)):
        raise CodeWrong()
    if not PhoneCode.objects.filter(id=latest.id, used_at__isnull=True).update(used_at=now):
        raise CodeWrong()


def _digest(number: str, code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{number}:{code}".encode(), hashlib.sha256).hexdigest()
