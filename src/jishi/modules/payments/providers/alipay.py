"""Alipay through `python-alipay-sdk`: the web cashier for phones and desktops, RSA2 both ways. CNY only, in yuan.

The cashier's address is a signed request that the browser carries; Alipay hears of a trade only when the payer opens it.
Refunds are told by the answer; a notice of one says that it happened, not how much of it was ours.
"""

import urllib.error
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from http.client import HTTPException
from typing import Any
from urllib.parse import parse_qsl

import httpx
from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from alipay.utils import AliPayConfig

from jishi.kernel import clock
from jishi.modules.payments.errors import BadCallback, BadSignature, ProviderSilent
from jishi.modules.payments.providers.accounts import CALL_SECONDS, CALLBACK_BYTES_MAX, account_of
from jishi.modules.payments.providers.bills import (
    BEIJING,
    UnreadableBill,
    fen_of,
    instant_of,
    read_alipay_bill,
    yuan_of,
)
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

GATEWAY = "https://openapi.alipay.com/gateway.do"
NOTICE_HOURS_MAX = 26  # Alipay repeats a notice for 25 hours
TITLE_LENGTH_MAX = 120
PAYABLE_HOURS = 2
_PAGES = {
    "wap": ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    "page": ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
}
_STATES = {
    "WAIT_BUYER_PAY": OutcomeKind.PENDING,
    "TRADE_SUCCESS": OutcomeKind.SUCCEEDED,
    "TRADE_FINISHED": OutcomeKind.SUCCEEDED,
    "TRADE_CLOSED": OutcomeKind.CANCELLED,
}
_NEVER_HEARD = frozenset({"ACQ.TRADE_NOT_EXIST", "ACQ.REFUND_NOT_EXIST"})
_SAYS_NOTHING = frozenset(
    {"ACQ.SYSTEM_ERROR", "AOP.ACQ.SYSTEM_ERROR", "isp.unknow-error", "aop.unknow-error"}
)
_NO_BILL = ("BILL_NOT_EXIST", "NO_BILL_DATA")
Values = Mapping[str, Any]


class AlipayProvider:
    name = "alipay"
    day_zone = "Asia/Shanghai"
    currencies = frozenset({"CNY"})
    has_late_fees = True
    callback_answer = CallbackAnswer(body="success", content_type="text/plain")

    def start(
        self, payment: PaymentView, *, title: str, return_url: str, notify_url: str
    ) -> Started | Outcome:
        """The signed address of the cashier; nothing is called, so nothing can be lost here."""
        method, product = _PAGES[account_of(self.name).get("kind", "wap")]
        content = {
            "subject": title[:TITLE_LENGTH_MAX],
            "out_trade_no": payment.id.hex,
            "total_amount": yuan_of(payment.amount_minor),
            "product_code": product,
            "time_expire": _words(payment.created_at + timedelta(hours=PAYABLE_HOURS)),
        }
        signed = _sdk().client_api(
            method, content, return_url=return_url, notify_url=notify_url, timestamp=_now()
        )
        return Started(reference="", pay_url=f"{_gateway()}?{signed}")

    def ask(self, payment: PaymentView) -> Outcome:
        answer = _call("alipay.trade.query", {"out_trade_no": payment.id.hex})
        return _of_trade(answer) if _is_good(answer) else _trouble(answer)

    def cancel(self, payment: PaymentView) -> Outcome:
        """Close the trade. One that nobody has opened cannot be found; it can be paid as long as its address lives,
        so whoever pays it later finds an order that takes the money or sends it back."""
        answer = _call("alipay.trade.close", {"out_trade_no": payment.id.hex})
        if _is_good(answer):
            return Outcome(kind=OutcomeKind.CANCELLED)
        if answer and answer.get("sub_code") in _NEVER_HEARD:
            return Outcome(kind=OutcomeKind.CANCELLED)
        return self.ask(payment) if answer else _trouble(answer)

    def refund(self, refund: RefundView, *, notify_url: str) -> Outcome:
        del notify_url  # notices of refunds go to the address of the trade
        content = {
            "out_trade_no": refund.payment_id.hex,
            "refund_amount": yuan_of(refund.amount_minor),
            "out_request_no": refund.id.hex,
            "refund_reason": refund.reason,
        }
        answer = _call("alipay.trade.refund", content)
        if not _is_good(answer):
            return _trouble(answer)
        assert answer is not None
        if answer.get("fund_change") == "Y":
            return _refunded(refund, str(answer.get("trade_no", "")))
        return self.ask_refund(refund)  # "N" is the answer to a repeated request: asking tells what it was

    def ask_refund(self, refund: RefundView) -> Outcome:
        content = {"out_trade_no": refund.payment_id.hex, "out_request_no": refund.id.hex}
        answer = _call("alipay.trade.fastpay.refund.query", content)
        if not _is_good(answer):
            return _trouble(answer)
        assert answer is not None
        if "refund_amount" not in answer:  # success without a refund in it: there is none
            return Outcome(kind=OutcomeKind.NOT_FOUND)
        if answer.get("refund_status", "REFUND_SUCCESS") != "REFUND_SUCCESS":
            return Outcome(kind=OutcomeKind.PENDING)
        return Outcome(
            kind=OutcomeKind.SUCCEEDED,
            reference=str(answer.get("trade_no", "")),
            amount_minor=fen_of(str(answer["refund_amount"])),
            currency="CNY",
        )

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        """A form signed by Alipay, for our application. Raises BadSignature, BadCallback."""
        del headers
        if len(body) > CALLBACK_BYTES_MAX:
            raise BadCallback()
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
            signature = form.pop("sign")
            is_signed = _sdk().verify(dict(form), signature)
        except (ValueError, KeyError, TypeError, AliPayException):
            raise BadSignature() from None
        if not is_signed or not _is_fresh(form):
            raise BadSignature()
        try:
            return _notice(form)
        except (ValueError, KeyError):
            raise BadCallback() from None

    def statement(self, day: date) -> list[StatementLine]:
        """The trade bill of a day of Beijing: an address that lives for thirty seconds, behind it a zip of CSV in GBK."""
        answer = _call(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": "trade", "bill_date": day.isoformat()},
        )
        if answer is None:
            raise ProviderSilent()
        if any(code in str(answer.get("sub_code", "")).upper() for code in _NO_BILL):
            return []
        if not _is_good(answer):
            raise ProviderSilent()
        try:
            response = httpx.get(str(answer["bill_download_url"]), timeout=CALL_SECONDS * 4)
            response.raise_for_status()
            return read_alipay_bill(response.content)
        except (httpx.HTTPError, UnreadableBill, ValueError, KeyError):
            raise ProviderSilent() from None


def _gateway() -> str:
    return account_of(AlipayProvider.name).get("base_url") or GATEWAY


def _sdk() -> Any:
    account = account_of(AlipayProvider.name)
    return _built(account["app_id"], account["private_key"], account["alipay_public_key"], _gateway())


@lru_cache(maxsize=4)
def _built(app_id: str, private_key: str, public_key: str, gateway: str) -> Any:
    sdk = AliPay(
        appid=app_id,
        app_private_key_string=private_key,
        alipay_public_key_string=public_key,
        sign_type="RSA2",
        config=AliPayConfig(timeout=CALL_SECONDS),
    )
    sdk._gateway = gateway  # the library knows only two addresses
    return sdk


def _call(method: str, content: dict[str, str]) -> Values | None:
    """The verified answer; None for silence, nonsense and an answer that Alipay has not signed."""
    try:
        found = _sdk().server_api(method, content, timestamp=_now())
    except (
        OSError,
        urllib.error.URLError,
        HTTPException,
        ValueError,
        AliPayException,
        AliPayValidationError,
    ):
        return None
    return found if isinstance(found, dict) else None


def _now() -> str:
    return _words(clock.now())


def _words(instant: datetime) -> str:
    return instant.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _is_good(answer: Values | None) -> bool:
    return answer is not None and answer.get("code") == "10000"


def _trouble(answer: Values | None) -> Outcome:
    """40004 is a no of the business; the rest (20000 unavailable, no answer) says nothing about the money."""
    if answer is None:
        return Outcome(kind=OutcomeKind.UNKNOWN, failure="no_answer")
    sub_code = str(answer.get("sub_code", ""))
    if sub_code in _NEVER_HEARD:
        return Outcome(kind=OutcomeKind.NOT_FOUND)
    if answer.get("code") == "40004" and sub_code not in _SAYS_NOTHING:
        return Outcome(kind=OutcomeKind.FAILED, failure=sub_code.lower()[:80])
    return Outcome(kind=OutcomeKind.UNKNOWN, failure=(sub_code or str(answer.get("code", ""))).lower()[:80])


def _of_trade(trade: Values | None) -> Outcome:
    assert trade is not None
    kind = _STATES.get(str(trade.get("trade_status")), OutcomeKind.UNKNOWN)
    if kind is OutcomeKind.CANCELLED and trade.get("send_pay_date"):
        kind = OutcomeKind.SUCCEEDED  # closed because all of it went back: it had been paid
    return Outcome(
        kind=kind,
        reference=str(trade.get("trade_no", "")),
        amount_minor=fen_of(str(trade.get("total_amount", "0"))),
        currency="CNY",
        at=_instant(trade.get("send_pay_date") or trade.get("gmt_payment")),
    )


def _refunded(refund: RefundView, trade_no: str) -> Outcome:
    """The answer tells the sum of all refunds of the trade; ours is the one we asked for, done."""
    return Outcome(
        kind=OutcomeKind.SUCCEEDED,
        reference=trade_no,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
    )


def _notice(form: dict[str, str]) -> Callback:
    if form["app_id"] != account_of(AlipayProvider.name)["app_id"]:
        raise ValueError("of another application")
    if form.get("gmt_refund"):
        return Callback(
            event_id=form["notify_id"][:120],
            about="refund",
            intent_id=uuid.UUID(form["out_biz_no"]),
            outcome=Outcome(kind=OutcomeKind.SUCCEEDED, reference=form["trade_no"]),
        )
    return Callback(
        event_id=form["notify_id"][:120],
        about="payment",
        intent_id=uuid.UUID(form["out_trade_no"]),
        outcome=_of_trade(form),
    )


def _is_fresh(form: dict[str, str]) -> bool:
    at = _instant(form.get("notify_time"))
    if at is None:
        return False
    return abs(clock.now().astimezone(UTC) - at) <= timedelta(hours=NOTICE_HOURS_MAX)


def _instant(text: Any) -> datetime | None:
    try:
        return instant_of(str(text)) if text else None
    except ValueError:
        return None
