"""Refusals of approvals."""

from jishi.kernel.errors import Kind, Refusal


class AlreadyAsked(Refusal):
    """There is an open request of this kind about this thing; `request_id` names it."""

    kind = Kind.CONFLICT
    code = "approval_already_asked"
    message = "这件事已经在等审批，请先等它有结果。"


class ApprovalIsOwn(Refusal):
    """Two people must agree, and this is the first of them."""

    kind = Kind.FORBIDDEN
    code = "approval_is_own"
    message = "自己提出的要由另一个人审批；你可以撤回。"


class ApprovalNotOwn(Refusal):
    kind = Kind.FORBIDDEN
    code = "approval_not_own"
    message = "只有提出的人可以撤回。"


class AlreadyDecided(Refusal):
    """Somebody was faster; `state` is what it has become."""

    kind = Kind.CONFLICT
    code = "approval_decided"
    message = "这个申请已经有结果了，请刷新看看。"


class ReasonMissing(Refusal):
    """The second person decides by the reason of the first."""

    code = "approval_reason_missing"
    message = "请写明原因，审批的人要看。"


class UnknownApproval(Refusal):
    """No applier for this kind: it cannot be approved, only refused or withdrawn."""

    kind = Kind.CONFLICT
    code = "approval_kind_unknown"
    message = "这类申请在这个版本里没有办法执行，只能拒绝或撤回。"
