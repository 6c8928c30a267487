"""Words of the finance desk: approvals, differences, accounts, closes."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.kernel.money import format_minor
from jishi.modules.approvals.public import ApprovalState, ApprovalView
from jishi.surfaces.console import words

_APPROVAL = {
    ApprovalState.OPEN: (gettext_noop("等审批"), "gold"),
    ApprovalState.APPROVED: (gettext_noop("已同意"), "leaf"),
    ApprovalState.REFUSED: (gettext_noop("已拒绝"), "accent"),
    ApprovalState.WITHDRAWN: (gettext_noop("已撤回"), "line"),
    ApprovalState.EXPIRED: (gettext_noop("过期"), "line"),
}
_KINDS = {
    "refund": gettext_noop("大额退款"),
    "ledger_adjustment": gettext_noop("手工分录"),
    "ledger_correction": gettext_noop("对账更正"),
    "points_adjustment": gettext_noop("积分调整"),
}
_EFFECTS = {
    "refund": gettext_noop("同意后：按申请时的范围原路退款，未发的货放回库存，通知会员。"),
    "ledger_adjustment": gettext_noop(
        "同意后：在账本里记一笔分录，记在同意的那一天；分录不能删，只能再记一笔反向的。"
    ),
    "ledger_correction": gettext_noop("同意后：把渠道有、账本没有的那一笔补进账本，差异转为已解决。"),
    "points_adjustment": gettext_noop("同意后：会员的积分按申请增减，并写进积分流水。"),
}
_FIELDS = {
    "order_number": gettext_noop("订单"),
    "debit": gettext_noop("借方"),
    "credit": gettext_noop("贷方"),
    "refund_reason": gettext_noop("退款原因"),
    "units": gettext_noop("件数"),
    "with_shipping": gettext_noop("含运费"),
    "provider": gettext_noop("渠道"),
    "day": gettext_noop("账单日"),
    "reference": gettext_noop("渠道流水号"),
}
_ACCOUNT_FIELDS = ("debit", "credit")


def approval_state(state: str) -> words.Tag:
    label, colour = _APPROVAL[ApprovalState(state)]
    return _(label), colour


def approval_kind(kind: str) -> str:
    found = _KINDS.get(kind)
    return _(found) if found else kind


def approval_effect(kind: str) -> str:
    """What a yes would do, in one sentence."""
    found = _EFFECTS.get(kind)
    return _(found) if found else _("这个版本不认识这类申请，只能拒绝或撤回。")


def approval_amount(view: ApprovalView) -> str:
    """Money by its currency, points as a number."""
    if not view.amount:
        return "–"
    if len(view.unit) == 3 and view.unit.isupper():
        return format_minor(view.amount, currency=view.unit)
    return f"{view.amount:,} {view.unit}"


def approval_details(view: ApprovalView, *, names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """What the applier will work from, in words; ids without a name of their own are left out."""
    return [
        (_(label), _told(name, view.payload[name], names or {}))
        for name, label in _FIELDS.items()
        if view.payload.get(name) not in (None, "", {}, [])
    ]


def _told(name: str, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "refund_reason":
        return words.reason(str(value))
    if name in _ACCOUNT_FIELDS:
        return words.account(str(value), offers=names)
    return str(value)


def short_id(value: uuid.UUID) -> str:
    """The end of an id, for a thing without a number."""
    return value.hex[-6:].upper()
