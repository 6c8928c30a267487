"""Words of offers and coupons in the console."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.modules.promotions.public import CouponWay, PriceOfferState, Stage

_STAGES = {
    Stage.ITEM: gettext_noop("商品优惠"),
    Stage.ORDER: gettext_noop("整单优惠"),
    Stage.COUPON: gettext_noop("优惠券"),
    Stage.SHIPPING: gettext_noop("运费优惠"),
}
_STATES = {
    PriceOfferState.DRAFT: (gettext_noop("草稿"), "soft"),
    PriceOfferState.LIVE: (gettext_noop("生效中"), "good"),
    PriceOfferState.CLOSED: (gettext_noop("停用"), "soft"),
}
_WAYS = {
    CouponWay.PUBLIC: gettext_noop("公开领取"),
    CouponWay.CODE: gettext_noop("券码兑换"),
    CouponWay.TARGETED: gettext_noop("定向发放"),
    CouponWay.COMMUNITY: gettext_noop("社群专享"),
    CouponWay.NEW_MEMBER: gettext_noop("新人礼"),
    CouponWay.SHARE: gettext_noop("分享解锁"),
}
_KINDS = {
    "percent": gettext_noop("打折"),
    "amount": gettext_noop("减钱"),
    "fixed_price": gettext_noop("限时价"),
    "nth": gettext_noop("第 N 件优惠"),
    "units_for": gettext_noop("N 件一口价"),
    "set_for": gettext_noop("成套价"),
    "steps": gettext_noop("满减 / 满折"),
    "every_full": gettext_noop("每满减"),
    "gift": gettext_noop("送赠品"),
    "shipping": gettext_noop("减运费"),
}


def offer_stage(stage: Stage) -> str:
    return _(_STAGES[stage])


def offer_state(state: PriceOfferState) -> tuple[str, str]:
    label, colour = _STATES[state]
    return _(label), colour


def coupon_way(way: CouponWay) -> str:
    return _(_WAYS[way])


def benefit_kind(kind: str) -> str:
    return _(_KINDS[kind])
