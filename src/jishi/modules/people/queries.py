"""Reading people."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Upper

from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import NotFound
from jishi.modules.people import rules
from jishi.modules.people.models import Address, ApiToken, Member, Visit
from jishi.modules.people.types import AddressView, MemberRow, Person, TokenView
from jishi.platform.paging import Key, older_than
from jishi.platform.reads import rows_of

PEOPLE_MAX = 500
TABLE_MAX = 100


def actor_of_member(member: Member, *, visitor_id: uuid.UUID | None = None) -> Actor:
    """The member as an actor, with the permissions of their role. No query."""
    return actor_with(member.id, role=member.role, label=member.nickname, visitor_id=visitor_id)


def actor_with(member_id: uuid.UUID, *, role: str, label: str, visitor_id: uuid.UUID | None = None) -> Actor:
    """An actor from what is known of a member."""
    return Actor(
        kind=ActorKind.STAFF if role else ActorKind.MEMBER,
        id=member_id,
        visitor_id=visitor_id,
        permissions=rules.permissions_of(role),
        label=label,
    )


def actor_of_user(user: object, *, visitor_id: uuid.UUID | None = None) -> Actor | None:
    """The actor behind what Django calls a user; None when nobody is logged in. No query."""
    return (
        actor_of_member(user, visitor_id=visitor_id) if isinstance(user, Member) and user.is_active else None
    )


def actor_of_id(member_id: uuid.UUID, *, visitor_id: uuid.UUID | None = None) -> Actor:
    """The actor of a member by id, for jobs and the command line; one query. Raises NotFound."""
    member = Member.objects.filter(id=member_id, is_active=True).first()
    if member is None:
        raise NotFound()
    return actor_of_member(member, visitor_id=visitor_id)


def people_by_ids(member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Names and colours of members, for avatars; one query, by hand because every list of people asks it; none for none."""
    wanted = list(set(member_ids))[:PEOPLE_MAX]
    if not wanted:
        return {}
    rows = rows_of("SELECT id, nickname, color FROM people_member WHERE id = ANY(%s)", [wanted])
    return {row[0]: Person(*row) for row in rows}


def people_called(names: Iterable[str]) -> list[Person]:
    """Everybody with one of these names; several people may have the same. One query."""
    wanted = list(dict.fromkeys(names))[:PEOPLE_MAX]
    rows = Member.objects.filter(nickname__in=wanted).order_by("created_at")[:PEOPLE_MAX]
    return [Person(id=row.id, nickname=row.nickname, color=row.color) for row in rows]


def person(member_id: uuid.UUID) -> Person:
    found = people_by_ids([member_id])
    if member_id not in found:
        raise NotFound()
    return found[member_id]


def member_row(member_id: uuid.UUID, *, by: Actor) -> MemberRow:
    """One member for staff, or oneself."""
    if not by.owns(member_id):
        by.require("members.view")
    row = Member.objects.filter(id=member_id).first()
    if row is None:
        raise NotFound()
    return _row(row)


def members_table(  # noqa: PLR0913  (the filters of one table)
    *,
    by: Actor,
    text: str = "",
    staff_only: bool = False,
    joined: tuple[datetime, datetime] | None = None,
    before: datetime | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> list[MemberRow]:
    """Newest first; one query. `text` finds a nickname, a phone's end or an e-mail; `joined`: from, until."""
    by.require("members.view")
    rows = _found(text)
    if joined:
        rows = rows.filter(created_at__gte=joined[0], created_at__lt=joined[1])
    if staff_only:
        rows = rows.exclude(role="")
    if before:
        rows = rows.filter(created_at__lt=before)
    rows = rows.filter(older_than(after, field="created_at"))
    return [_row(row) for row in rows.order_by("-created_at", "-id")[: min(limit, TABLE_MAX)]]


def count_members(*, by: Actor, text: str = "", staff_only: bool = False) -> int:
    """How many rows `members_table` has in all; one query."""
    by.require("members.view")
    rows = _found(text)
    return (rows.exclude(role="") if staff_only else rows).count()


def count_joined(*, since: datetime, until: datetime) -> int:
    return Member.objects.filter(created_at__gte=since, created_at__lt=until).count()


def joined_between(*, since: datetime, until: datetime) -> dict[uuid.UUID, datetime]:
    """Members who joined in a period and when; one query."""
    rows = Member.objects.filter(created_at__gte=since, created_at__lt=until)
    return dict(rows.values_list("id", "created_at")[:100_000])


def joined_at(member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    return dict(Member.objects.filter(id__in=list(member_ids)).values_list("id", "created_at"))


def count_visitors(*, since: datetime, until: datetime) -> int:
    """Distinct browsers that were here in a period (whole UTC days); one query."""
    rows = Visit.objects.filter(day__gte=since.date(), day__lte=until.date())
    return rows.values("visitor_id").distinct().count()


def visitors_by_day(*, since: datetime, until: datetime) -> dict[date, int]:
    rows = Visit.objects.filter(day__gte=since.date(), day__lte=until.date()).order_by()
    return dict(rows.values_list("day").annotate(found=Count("id")))


def addresses_of(*, by: Actor) -> list[AddressView]:
    """The actor's addresses, the default first; one query."""
    rows = Address.objects.filter(member_id=by.require_member(), removed_at__isnull=True)
    return [address_view_of(row) for row in rows.order_by("-is_default", "-created_at")[:50]]


def addresses_of_member(member_id: uuid.UUID, *, by: Actor) -> list[AddressView]:
    """A member's addresses for staff; without `members.contact` phone and street are masked. One query."""
    by.require("members.view")
    rows = Address.objects.filter(member_id=member_id, removed_at__isnull=True)
    views = [address_view_of(row) for row in rows.order_by("-is_default", "-created_at")[:50]]
    return views if by.may("members.contact") else [_masked(view) for view in views]


def address_view(address_id: uuid.UUID, *, by: Actor) -> AddressView:
    row = Address.objects.filter(
        id=address_id, member_id=by.require_member(), removed_at__isnull=True
    ).first()
    if row is None:
        raise NotFound()
    return address_view_of(row)


def people_named(prefix: str, *, offset: int = 0, limit: int = 20) -> list[Person]:
    """Members whose name begins so, in whatever case, by name; one query, none for nothing."""
    wanted = prefix.strip()[:24]
    if not wanted:
        return []
    rows = Member.objects.filter(nickname__istartswith=wanted, is_active=True)
    found = rows.order_by(Upper("nickname"), "id").values_list("id", "nickname", "color")
    return [Person(*row) for row in found[offset : offset + min(limit, TABLE_MAX)]]


def default_addresses(member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, AddressView]:
    """Where these members want their goods unless they say otherwise; one query. For flows that order for many."""
    rows = Address.objects.filter(member_id__in=list(member_ids), is_default=True, removed_at__isnull=True)
    names = ("id", "name", "phone", "region_code", "province", "city", "district", "line", "is_default")
    return {row[0]: AddressView(*row[1:]) for row in rows.values_list("member_id", *names)}


def tokens_of(*, by: Actor) -> list[TokenView]:
    rows = ApiToken.objects.filter(member_id=by.require_member()).order_by("-created_at")[:100]
    return [
        TokenView(
            id=row.id,
            name=row.name,
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            expires_at=row.expires_at,
            is_revoked=row.revoked_at is not None,
        )
        for row in rows
    ]


def staff_counts() -> dict[str, int]:
    return dict(Member.objects.exclude(role="").order_by().values_list("role").annotate(found=Count("id")))


def address_view_of(row: Address) -> AddressView:
    return AddressView(
        id=row.id,
        name=row.name,
        phone=row.phone,
        region_code=row.region_code,
        province=row.province,
        city=row.city,
        district=row.district,
        line=row.line,
        is_default=row.is_default,
    )


def _found(text: str) -> QuerySet[Member]:
    needle = text.strip()
    if not needle:
        return Member.objects.all()
    return Member.objects.filter(
        Q(nickname__icontains=needle) | Q(phone__endswith=needle) | Q(email__istartswith=needle)
    )


def _masked(view: AddressView) -> AddressView:
    return replace(
        view, name=f"{view.name[:1]}**", phone=rules.mask_phone(view.phone), line=rules.mask_line(view.line)
    )


def _row(row: Member) -> MemberRow:
    return MemberRow(
        id=row.id,
        nickname=row.nickname,
        color=row.color,
        phone=row.phone or "",
        email=row.email or "",
        role=row.role,
        created_at=row.created_at,
        is_active=row.is_active,
    )
