"""Refusals of the inventory."""

from jishi.kernel.errors import Kind, Refusal


class OutOfStock(Refusal):
    """`variant_id`, `wanted`, `sellable` of the first line that cannot be had; `lines` has all of them."""

    kind = Kind.CONFLICT
    code = "out_of_stock"
    message = "库存不足：想要 {wanted} 件，现在只有 {sellable} 件。"


class HoldMismatch(Refusal):
    kind = Kind.CONFLICT
    code = "hold_mismatch"
    message = "这个预占编号已经用于另一笔预占。"


class HoldsMissing(Refusal):
    """There is less held for this cause than was asked for."""

    kind = Kind.CONFLICT
    code = "holds_missing"
    message = "没有足够的预占库存：需要 {wanted} 件，预占了 {held} 件。"


class BelowHeld(Refusal):
    kind = Kind.CONFLICT
    code = "below_held"
    message = "已有 {held} 件被订单预占，不能减到 {wanted} 件。"


class LevelMissing(Refusal):
    kind = Kind.MISSING
    code = "stock_level_missing"
    message = "这个仓库里没有这个规格的库存记录。"


class LocationMissing(Refusal):
    kind = Kind.MISSING
    code = "location_missing"
    message = "没有找到这个仓库。"


class LocationCodeTaken(Refusal):
    kind = Kind.CONFLICT
    code = "location_code_taken"
    message = "仓库编号 {code} 已经使用。"


class QuantityInvalid(Refusal):
    code = "quantity_invalid"
    message = "数量不对：{quantity}。"


class MovementKeyReused(Refusal):
    kind = Kind.CONFLICT
    code = "movement_key_reused"
    message = "这个幂等键已经用于另一笔库存流水。"
