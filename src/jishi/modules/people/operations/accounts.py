"""Accounts: joining by other ways, names, roles, browsers."""

import uuid

from django.db import connection

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import NotFound
from jishi.modules.people import rules
from jishi.modules.people.errors import LastOwner
from jishi.modules.people.facts import MemberJoined, RoleChanged, VisitorRecognised
from jishi.modules.people.models import Member, Visitor
from jishi.modules.people.types import Role
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


def meet_visitor(visitor_id: uuid.UUID) -> None:
    """Remember a browser on its first write; known ones are left alone."""
    Visitor.objects.get_or_create(id=visitor_id, defaults={"first_seen_at": clock.now()})


def note_visit(visitor_id: uuid.UUID) -> None:
    """The browser is here today; noted once a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_visit (visitor_id, day) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [visitor_id, clock.now().date()],
        )


@in_transaction
def recognise_visitor(*, visitor_id: uuid.UUID, member_id: uuid.UUID) -> bool:
    """The person at this browser logged in. False when that was known; another member at the same browser counts."""
    meet_visitor(visitor_id)
    visitor = locks.lock_one(Visitor, visitor_id)
    if visitor.member_id == member_id:
        return False
    visitor.member_id, visitor.recognised_at = member_id, clock.now()
    visitor.save(update_fields=["member", "recognised_at"])
    record_fact(
        VisitorRecognised(visitor_id=visitor_id, member_id=member_id),
        by=Actor(kind=ActorKind.MEMBER, id=member_id),
    )
    return True


@in_transaction
def welcome_member(member_id: uuid.UUID, *, visitor_id: uuid.UUID | None) -> None:
    """A member joined by e-mail or a social account: tell the others, as log-in by phone does."""
    record_fact(
        MemberJoined(member_id=member_id, visitor_id=visitor_id),
        by=Actor(kind=ActorKind.MEMBER, id=member_id),
    )


@in_transaction
def rename_member(*, by: Actor, nickname: str) -> str:
    name = rules.clean_nickname(nickname)
    Member.objects.filter(id=by.require_member()).update(nickname=name)
    return name


@in_transaction
def replace_nickname(member_id: uuid.UUID, *, by: Actor, nickname: str) -> str:
    """Moderation gives a member another name, or their own one back."""
    by.require("moderation.decide")
    name = rules.clean_nickname(nickname)
    if not Member.objects.filter(id=member_id).update(nickname=name):
        raise NotFound()
    return name


@in_transaction
def change_language(*, by: Actor, language: str) -> None:
    if language in ("zh-hans", "en"):
        Member.objects.filter(id=by.require_member()).update(language=language)


@in_transaction
def change_role(member_id: uuid.UUID, *, by: Actor, role: Role) -> None:
    """Make a member staff, or a shopper again. Raises LastOwner when nobody would own the shop."""
    by.require("staff.manage")
    locks.lock_name("staff_roles")
    member = Member.objects.select_for_update().filter(id=member_id).first()
    if member is None:
        raise NotFound()
    owners = Member.objects.filter(role=Role.OWNER.value, is_active=True).exclude(id=member_id)
    if member.role == Role.OWNER.value and role is not Role.OWNER and not owners.exists():
        raise LastOwner()
    before, member.role = member.role, role.value
    member.save(update_fields=["role"])
    history.record_step(
        subject=("member", member.id), verb="change_role", by=by, before=before, after=role.value
    )
    record_fact(RoleChanged(member_id=member.id, before=before, after=role.value), by=by)


@in_transaction
def enrol_member(*, by: Actor, phone: str, nickname: str, visitor_id: uuid.UUID | None = None) -> uuid.UUID:
    """Staff or a migration sign somebody up whose phone is known to be theirs. Raises BadPhone, BadNickname."""
    by.require("staff.manage")
    member_id = ids.new_id()
    member = Member(
        id=member_id,
        phone=rules.clean_phone(phone),
        phone_verified=True,
        nickname=rules.clean_nickname(nickname),
        color=rules.color_of(member_id.int >> 4),
        created_at=clock.now(),
    )
    member.set_unusable_password()
    member.save(force_insert=True)
    record_fact(MemberJoined(member_id=member_id, visitor_id=visitor_id), by=by)
    return member_id


@in_transaction
def create_staff(
    *, by: Actor, email: str, password: str, nickname: str, role: Role, phone: str = ""
) -> uuid.UUID:
    """A member of staff with an e-mail and a password, for set-up and the command line."""
    by.require("staff.manage")
    member = Member(
        id=ids.new_id(),
        email=email.strip().lower(),
        phone=rules.clean_phone(phone) if phone else None,
        nickname=rules.clean_nickname(nickname),
        color=rules.color_of(len(email)),
        role=role.value,
    )
    member.set_password(password)
    member.save(force_insert=True)
    history.record_step(subject=("member", member.id), verb="create_staff", by=by, after=role.value)
    return member.id
