"""What happens to payments and refunds."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PaymentSucceeded:
    name: ClassVar[str] = "payments.payment_succeeded.v1"
    payment_id: uuid.UUID
    order_id: uuid.UUID
    amount_minor: int
    fee_minor: int
    currency: str
    provider: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    name: ClassVar[str] = "payments.payment_failed.v1"
    payment_id: uuid.UUID
    order_id: uuid.UUID
    failure: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class RefundSucceeded:
    name: ClassVar[str] = "payments.refund_succeeded.v1"
    refund_id: uuid.UUID
    payment_id: uuid.UUID
    order_id: uuid.UUID
    amount_minor: int
    currency: str
    reason: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """A provider refused to give money back; a person has to look."""

    name: ClassVar[str] = "payments.refund_failed.v1"
    refund_id: uuid.UUID
    order_id: uuid.UUID
    amount_minor: int
    failure: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id
