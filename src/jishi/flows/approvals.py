"""What becomes of a request when a second person agrees: one applier per kind, in the transaction of the yes.

An applier gets the approved request and does the thing, or refuses; its refusal undoes the yes, so the request is
still open and the second person reads why it cannot be done.
"""

import uuid
from collections.abc import Callable

from jishi.flows import adjustments, aftersales, big_refunds, corrections
from jishi.flows.loyalty import ADJUSTMENT, apply_points_adjustment
from jishi.kernel.actor import Actor
from jishi.modules.approvals.public import ApprovalView, UnknownApproval, approve, request_view
from jishi.platform.transactions import in_transaction

APPLIERS: dict[str, Callable[[ApprovalView], None]] = {
    adjustments.KIND: adjustments.apply_adjustment,
    big_refunds.KIND: big_refunds.apply_refund,
    aftersales.CASE_REFUND: aftersales.apply_case_refund,
    corrections.CORRECTION: corrections.apply_correction,
    ADJUSTMENT: apply_points_adjustment,
}


@in_transaction
def approve_request(request_id: uuid.UUID, *, by: Actor, note: str = "") -> ApprovalView:
    """Agree and do it, or neither. Raises UnknownApproval, what `approve` raises, and what the applier refuses."""
    by.require("approvals.decide")
    applier = APPLIERS.get(request_view(request_id, by=by).kind)
    if applier is None:
        raise UnknownApproval()
    approved = approve(request_id, by=by, note=note)
    applier(approved)
    return approved
