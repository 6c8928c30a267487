"""Refusals of payments."""

from jishi.kernel.errors import Kind, Refusal


class UnknownProvider(Refusal):
    code = "unknown_provider"
    message = "没有这种付款方式。"


class CurrencyNotTaken(Refusal):
    """The provider does not take the currency of the order."""

    kind = Kind.CONFLICT
    code = "currency_not_taken"
    message = "这种付款方式不支持当前货币。"


class RefundTooLarge(Refusal):
    kind = Kind.CONFLICT
    code = "refund_too_large"
    message = "退款金额超过了可退的部分。"


class BadSignature(Refusal):
    """A callback that we cannot trust: nothing is read from it, nothing is changed by it."""

    kind = Kind.UNAUTHENTICATED
    code = "bad_signature"
    message = "签名无效。"


class BadCallback(Refusal):
    code = "bad_callback"
    message = "回调内容无法识别。"


class ProviderSilent(Refusal):
    kind = Kind.UNAVAILABLE
    code = "provider_silent"
    message = "支付渠道暂时没有回应，请稍后再试；如果已经付款，我们会自动确认，不会重复扣款。"
