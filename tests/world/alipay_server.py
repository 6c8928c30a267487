"""Alipay's gateway as documented: RSA2 over the sorted request, answers signed as they stand, notices as forms."""

import base64
import io
import json
import secrets
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from tests.world.provider_server import Answer, Back, Books, Trade, key_pair

APP = "2021000000000001"
APP_KEY, APP_PRIVATE, _ = key_pair()
ALIPAY_KEY, _, ALIPAY_PUBLIC = key_pair()
BEIJING = ZoneInfo("Asia/Shanghai")
HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def account(url: str, **more: str) -> dict[str, str]:
    return {
        "app_id": APP,
        "private_key": APP_PRIVATE,
        "alipay_public_key": ALIPAY_PUBLIC,
        "base_url": f"{url}/gateway.do",
        **more,
    }


@dataclass
class AlipayDesk:
    books: Books = field(default_factory=Books)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if urlsplit(path).path == "/bill.zip":
            return 200, {"Content-Type": "application/zip"}, self._zip()
        form = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
        name = form.get("method", "")
        self.books.calls.append(name)
        if not _is_applications(form):
            return self._say(name, {"code": "40002", "msg": "Invalid", "sub_code": "isv.invalid-signature"})
        asked = json.loads(form["biz_content"])
        acts = {
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._query_refund,
            "alipay.data.dataservice.bill.downloadurl.query": self._bill,
        }
        return self._say(name, acts[name](asked))

    def open_cashier(self, address: str) -> str:
        """The payer's browser opens the signed address: only now does the trade exist. Returns our number."""
        form = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        assert _is_applications(form), "the address is not signed by the application"
        asked = json.loads(form["biz_content"])
        ours, (units, cents) = asked["out_trade_no"], asked["total_amount"].split(".")
        assert form["method"] in ("alipay.trade.wap.pay", "alipay.trade.page.pay") and len(cents) == 2
        number = f"2026{secrets.randbelow(10**24):024d}"
        self.books.trades.setdefault(
            ours,
            Trade(
                number,
                ours,
                int(units) * 100 + int(cents),
                "CNY",
                title=asked["subject"],
                notify_url=form["notify_url"],
            ),
        )
        return str(ours)

    def notice(
        self, ours: str, *, age: timedelta = timedelta(), event_id: str = "", app_id: str = APP
    ) -> tuple[dict[str, str], bytes]:
        """The signed form of a trade, or of a refund of it, as it would come in now."""
        back = self.books.refunds.get(ours)
        trade = self.books.trades[back.of if back else ours]
        form = {
            **{name: str(value) for name, value in self._trade_words(trade).items()},
            "notify_id": event_id or secrets.token_hex(16),
            "notify_type": "trade_status_sync",
            "notify_time": _words(datetime.now(UTC) - age),
            "app_id": app_id,
            "charset": "utf-8",
            "version": "1.0",
            "seller_id": "2088000000000001",
            "subject": trade.title,
        }
        if back:
            form |= {
                "out_biz_no": back.ours,
                "refund_fee": self._sum_back(trade),
                "gmt_refund": _words(back.at),
            }
        told = "&".join(f"{name}={value}" for name, value in sorted(form.items()) if value)
        form["sign"] = self._sign("forged" if self.books.faults.bad_signature else told)
        form["sign_type"] = "RSA2"
        return {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()

    def _query(self, asked: dict[str, Any]) -> dict[str, Any]:
        trade = self.books.trades.get(asked["out_trade_no"])
        return _good(**self._trade_words(trade)) if trade else _bad("ACQ.TRADE_NOT_EXIST")

    def _close(self, asked: dict[str, Any]) -> dict[str, Any]:
        trade = self.books.trades.get(asked["out_trade_no"])
        if trade is None:
            return _bad("ACQ.TRADE_NOT_EXIST")
        if trade.paid_at:
            return _bad("ACQ.REASON_TRADE_STATUS_INVALID")
        trade.state = "closed"
        return _good(out_trade_no=trade.ours, trade_no=trade.number)

    def _refund(self, asked: dict[str, Any]) -> dict[str, Any]:
        trade = self.books.trades.get(asked["out_trade_no"])
        if trade is None or not trade.paid_at:
            return _bad("ACQ.TRADE_NOT_EXIST" if trade is None else "ACQ.TRADE_STATUS_ERROR")
        ours = asked["out_request_no"]
        units, cents = asked["refund_amount"].split(".")
        amount, is_new = int(units) * 100 + int(cents), ours not in self.books.refunds
        if is_new:
            if amount + sum(one.amount for one in self._backs(trade)) > trade.amount:
                return _bad("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
            fee_back = trade.fee * amount // trade.amount
            self.books.refunds[ours] = Back(trade.number, ours, trade.ours, amount, fee_back=fee_back)
        return _good(
            out_trade_no=trade.ours,
            trade_no=trade.number,
            refund_fee=self._sum_back(trade),
            fund_change="Y" if is_new else "N",
        )

    def _query_refund(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["out_trade_no"] not in self.books.trades:
            return _bad("ACQ.TRADE_NOT_EXIST")
        back = self.books.refunds.get(asked["out_request_no"])
        if back is None:
            return _good()
        return _good(
            trade_no=back.number,
            out_request_no=back.ours,
            refund_amount=_yuan(back.amount + self.books.faults.wrong_amount),
            refund_status="REFUND_SUCCESS",
        )

    def _bill(self, asked: dict[str, Any]) -> dict[str, Any]:
        del asked
        if not self.books.trades:
            return _bad("isp.bill_not_exist")
        return _good(bill_download_url=f"{self.books.url}/bill.zip")

    def _zip(self) -> bytes:
        if self.books.faults.damaged_statement:
            return b"not a zip"
        rows = [_bill_row(trade, None) for trade in self.books.trades.values() if trade.paid_at]
        rows += [_bill_row(self.books.trades[one.of], one) for one in self.books.refunds.values()]
        lines = [
            "#支付宝业务明细查询",
            "#账号：[20880000000000010156]",
            "#-----------------------------------------业务明细列表----------------------------------------",
            HEAD,
            *rows,
            "#-----------------------------------------业务明细列表结束------------------------------------",
        ]
        sums = ["#支付宝业务汇总查询", "门店编号,门店名称,交易订单总笔数,退款订单总笔数", "合计,,1,0"]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("20880000000000010156_20260601_业务明细.csv", "\r\n".join(lines).encode("gbk"))
            archive.writestr(
                "20880000000000010156_20260601_业务明细(汇总).csv", "\r\n".join(sums).encode("gbk")
            )
        return packed.getvalue()

    def _trade_words(self, trade: Trade) -> dict[str, Any]:
        all_back = bool(trade.paid_at) and sum(one.amount for one in self._backs(trade)) == trade.amount
        state = {"open": "WAIT_BUYER_PAY", "closed": "TRADE_CLOSED", "paid": "TRADE_SUCCESS"}[trade.state]
        words = {
            "out_trade_no": trade.ours,
            "trade_no": trade.number,
            "trade_status": "TRADE_CLOSED" if all_back else state,
            "total_amount": _yuan(trade.amount + self.books.faults.wrong_amount),
        }
        if trade.paid_at:
            words["send_pay_date"] = words["gmt_payment"] = _words(trade.paid_at)
        return words

    def _backs(self, trade: Trade) -> list[Back]:
        return [one for one in self.books.refunds.values() if one.of == trade.ours]

    def _sum_back(self, trade: Trade) -> str:
        return _yuan(sum(one.amount for one in self._backs(trade)))

    def _say(self, name: str, words: dict[str, Any]) -> Answer:
        told = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        sign = self._sign("forged" if self.books.faults.bad_signature else told)
        body = f'{{"{name.replace(".", "_")}_response":{told},"sign":"{sign}"}}'
        return 200, {"Content-Type": "text/html;charset=utf-8"}, body.encode()

    def _sign(self, told: str) -> str:
        return base64.b64encode(ALIPAY_KEY.sign(told.encode(), PKCS1v15(), hashes.SHA256())).decode()


def _good(**words: Any) -> dict[str, Any]:
    return {"code": "10000", "msg": "Success", **words}


def _bad(sub_code: str) -> dict[str, Any]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "业务失败"}


def _is_applications(form: dict[str, str]) -> bool:
    signature = base64.b64decode(form.get("sign", ""))
    told = "&".join(f"{name}={value}" for name, value in sorted(form.items()) if name != "sign" and value)
    try:
        APP_KEY.public_key().verify(signature, told.encode(), PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return form["app_id"] == APP and form["sign_type"] == "RSA2"


def _bill_row(trade: Trade, back: Back | None) -> str:
    at = _words(back.at if back else trade.paid_at or trade.made_at)
    amount = -back.amount if back else trade.amount
    fee = back.fee_back if back else -trade.fee
    kind = "退款" if back else "交易"
    values = [
        *(f"{trade.number}\t", f"{trade.ours}\t", f"{kind}\t", trade.title, at, at, "\t", "\t", "\t", "\t"),
        *("*杨(137****2600)\t", _yuan(amount), _yuan(amount), *["0.00"] * 5, "", "0.00\t", "0.00"),
        *(f"{back.ours}\t" if back else "\t", _yuan(fee), "0.00", ""),
    ]
    return ",".join(values)


def _words(instant: datetime) -> str:
    return f"{instant.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def _yuan(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"
