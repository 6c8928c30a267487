"""Refusals of the people room."""

from jishi.kernel.errors import Kind, Refusal


class BadPhone(Refusal):
    code = "bad_phone"
    message = "手机号不对：请填 11 位手机号，海外号码以 + 和国家代码开头。"


class BadNickname(Refusal):
    code = "bad_nickname"
    message = "昵称要有 1 到 {limit} 个字。"


class CodeWrong(Refusal):
    code = "code_wrong"
    message = "验证码不对或已过期，请重新获取。"


class CodeTooSoon(Refusal):
    kind = Kind.LIMITED
    code = "code_too_soon"
    message = "验证码刚发过，请 {seconds} 秒后再试。"


class TooManyCodes(Refusal):
    kind = Kind.LIMITED
    code = "too_many_codes"
    message = "今天获取验证码的次数太多了，请明天再试。"


class AccountClosed(Refusal):
    kind = Kind.FORBIDDEN
    code = "account_closed"
    message = "这个账号已停用，如有疑问请联系客服。"


class TooManyAddresses(Refusal):
    kind = Kind.CONFLICT
    code = "too_many_addresses"
    message = "最多保存 {limit} 个地址，请先删除不用的。"


class BadScope(Refusal):
    code = "bad_scope"
    message = "没有这个权限范围：{scope}"


class LastOwner(Refusal):
    kind = Kind.CONFLICT
    code = "last_owner"
    message = "店铺至少要有一位店主。"
