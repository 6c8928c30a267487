"""The double-entry ledger: accounts and immutable two-sided transfers in integer minor units."""

from django.db import models

from jishi.kernel import clock, ids
from jishi.modules.ledger.types import AccountKind, TransferState

_KINDS = [kind.value for kind in AccountKind]
_STATES = [state.value for state in TransferState]


class Account(models.Model):
    """One side of transfers in one unit. A bounded account keeps its balance and never passes its floor."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    code = models.CharField(max_length=80)
    unit = models.CharField(max_length=12)
    kind = models.CharField(max_length=10)
    is_bounded = models.BooleanField(default=False)
    available_minor = models.BigIntegerField(
        default=0
    )  # bounded only: posted credits - debits - pending debits
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "unit"], name="account_code_unit"),
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="account_kind"),
            models.CheckConstraint(
                condition=models.Q(is_bounded=False) | models.Q(available_minor__gte=0), name="account_floor"
            ),
        ]


class Transfer(models.Model):
    """`amount_minor` moves from the credit side's point of view: debit one account, credit another."""

    id = models.UUIDField(primary_key=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    unit = models.CharField(max_length=12)
    state = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    reverses_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="transfer_subject"),
            models.Index(fields=["at"], name="transfer_at"),
            models.Index(fields=["kind", "at"], name="transfer_kind_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=models.Q(state__in=_STATES), name="transfer_state"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="transfer_two_sides"),
        ]
