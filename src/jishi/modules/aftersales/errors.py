"""Refusals of after-sales."""

from jishi.kernel.errors import Kind, Refusal


class CannotAsk(Refusal):
    kind = Kind.CONFLICT
    code = "cannot_ask"
    message = "这个订单现在不能申请这种售后。"


class TooLate(Refusal):
    kind = Kind.CONFLICT
    code = "aftersales_too_late"
    message = "过了申请期限：收货后 {days} 天内可以申请。"


class ReasonUnknown(Refusal):
    code = "reason_unknown"
    message = "请选择一个原因。"


class NothingAsked(Refusal):
    code = "nothing_asked"
    message = "请选择要售后的商品和件数。"


class UnitsTaken(Refusal):
    kind = Kind.CONFLICT
    code = "units_taken"
    message = "这件商品最多还能申请 {left} 件，其余的已退或正在售后中。"


class TooMuchAsked(Refusal):
    kind = Kind.CONFLICT
    code = "too_much_asked"
    message = "最多能退 {most}。"


class PicturesNeeded(Refusal):
    code = "pictures_needed"
    message = "请至少上传一张照片，好让商家看清问题。"


class TooManyPictures(Refusal):
    code = "too_many_pictures"
    message = "最多 {limit} 张照片。"


class WordsNeeded(Refusal):
    code = "words_needed"
    message = "请写明理由，{limit} 字以内。"


class ReturnParcelNeeded(Refusal):
    code = "return_parcel_needed"
    message = "请填写快递公司和运单号。"


class TooManyMessages(Refusal):
    kind = Kind.LIMITED
    code = "too_many_messages"
    message = "这个售后单的留言已满，请联系客服。"


class GoodsCountWrong(Refusal):
    code = "goods_count_wrong"
    message = "入库和报损的件数加起来不能超过退回的件数。"
