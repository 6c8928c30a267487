"""WeChat Pay v3 as documented: signed requests, signed answers, certificates and notices encrypted with the API key."""

import base64
import gzip
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.world.provider_server import Answer, Back, Books, Trade, key_pair

MERCHANT, APP, API_KEY = "1900000001", "wx1234567890abcdef", "0123456789abcdef0123456789abcdef"
MERCHANT_KEY, MERCHANT_PRIVATE, _ = key_pair()
PLATFORM_KEY, _, PLATFORM_PUBLIC = key_pair()
MERCHANT_SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
BEIJING = ZoneInfo("Asia/Shanghai")
HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def _certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(PLATFORM_KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(PLATFORM_KEY, hashes.SHA256())
    )


PLATFORM_CERTIFICATE = _certificate()
PLATFORM_SERIAL = f"{PLATFORM_CERTIFICATE.serial_number:X}"


def account(url: str, **more: str) -> dict[str, str]:
    """The merchant's settings; without a public key the platform's certificates are asked for."""
    return {
        "app_id": APP,
        "merchant_id": MERCHANT,
        "api_key": API_KEY,
        "private_key": MERCHANT_PRIVATE,
        "certificate_serial": MERCHANT_SERIAL,
        "base_url": url,
        **more,
    }


@dataclass
class WeChatDesk:
    books: Books = field(default_factory=Books)
    statement_day: str = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        place = urlsplit(path).path
        self.books.calls.append(f"{method} {place}")
        if not _is_merchants(method, path, headers, body):
            return self._say(401, {"code": "SIGN_ERROR", "message": "签名错误"})
        asked = json.loads(body) if body else {}
        for pattern, act in (
            (r"GET /v3/certificates", lambda _: self._certificates()),
            (r"POST /v3/pay/transactions/(h5|native|jsapi)", lambda m: self._order(m[1], asked)),
            (r"GET /v3/pay/transactions/out-trade-no/(\w+)", lambda m: self._query(m[1])),
            (r"POST /v3/pay/transactions/out-trade-no/(\w+)/close", lambda m: self._close(m[1])),
            (r"POST /v3/refund/domestic/refunds", lambda _: self._refund(asked)),
            (r"GET /v3/refund/domestic/refunds/(\w+)", lambda m: self._query_refund(m[1])),
            (r"GET /v3/bill/tradebill", lambda _: self._bill(parse_qs(urlsplit(path).query))),
            (r"GET /v3/billdownload/file", lambda _: (200, {}, gzip.compress(self._file()))),
        ):
            if match := re.fullmatch(pattern, f"{method} {place}"):
                return act(match)
        return self._say(404, {"code": "NOT_FOUND"})

    def notice(self, ours: str, *, age_seconds: int = 0, event_id: str = "") -> tuple[dict[str, str], bytes]:
        """The encrypted, signed notice of a payment or a refund, as it would come in now."""
        is_refund = ours in self.books.refunds
        resource = self._refund_words(ours) if is_refund else self._order_words(ours)
        kind = "refund" if is_refund else "transaction"
        if is_refund:
            resource["refund_status"] = resource.pop("status")
        state = "SUCCESS" if is_refund or resource["trade_state"] == "SUCCESS" else resource["trade_state"]
        nonce = secrets.token_hex(6)
        cipher = AESGCM(API_KEY.encode()).encrypt(
            nonce.encode(), json.dumps(resource, ensure_ascii=False).encode(), kind.encode()
        )
        body = json.dumps(
            {
                "id": event_id or secrets.token_hex(16),
                "create_time": datetime.now(BEIJING).isoformat(timespec="seconds"),
                "resource_type": "encrypt-resource",
                "event_type": f"{kind.upper()}.{state}",
                "summary": "支付成功",
                "resource": {
                    "original_type": kind,
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": base64.b64encode(cipher).decode(),
                    "associated_data": kind,
                    "nonce": nonce,
                },
            },
            ensure_ascii=False,
        ).encode()
        return self._signed(body, age_seconds=age_seconds), body

    def _certificates(self) -> Answer:
        nonce = secrets.token_hex(6)
        cipher = AESGCM(API_KEY.encode()).encrypt(
            nonce.encode(), PLATFORM_CERTIFICATE.public_bytes(Encoding.PEM), b"certificate"
        )
        sealed = {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": "certificate",
            "ciphertext": base64.b64encode(cipher).decode(),
        }
        row = {
            "serial_no": PLATFORM_SERIAL,
            "effective_time": "2026-01-01T00:00:00+08:00",
            "expire_time": "2030-01-01T00:00:00+08:00",
            "encrypt_certificate": sealed,
        }
        return self._say(200, {"data": [row]})

    def _order(self, kind: str, asked: dict[str, Any]) -> Answer:
        if asked["amount"]["currency"] != "CNY" or asked["mchid"] != MERCHANT or not asked["notify_url"]:
            return self._say(400, {"code": "PARAM_ERROR", "message": "参数错误"})
        if kind == "h5" and not asked["scene_info"]["payer_client_ip"]:
            return self._say(400, {"code": "PARAM_ERROR", "message": "缺少终端 IP"})
        ours, total = asked["out_trade_no"], asked["amount"]["total"]
        known = self.books.trades.get(ours)
        if known and known.amount != total:
            return self._say(400, {"code": "INVALID_REQUEST", "message": "201 商户订单号重复"})
        if known and known.state != "open":
            code = "ORDERPAID" if known.paid_at else "ORDER_CLOSED"
            return self._say(400, {"code": code, "message": "订单状态不对"})
        self.books.trades.setdefault(
            ours,
            Trade(f"4200{secrets.randbelow(10**24):024d}", ours, total, "CNY", title=asked["description"]),
        )
        said = {
            "h5": {"h5_url": f"{self.books.url}/cashier?prepay_id=wx{ours}"},
            "native": {"code_url": f"weixin://wxpay/bizpayurl?pr={ours[:8]}"},
            "jsapi": {"prepay_id": f"wx{ours}"},
        }
        return self._say(200, said[kind])

    def _query(self, ours: str) -> Answer:
        if ours not in self.books.trades:
            return self._say(404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})
        return self._say(200, self._order_words(ours))

    def _close(self, ours: str) -> Answer:
        trade = self.books.trades.get(ours)
        if trade is None:
            return self._say(404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})
        if trade.paid_at:
            return self._say(400, {"code": "ORDERPAID", "message": "订单已支付"})
        trade.state = "closed"
        return 204, self._signed(b""), b""

    def _refund(self, asked: dict[str, Any]) -> Answer:
        trade = self.books.trades.get(asked["out_trade_no"])
        ours, amount = asked["out_refund_no"], asked["amount"]
        if trade is None or not trade.paid_at or amount["total"] != trade.amount:
            return self._say(400, {"code": "INVALID_REQUEST", "message": "订单金额不一致"})
        if ours not in self.books.refunds:
            back = sum(one.amount for one in self.books.refunds.values() if one.of == trade.ours)
            if back + amount["refund"] > trade.amount:
                return self._say(400, {"code": "NOT_ENOUGH", "message": "可退金额不足"})
            fee_back = trade.fee * amount["refund"] // trade.amount
            number = f"5030{secrets.randbelow(10**24):024d}"
            self.books.refunds[ours] = Back(
                number, ours, trade.ours, amount["refund"], state="processing", fee_back=fee_back
            )
        return self._say(200, self._refund_words(ours))

    def _query_refund(self, ours: str) -> Answer:
        if ours not in self.books.refunds:
            return self._say(404, {"code": "RESOURCE_NOT_EXISTS", "message": "退款单不存在"})
        return self._say(200, self._refund_words(ours))

    def _order_words(self, ours: str) -> dict[str, Any]:
        trade = self.books.trades[ours]
        back = any(one.of == ours for one in self.books.refunds.values())
        state = {"open": "NOTPAY", "closed": "CLOSED", "paid": "REFUND" if back else "SUCCESS"}[trade.state]
        words: dict[str, Any] = {
            "appid": APP,
            "mchid": MERCHANT,
            "out_trade_no": ours,
            "trade_state": state,
            "trade_state_desc": state,
            "amount": {"total": trade.amount + self.books.faults.wrong_amount, "currency": "CNY"},
        }
        if trade.paid_at:
            words |= {
                "transaction_id": trade.number,
                "trade_type": "MWEB",
                "success_time": trade.paid_at.astimezone(BEIJING).isoformat(timespec="seconds"),
            }
        return words

    def _refund_words(self, ours: str) -> dict[str, Any]:
        back = self.books.refunds[ours]
        amount = {"total": self.books.trades[back.of].amount, "refund": back.amount, "currency": "CNY"}
        return {
            "mchid": MERCHANT,
            "refund_id": back.number,
            "out_refund_no": ours,
            "out_trade_no": back.of,
            "status": {"processing": "PROCESSING", "done": "SUCCESS", "abnormal": "ABNORMAL"}[back.state],
            "amount": amount,
        }

    def _bill(self, asked: dict[str, list[str]]) -> Answer:
        if not self.books.trades:
            return self._say(400, {"code": "NO_STATEMENT_EXIST", "message": "账单文件不存在"})
        content = self._file()
        digest = hashlib.sha1(content).hexdigest()
        if self.books.faults.damaged_statement:
            digest = digest[::-1]
        self.statement_day = asked["bill_date"][0]
        url = f"{self.books.url}/v3/billdownload/file?token=abc"
        return self._say(200, {"hash_type": "SHA1", "hash_value": digest, "download_url": url})

    def _file(self) -> bytes:
        rows = [_bill_row(trade, None) for trade in self.books.trades.values() if trade.paid_at]
        rows += [_bill_row(self.books.trades[one.of], one) for one in self.books.refunds.values()]
        sums = ",".join("`" + value for value in (str(len(rows)), "0", "0", "0", "0", "0", "0"))
        return ("\ufeff" + "\r\n".join([HEAD, *rows, SUMS, sums]) + "\r\n").encode()

    def _say(self, status: int, words: dict[str, Any]) -> Answer:
        body = json.dumps(words, ensure_ascii=False).encode()
        return status, self._signed(body), body

    def _signed(self, body: bytes, *, age_seconds: int = 0) -> dict[str, str]:
        at = str(int(datetime.now(UTC).timestamp()) - age_seconds)
        nonce = secrets.token_hex(16)
        told = b"forged" if self.books.faults.bad_signature else body
        signature = PLATFORM_KEY.sign(f"{at}\n{nonce}\n".encode() + told + b"\n", PKCS1v15(), hashes.SHA256())
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Wechatpay-Timestamp": at,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": PLATFORM_SERIAL,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }


def _is_merchants(method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
    scheme, _, fields = headers.get("authorization", "").partition(" ")
    found = dict(re.findall(r'(\w+)="([^"]*)"', fields))
    if scheme != "WECHATPAY2-SHA256-RSA2048" or found.get("serial_no") != MERCHANT_SERIAL:
        return False
    told = f"{method}\n{path}\n{found['timestamp']}\n{found['nonce_str']}\n".encode() + body + b"\n"
    try:
        MERCHANT_KEY.public_key().verify(
            base64.b64decode(found["signature"]), told, PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature:
        return False
    return True


def _bill_row(trade: Trade, back: Back | None) -> str:
    at = (back.at if back else trade.paid_at or trade.made_at).astimezone(BEIJING)
    fee = -back.fee_back if back else trade.fee
    values = [
        *(f"{at:%Y-%m-%d %H:%M:%S}", APP, MERCHANT, "0", "", trade.number, trade.ours, "openid", "MWEB"),
        *("REFUND" if back else "SUCCESS", "OTHERS", "CNY", "0.00" if back else _yuan(trade.amount), "0.00"),
        *(back.number if back else "0", back.ours if back else "0", _yuan(back.amount) if back else "0.00"),
        *(
            "0.00",
            "ORIGINAL" if back else "",
            "SUCCESS" if back else "",
            trade.title,
            "",
            _yuan(fee),
            "0.60%",
        ),
        *("0.00" if back else _yuan(trade.amount), _yuan(back.amount) if back else "0.00", ""),
    ]
    return ",".join("`" + value for value in values)


def _yuan(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"
