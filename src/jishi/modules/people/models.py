"""Tables of people: members, visitors, addresses, phone codes, API tokens."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from jishi.kernel import clock, ids
from jishi.modules.people.types import Role

_ROLES = [role.value for role in Role]


class MemberManager(BaseUserManager["Member"]):
    """What Django's authentication asks for."""


class Member(AbstractBaseUser):
    """A person with an account: shoppers and staff alike."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    phone = models.CharField(max_length=16, unique=True, null=True)
    phone_verified = models.BooleanField(default=False)
    email = models.EmailField(unique=True, null=True)
    nickname = models.CharField(max_length=24)
    color = models.CharField(max_length=7, default="#8a6bd1")
    role = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = MemberManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=_ROLES), name="member_role"),
        ]

    @property
    def is_staff(self) -> bool:
        return bool(self.role)

    def get_short_name(self) -> str:
        return self.nickname

    def get_full_name(self) -> str:
        return self.nickname

    def __str__(self) -> str:
        return self.nickname


class Visitor(models.Model):
    """A browser; it belongs to a member once they log in there."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    first_seen_at = models.DateTimeField(default=clock.now)
    recognised_at = models.DateTimeField(null=True)


class Visit(models.Model):
    """A browser was here on a day (UTC): what conversion is measured against."""

    visitor_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "visitor_id"], name="visit_once_a_day")]


class Address(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=16)
    region_code = models.CharField(max_length=12)
    province = models.CharField(max_length=40)
    city = models.CharField(max_length=40, blank=True)
    district = models.CharField(max_length=40, blank=True)
    line = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=models.Q(is_default=True, removed_at__isnull=True),
                name="address_one_default",
            ),
        ]


class PhoneCode(models.Model):
    """A log-in code that was sent; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    phone = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone", "-created_at"], name="phone_code_latest"),
            models.Index(fields=["address", "-created_at"], name="phone_code_address"),
        ]


class ApiToken(models.Model):
    """A bearer token for the API; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32), default=list)
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
