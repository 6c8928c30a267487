"""Refusals of offers and coupons."""

from jishi.kernel.errors import Kind, Refusal


class BadOffer(Refusal):
    """A field of an offer or a batch of coupons is wrong; `reason` says what to do."""

    kind = Kind.INVALID
    code = "bad_offer"
    message = "{reason}"


class OfferChanged(Refusal):
    kind = Kind.CONFLICT
    code = "offer_changed"
    message = "这条优惠刚刚被别人改过，请看一下现在的样子再改。"


class CouponUnknown(Refusal):
    kind = Kind.MISSING
    code = "coupon_unknown"
    message = "没有这个券码，请检查有没有输错。"


class CouponSpent(Refusal):
    kind = Kind.CONFLICT
    code = "coupon_spent"
    message = "这个券码已经用过了。"


class CouponNotUsable(Refusal):
    """It was used, has expired, or is in another order that waits for payment."""

    kind = Kind.CONFLICT
    code = "coupon_not_usable"
    message = "这张券现在用不了：已经用过、过期，或在另一笔待付款的订单里。"


class CouponsOver(Refusal):
    kind = Kind.CONFLICT
    code = "coupons_over"
    message = "现在不能领这张券：还没开始，或者已经结束。"


class CouponNotForYou(Refusal):
    kind = Kind.FORBIDDEN
    code = "coupon_not_for_you"
    message = "这张券不是给你的：{reason}"


class OfferLimitReached(Refusal):
    kind = Kind.CONFLICT
    code = "offer_limit_reached"
    message = "这个优惠你已经用满次数了，价格会有变化，请再看一眼。"
