"""WeChat Pay v3 through `wechatpayv3`: orders by our intent's id, answers and notices verified, notices decrypted.

`kind` in the account says how the payer pays: `h5` (a browser on a phone), `native` (a code to scan) or `jsapi` (inside
WeChat; the payer's openid must be known). Amounts are fen, CNY only.
"""

import gzip
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.utils import load_private_key

from jishi.kernel import clock
from jishi.modules.payments.errors import BadCallback, BadSignature, ProviderSilent
from jishi.modules.payments.providers.accounts import (
    CALL_SECONDS,
    CALLBACK_BYTES_MAX,
    CONNECT_SECONDS,
    account_of,
    payer,
)
from jishi.modules.payments.providers.bills import BILL_BYTES_MAX, UnreadableBill, read_wechat_bill
from jishi.modules.payments.types import (
    Callback,
    CallbackAnswer,
    Outcome,
    OutcomeKind,
    PaymentView,
    RefundView,
    Started,
    StatementLine,
)

TOLERANCE_SECONDS = 300
REASON_LENGTH_MAX = 80
TITLE_LENGTH_MAX = 127
_TYPES = {"h5": WeChatPayType.H5, "native": WeChatPayType.NATIVE, "jsapi": WeChatPayType.JSAPI}
_STATES = {
    "SUCCESS": OutcomeKind.SUCCEEDED,
    "REFUND": OutcomeKind.SUCCEEDED,  # it was paid, and some of it has gone back since
    "NOTPAY": OutcomeKind.PENDING,
    "USERPAYING": OutcomeKind.PENDING,
    "ACCEPT": OutcomeKind.PENDING,
    "CLOSED": OutcomeKind.CANCELLED,
    "REVOKED": OutcomeKind.CANCELLED,
    "PAYERROR": OutcomeKind.FAILED,
}
_REFUND_STATES = {
    "SUCCESS": OutcomeKind.SUCCEEDED,
    "PROCESSING": OutcomeKind.PENDING,
    "CLOSED": OutcomeKind.FAILED,
    "ABNORMAL": OutcomeKind.FAILED,
}
# Refused for good; everything else that is no success says nothing about the money.
_REFUSED = frozenset(
    {"PARAM_ERROR", "INVALID_REQUEST", "NO_AUTH", "RULE_LIMIT", "NOT_ENOUGH", "USER_ACCOUNT_ABNORMAL"}
)
_NEVER_HEARD = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_NO_BILL = "NO_STATEMENT_EXIST"
Values = dict[str, Any]


class WeChatProvider:
    name = "wechat"
    day_zone = "Asia/Shanghai"
    currencies = frozenset({"CNY"})
    has_late_fees = True
    callback_answer = CallbackAnswer(body='{"code": "SUCCESS", "message": "成功"}')

    def start(
        self, payment: PaymentView, *, title: str, return_url: str, notify_url: str
    ) -> Started | Outcome:
        kind = account_of(self.name).get("kind", "h5")
        more: Values = {"pay_type": _TYPES[kind]}
        who = payer()
        if kind == "h5":
            more["scene_info"] = {
                "payer_client_ip": who.address or "127.0.0.1",
                "h5_info": {"type": "Wap"},
            }
        if kind == "jsapi":
            if not who.open_id:
                return Outcome(kind=OutcomeKind.FAILED, failure="open_id_missing")
            more["payer"] = {"openid": who.open_id}
        status, answer = _call(
            lambda sdk: sdk.pay(
                description=title[:TITLE_LENGTH_MAX],
                out_trade_no=payment.id.hex,
                amount={"total": payment.amount_minor, "currency": payment.currency},
                notify_url=notify_url,
                **more,
            )
        )
        if status != 200:
            return _trouble(status, answer)
        return _started(payment, kind, answer, return_url)

    def ask(self, payment: PaymentView) -> Outcome:
        status, answer = _call(lambda sdk: sdk.query(out_trade_no=payment.id.hex))
        return _of_order(answer) if status == 200 else _trouble(status, answer)

    def cancel(self, payment: PaymentView) -> Outcome:
        """Close the order. A paid one cannot be closed: then asking tells."""
        status, answer = _call(lambda sdk: sdk.close(out_trade_no=payment.id.hex))
        if status == 204:
            return Outcome(kind=OutcomeKind.CANCELLED)
        if answer.get("code") in ("ORDER_PAID", "ORDERPAID", "ORDER_CLOSED", "INVALID_REQUEST"):
            return self.ask(payment)
        return _trouble(status, answer)

    def refund(self, refund: RefundView, *, notify_url: str) -> Outcome:
        status, answer = _call(
            lambda sdk: sdk.refund(
                out_refund_no=refund.id.hex,
                out_trade_no=refund.payment_id.hex,
                amount={
                    "refund": refund.amount_minor,
                    "total": refund.payment_amount_minor,
                    "currency": refund.currency,
                },
                reason=refund.reason[:REASON_LENGTH_MAX],
                notify_url=notify_url,
            )
        )
        return _of_refund(answer) if status == 200 else _trouble(status, answer)

    def ask_refund(self, refund: RefundView) -> Outcome:
        status, answer = _call(lambda sdk: sdk.query_refund(out_refund_no=refund.id.hex))
        return _of_refund(answer) if status == 200 else _trouble(status, answer)

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        """Fresh, signed by the platform, decrypted with our key. Raises BadSignature, BadCallback."""
        if len(body) > CALLBACK_BYTES_MAX:
            raise BadCallback()
        lowered = {name.lower(): value for name, value in headers.items()}
        at = lowered.get("wechatpay-timestamp", "")
        if not at.isdecimal() or abs(int(at) - clock.now().timestamp()) > TOLERANCE_SECONDS:
            raise BadSignature()
        try:
            notice = _sdk().callback(lowered, body)
        except Exception:  # the library raises nothing narrower for what it cannot verify
            raise BadSignature() from None
        if not notice:
            raise BadSignature()
        try:
            return _notice(notice)
        except (KeyError, ValueError, TypeError):
            raise BadCallback() from None

    def statement(self, day: date) -> list[StatementLine]:
        """The trade bill of a day of Beijing, checked by its hash. A day without movements has none."""
        status, answer = _call(lambda sdk: sdk.trade_bill(bill_date=day.isoformat(), tar_type="GZIP"))
        if answer.get("code") == _NO_BILL:
            return []
        if status != 200:
            raise ProviderSilent()
        content = _download(str(answer["download_url"]))
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        if answer["hash_type"] != "SHA1" or digest != str(answer["hash_value"]).lower():
            raise ProviderSilent()
        try:
            return read_wechat_bill(content.decode())
        except (UnreadableBill, ValueError, KeyError):
            raise ProviderSilent() from None


def bridge_of(payment: PaymentView) -> dict[str, str] | None:
    """For a payment that waits inside WeChat: what its browser is called with."""
    place = urlsplit(payment.pay_url)
    if payment.provider != WeChatProvider.name or not place.path.endswith("/jsapi/"):
        return None
    return bridge_parameters(parse_qs(place.query)["code"][0])


def bridge_parameters(prepay_id: str) -> dict[str, str]:
    """What WeChat's own browser needs to show the cashier, signed with our key."""
    account = account_of(WeChatProvider.name)
    at, nonce = str(int(clock.now().timestamp())), uuid.uuid4().hex
    package = f"prepay_id={prepay_id}"
    signature = _sdk().sign([account["app_id"], at, nonce, package])
    return {
        "appId": account["app_id"],
        "timeStamp": at,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": signature,
    }


def _sdk() -> Any:
    return _built(tuple(sorted(account_of(WeChatProvider.name).items())))


@lru_cache(maxsize=4)
def _built(account: tuple[tuple[str, str], ...]) -> Any:
    given = dict(account)
    return _PointableWeChatPay(
        wechatpay_type=_TYPES[given.get("kind", "h5")],
        mchid=given["merchant_id"],
        private_key=given["private_key"],
        cert_serial_no=given["certificate_serial"],
        appid=given["app_id"],
        apiv3_key=given["api_key"],
        public_key=given.get("public_key"),
        public_key_id=given.get("public_key_id"),
        timeout=(CONNECT_SECONDS, CALL_SECONDS),
        gateway=given.get("base_url", ""),
    )


class _PointableWeChatPay(WeChatPay):  # type: ignore[misc]
    """The library has no option for the address of the service, and asks it for certificates while it is being made."""

    def __init__(self, *, gateway: str, public_key: str | None, **options: Any) -> None:
        key_id = options.pop("public_key_id")
        unused = None if public_key else _own_public_key(options["private_key"])
        super().__init__(public_key=public_key or unused, public_key_id=key_id or "none", **options)
        if gateway:
            self._core._gate_way = gateway
        if unused:
            self._core._public_key = self._core._public_key_id = None
            self._core._init_certificates()


def _own_public_key(private_key: str) -> str:
    """Any key will do until the platform's certificates are here."""
    key = load_private_key(private_key).public_key()
    return str(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def _call(act: Callable[[Any], tuple[int, Any]]) -> tuple[int, Values]:
    """(status, values); status 0 for silence and for an answer that is not signed by the platform."""
    try:
        status, message = act(_sdk())
    except Exception:  # the library raises nothing narrower, and the network much
        return 0, {}
    try:
        found = json.loads(message) if message else {}
    except ValueError:
        return 0, {}
    return status, found if isinstance(found, dict) else {}


def _download(url: str) -> bytes:
    try:
        status, content = _sdk().download_bill(url)
        if status != 200 or not isinstance(content, bytes) or len(content) > BILL_BYTES_MAX:
            raise ProviderSilent()
        return gzip.decompress(content)
    except ProviderSilent:
        raise
    except Exception:  # as above
        raise ProviderSilent() from None


def _trouble(status: int, answer: Values) -> Outcome:
    code = str(answer.get("code", ""))
    if code in _NEVER_HEARD:
        return Outcome(kind=OutcomeKind.NOT_FOUND)
    if 400 <= status < 500 and code in _REFUSED:
        return Outcome(kind=OutcomeKind.FAILED, failure=code.lower())
    return Outcome(kind=OutcomeKind.UNKNOWN, failure=(code or "no_answer").lower())


def _started(payment: PaymentView, kind: str, answer: Values, return_url: str) -> Started | Outcome:
    try:
        if kind == "h5":
            back = urlencode({"redirect_url": return_url})
            return Started(reference="", pay_url=f"{answer['h5_url']}&{back}")
        code = str(answer["code_url"] if kind == "native" else answer["prepay_id"])
    except KeyError:
        return Outcome(kind=OutcomeKind.UNKNOWN, failure="no_answer")
    # A code to scan and a call inside WeChat are shown on a page of our own, beside the return page.
    return Started(reference="", pay_url=f"{return_url}{kind}/?{urlencode({'code': code})}")


def _of_order(order: Values) -> Outcome:
    kind = _STATES.get(str(order.get("trade_state")), OutcomeKind.UNKNOWN)
    amount = order.get("amount") or {}
    return Outcome(
        kind=kind,
        reference=str(order.get("transaction_id") or ""),
        amount_minor=int(amount.get("total") or 0),
        currency=str(amount.get("currency") or "CNY"),
        failure=str(order.get("trade_state_desc") or "")[:80] if kind is OutcomeKind.FAILED else "",
        at=_instant(order.get("success_time")),
    )


def _of_refund(refund: Values) -> Outcome:
    status = str(refund.get("status") or refund.get("refund_status"))
    amount = refund.get("amount") or {}
    kind = _REFUND_STATES.get(status, OutcomeKind.UNKNOWN)
    return Outcome(
        kind=kind,
        reference=str(refund.get("refund_id") or ""),
        amount_minor=int(amount.get("refund") or 0),
        currency=str(amount.get("currency") or "CNY"),
        failure=status.lower() if kind is OutcomeKind.FAILED else "",
        at=_instant(refund.get("success_time")),
    )


def _notice(notice: Values) -> Callback:
    about, _, _ = str(notice["event_type"]).partition(".")
    resource = notice["resource"]
    if str(resource.get("mchid")) != account_of(WeChatProvider.name)["merchant_id"]:
        raise ValueError("of another merchant")
    is_refund = about == "REFUND"
    if not is_refund and about != "TRANSACTION":
        raise ValueError(about)
    return Callback(
        event_id=str(notice["id"])[:120],
        about="refund" if is_refund else "payment",
        intent_id=uuid.UUID(str(resource["out_refund_no" if is_refund else "out_trade_no"])),
        outcome=_of_refund(resource) if is_refund else _of_order(resource),
    )


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(str(value)).astimezone(UTC) if value else None
