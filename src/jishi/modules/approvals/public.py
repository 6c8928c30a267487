"""The door of approvals."""

from jishi.modules.approvals.errors import (
    AlreadyAsked,
    AlreadyDecided,
    ApprovalIsOwn,
    ApprovalNotOwn,
    ReasonMissing,
    UnknownApproval,
)
from jishi.modules.approvals.facts import ApprovalAsked, ApprovalDecided
from jishi.modules.approvals.operations import (
    approve,
    ask_approval,
    expire_requests,
    refuse,
    withdraw,
)
from jishi.modules.approvals.queries import (
    count_by_state,
    count_to_decide,
    open_about,
    open_requests,
    request_view,
    requests_table,
)
from jishi.modules.approvals.rules import LIFECYCLE, OPEN_DAYS
from jishi.modules.approvals.types import ApprovalState, ApprovalView

__all__ = [
    "LIFECYCLE",
    "OPEN_DAYS",
    "AlreadyAsked",
    "AlreadyDecided",
    "ApprovalAsked",
    "ApprovalDecided",
    "ApprovalIsOwn",
    "ApprovalNotOwn",
    "ApprovalState",
    "ApprovalView",
    "ReasonMissing",
    "UnknownApproval",
    "approve",
    "ask_approval",
    "count_by_state",
    "count_to_decide",
    "expire_requests",
    "open_about",
    "open_requests",
    "refuse",
    "request_view",
    "requests_table",
    "withdraw",
]
