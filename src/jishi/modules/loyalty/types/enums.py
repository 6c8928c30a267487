"""Names of states, kinds and policies."""

from enum import StrEnum


class LotState(StrEnum):
    PENDING = "pending"  # promised: waits for receipt and the return window
    ACTIVE = "active"


class SpendingState(StrEnum):
    HELD = "held"  # set aside for an order that is not paid
    KEPT = "kept"
    RELEASED = "released"


class EntryKind(StrEnum):
    PROMISE = "promise"  # earned, pending
    EARN = "earn"  # earned, spendable at once
    RELEASE = "release"  # pending → spendable
    SPEND = "spend"
    GIVE_BACK = "give_back"  # a spending was released or refunded: into the same lot
    EXPIRE = "expire"
    WITHDRAW = "withdraw"  # a pending promise is taken back
    TAKE_BACK = "take_back"  # spendable points are taken back
    OWE = "owe"  # taken back beyond what is there: a debt
    COVER = "cover"  # new points fill a debt


class ReturnPolicy(StrEnum):
    """What happens to points of an order that is refunded."""

    PENDING_ONLY = "pending_only"
    WITHIN_BALANCE = "within_balance"
    ALLOW_NEGATIVE = "allow_negative"


class FallPolicy(StrEnum):
    """How far a member falls when the growth value is no longer enough."""

    ONE_STEP = "one_step"
    BY_VALUE = "by_value"


class DeedKind(StrEnum):
    """What members do that counts for badges and missions."""

    JOINED = "joined"
    CHECKED_IN = "checked_in"
    ORDER_PAID = "order_paid"
    ORDER_RECEIVED = "order_received"
    TEAM_COMPLETED = "team_completed"
    LINK_VISITED = "link_visited"
    REVIEWED = "reviewed"
    REWARD_TAKEN = "reward_taken"
    CONTRIBUTED = "contributed"


class Cadence(StrEnum):
    DAILY = "daily"
    ONCE = "once"


class RewardKind(StrEnum):
    COUPON = "coupon"
    WALLET = "wallet"
    MEMBERSHIP = "membership"
    GOODS = "goods"


class ExchangeState(StrEnum):
    DONE = "done"
    TO_SEND = "to_send"  # goods wait for the parcel
    SENT = "sent"
    CANCELLED = "cancelled"
