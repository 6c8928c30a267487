"""Refusals of carts and orders."""

from jishi.kernel.errors import Kind, Refusal


class CartEmpty(Refusal):
    kind = Kind.CONFLICT
    code = "cart_empty"
    message = "购物车里没有选中的商品。"


class CartFull(Refusal):
    kind = Kind.CONFLICT
    code = "cart_full"
    message = "购物车最多放 {limit} 种商品，请先结算或删除一些。"


class BadQuantity(Refusal):
    code = "bad_quantity"
    message = "数量要在 1 到 {limit} 之间。"


class TotalChanged(Refusal):
    """The price moved between looking and ordering; nothing was ordered."""

    kind = Kind.CONFLICT
    code = "total_changed"
    message = "金额有变化：现在合计 {now}，请确认后再下单。"


class AddressNeeded(Refusal):
    code = "address_needed"
    message = "请先选择收货地址。"


class RegionRefused(Refusal):
    kind = Kind.CONFLICT
    code = "region_refused"
    message = "这个地区暂时送不到，请换一个地址。"


class NotPayable(Refusal):
    kind = Kind.CONFLICT
    code = "not_payable"
    message = "这个订单现在不能付款。"


class NotShippable(Refusal):
    kind = Kind.CONFLICT
    code = "not_shippable"
    message = "这个订单现在不能发货：要已付款，拼团订单还要成团。"


class TooManyUnits(Refusal):
    kind = Kind.CONFLICT
    code = "too_many_units"
    message = "数量太多了，最多还有 {left} 件。"


class NothingToRefund(Refusal):
    kind = Kind.CONFLICT
    code = "nothing_to_refund"
    message = "没有可以退的部分。"


class ParcelNeeded(Refusal):
    code = "parcel_needed"
    message = "请填写快递公司和运单号。"


class TeamStillForming(Refusal):
    kind = Kind.CONFLICT
    code = "team_still_forming"
    message = "拼团还在进行中，现在不能取消；到时没成团会自动全额退款。"
