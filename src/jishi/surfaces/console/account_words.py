"""What the accounts of the ledger are called; one per member or play goes by its head."""

from django.utils.translation import gettext_noop

ACCOUNTS = {
    "sales": gettext_noop("销售收入"),
    "payment_fees": gettext_noop("支付手续费"),
    "bank": gettext_noop("银行存款"),
    "owner_capital": gettext_noop("投入资本"),
    "other_income": gettext_noop("其他收入"),
    "other_expense": gettext_noop("其他支出"),
    "return_freight": gettext_noop("退货运费"),
    "offer_budget": gettext_noop("优惠预算"),
    "budget_grants": gettext_noop("预算来源"),
    "discounts_given": gettext_noop("已给优惠"),
    "wallet": gettext_noop("会员钱包"),
    "red_packet": gettext_noop("红包待领"),
    "lucky_draw": gettext_noop("抽奖奖金待发"),
    "marketing:red_packet": gettext_noop("红包费用"),
    "marketing:lucky_draw": gettext_noop("抽奖费用"),
    "marketing:points": gettext_noop("积分换余额的费用"),
    "membership_fees": gettext_noop("会员费收入"),
    "points": gettext_noop("会员积分"),
    "points_issued": gettext_noop("已发积分"),
    "points_pending": gettext_noop("待到账积分"),
    "points_redeemed": gettext_noop("已用积分"),
    "points_expired": gettext_noop("已过期积分"),
    "points_owed": gettext_noop("会员欠的积分"),
}
