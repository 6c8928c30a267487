"""Tables of after-sales."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.aftersales.types import CaseKind, CaseState, Side

_WAITING = ["asked", "offered", "awaiting_return", "returning", "inspecting", "refused", "platform_review"]


class Case(models.Model):
    """One wish of a member about goods of one order. `asked_minor` and `agreed_minor` are without freight."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    number = models.CharField(max_length=20, unique=True)
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=20)
    member_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=CaseState.ASKED.value)
    reason = models.CharField(max_length=24)
    has_goods = models.BooleanField()
    takes_units = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)
    currency = models.CharField(max_length=3)
    asked_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)
    agreed_minor = models.BigIntegerField(null=True)
    agreed_freight_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    return_freight_minor = models.BigIntegerField(default=0)
    refund_id = models.UUIDField(null=True, unique=True)
    replacement_id = models.UUIDField(null=True, unique=True)
    answer_words = models.CharField(max_length=500, blank=True)
    answered_by = models.CharField(max_length=8, blank=True)
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    deadline = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "-opened_at"], name="case_member"),
            models.Index(fields=["order_id"], name="case_order"),
            models.Index(fields=["state", "deadline"], name="case_state_deadline"),
            models.Index(fields=["-opened_at"], name="case_opened"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in CaseState]), name="case_state"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in CaseKind]), name="case_kind"),
            models.CheckConstraint(
                condition=Q(asked_minor__gte=0, freight_minor__gte=0, return_freight_minor__gte=0),
                name="case_asked_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(agreed_minor__isnull=True)
                | Q(agreed_minor__gte=0, agreed_minor__lte=F("asked_minor")),
                name="case_agreed_bounded",
            ),
            models.CheckConstraint(
                condition=Q(agreed_freight_minor__gte=0, agreed_freight_minor__lte=F("freight_minor")),
                name="case_agreed_freight_bounded",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_WAITING, deadline__isnull=False)
                | (~Q(state__in=_WAITING) & Q(deadline__isnull=True)),
                name="case_waits_until",
            ),
        ]


class CaseLine(models.Model):
    """Units of an order line; what is shown of it is kept as it was bought."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    order_line_id = models.UUIDField(db_index=True)
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    title = models.CharField(max_length=200)
    option_text = models.CharField(max_length=200, blank=True)
    cover = models.CharField(max_length=500, blank=True)
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField()
    asked_minor = models.BigIntegerField()
    agreed_minor = models.BigIntegerField(null=True)
    restocked = models.PositiveIntegerField(default=0)
    written_off = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "order_line_id"], name="case_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, asked_minor__gte=0), name="case_line_sane"),
            models.CheckConstraint(
                condition=Q(agreed_minor__isnull=True)
                | Q(agreed_minor__gte=0, agreed_minor__lte=F("asked_minor")),
                name="case_line_agreed_bounded",
            ),
            models.CheckConstraint(
                condition=Q(restocked__lte=F("quantity") - F("written_off")), name="case_line_fates_bounded"
            ),
        ]


class UnitClaim(models.Model):
    """One unit of an order line is in one case. Rows of cases that took nothing are deleted when those end."""

    order_line_id = models.UUIDField()
    unit_no = models.PositiveIntegerField()
    line_quantity = models.PositiveIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    is_gone = models.BooleanField(default=False)  # its money was asked for: the order counts it as refunded

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_line_id", "unit_no"], name="unit_in_one_case"),
            models.CheckConstraint(
                condition=Q(unit_no__gte=1, unit_no__lte=F("line_quantity")), name="unit_of_its_line"
            ),
        ]


class Evidence(models.Model):
    """A picture that only the member and staff may see. `path` is in the private store."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, default=Side.MEMBER.value)
    path = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "path"], name="case_evidence_once")]


class Message(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8)
    author_id = models.UUIDField(null=True)
    author_label = models.CharField(max_length=80, blank=True)
    text = models.CharField(max_length=500)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="case_message_at")]
