"""Words of the finance desk: approvals, differences, accounts, closes."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.kernel.money import format_minor
from jishi.modules.approvals.public import ApprovalState, ApprovalView
from jishi.modules.finance.public import DifferenceKind, DifferenceState, Problem
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
    "case_refund": gettext_noop("大额售后退款"),
    "ledger_adjustment": gettext_noop("手工分录"),
    "ledger_correction": gettext_noop("对账更正"),
    "points_adjustment": gettext_noop("积分调整"),
}
_EFFECTS = {
    "case_refund": gettext_noop("同意后：按售后单定下的金额退给会员。"),
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
_DIFFERENCES = {
    "missing_here": gettext_noop("渠道有，我们没有"),
    "missing_there": gettext_noop("我们有，渠道没有"),
    "amount_differs": gettext_noop("金额不同"),
    "fee_differs": gettext_noop("手续费不同"),
    "currency_differs": gettext_noop("货币不同"),
    "ledger_differs": gettext_noop("收款与账本不同"),
    "order_differs": gettext_noop("订单与账本不同"),
    "statement_changed": gettext_noop("账单被改过"),
}
_DIFFERENCE_STATES = {
    DifferenceState.OPEN: (gettext_noop("待处理"), "accent"),
    DifferenceState.EXPLAINED: (gettext_noop("已说明"), "gold"),
    DifferenceState.SETTLED: (gettext_noop("已解决"), "leaf"),
}
_DIFFERENCE_MEANINGS = {
    DifferenceKind.MISSING_HERE: gettext_noop(
        "渠道动了钱，我们没有记。有我们编号的先再问一次渠道：是漏了通知的话，问过就会入账。没有我们编号的，去渠道后台查是谁收的，再写明原因。"
    ),
    DifferenceKind.MISSING_THERE: gettext_noop(
        "我们记了，渠道的账单里没有。先再问一次渠道；退款可以用原来的编号再发一次。"
    ),
    DifferenceKind.AMOUNT_DIFFERS: gettext_noop("两边都有这一笔，金额不同。核对渠道后台，写明原因。"),
    DifferenceKind.FEE_DIFFERS: gettext_noop(
        "手续费和入账时的不一样。可以提交更正，由另一个人审批后补记差额。"
    ),
    DifferenceKind.CURRENCY_DIFFERS: gettext_noop("两边的货币不同。核对渠道后台，写明原因。"),
    DifferenceKind.LEDGER_DIFFERS: gettext_noop(
        "收款或退款记录和账本不一致，都是我们自己的账。可以提交更正，补上缺的那一笔。"
    ),
    DifferenceKind.ORDER_DIFFERS: gettext_noop(
        "订单的收退款合计和它在账本里的销售不一致。先看这个订单的收退款和分录。"
    ),
    DifferenceKind.STATEMENT_CHANGED: gettext_noop(
        "渠道改过这一行账单，我们保留第一次的数。核对后写明原因。"
    ),
}
_DIFFERENCE_STEPS = {
    "find_difference": gettext_noop("对账时发现"),
    "explain_difference": gettext_noop("说明原因"),
    "settle_difference": gettext_noop("已解决"),
    "reopen_difference": gettext_noop("又出现了"),
}
_ABOUTS = {"payment": gettext_noop("收款"), "refund": gettext_noop("退款"), "order": gettext_noop("订单")}
_ACCOUNT_NOTES = {
    "clearing": gettext_noop("渠道代收、还没有结算给我们的钱"),
    "sales": gettext_noop("订单收款减退款"),
    "payment_fees": gettext_noop("渠道收的手续费，退款退回的会冲减"),
    "wallet": gettext_noop("会员存在我们这里的钱，随时可以用"),
    "red_packet": gettext_noop("已拨出、还没有被领走的红包"),
    "lucky_draw": gettext_noop("已拨出、还没有发出的奖金"),
    "marketing": gettext_noop("拨给玩法的现金，没用完会退回"),
    "budget": gettext_noop("玩法还能让利多少，是许可不是钱"),
    "budget_grants": gettext_noop("所有预算的来源，和各预算相抵"),
    "discounts_given": gettext_noop("预算里已经给出去的让利"),
    "bank": gettext_noop("手工分录用：银行存款"),
    "owner_capital": gettext_noop("手工分录用：投入的本金"),
    "other_income": gettext_noop("手工分录用：和订单无关的收入"),
    "other_expense": gettext_noop("手工分录用：和订单无关的支出"),
}
_KIND_NOTES = {
    "asset": gettext_noop("别人欠我们的、我们有的；借方增加"),
    "liability": gettext_noop("我们欠别人的；贷方增加"),
    "income": gettext_noop("挣来的；贷方增加"),
    "expense": gettext_noop("花掉的；借方增加"),
    "budget": gettext_noop("让利的额度；拨入增加，预留和使用减少"),
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
        if _says_something(view, name)
    ]


def _says_something(view: ApprovalView, name: str) -> bool:
    """The order is named as the subject already, and no units means all of them."""
    if name == "order_number" and view.subject_kind == "order":
        return False
    value = view.payload.get(name)
    return isinstance(value, bool) or bool(value)


def _told(name: str, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "refund_reason":
        return words.reason(str(value))
    if name in _ACCOUNT_FIELDS:
        return words.account(str(value), offers=names)
    return str(value)


def difference(kind: str) -> str:
    found = _DIFFERENCES.get(kind)
    return _(found) if found else kind


def difference_state(state: str) -> words.Tag:
    label, colour = _DIFFERENCE_STATES[DifferenceState(state)]
    return _(label), colour


def difference_meaning(kind: str) -> str:
    """What it says in one sentence, and what to try first."""
    return _(_DIFFERENCE_MEANINGS[DifferenceKind(kind)])


def difference_step(verb: str) -> str:
    found = _DIFFERENCE_STEPS.get(verb)
    return _(found) if found else verb


def about(name: str) -> str:
    found = _ABOUTS.get(name)
    return _(found) if found else name


def account_note(code: str) -> str:
    """What an account is for."""
    head = code.partition(":")[0]
    found = _ACCOUNT_NOTES.get(code) or _ACCOUNT_NOTES.get(head)
    return _(found) if found else ""


def account_kind_note(kind: str) -> str:
    found = _KIND_NOTES.get(kind)
    return _(found) if found else ""


def problem(one: Problem) -> str:
    """Why a day does not balance, with its numbers."""
    facts = one.facts
    if one.code == "orders_differ":
        code = facts["currency"]
        return _("订单一边 %(orders)s，账本一边 %(ledger)s，相差 %(difference)s") % {
            "orders": format_minor(facts["orders_minor"], currency=code),
            "ledger": format_minor(facts["ledger_minor"], currency=code),
            "difference": format_minor(facts["orders_minor"] - facts["ledger_minor"], currency=code),
        }
    if one.code == "open_differences":
        return _("还有 %(count)s 处对账差异没有处理") % facts
    if one.code == "account_unsound":
        return _("科目 %(account)s 的余额和分录合计不一致") % facts
    return _("%(unit)s 的借方和贷方不相等") % facts


def short_id(value: uuid.UUID) -> str:
    """The end of an id, for a thing without a number."""
    return value.hex[-6:].upper()
