"""Statements as WeChat Pay and Alipay write them: text in, lines out. Amounts are yuan with decimals, times Beijing's.

WeChat: a head, a row per movement with a backtick before each value, then a head and a row of sums. Alipay: a zip of CSV
files in GBK; lines that begin with # are words, the first other line is the head.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from jishi.kernel.money import parse_minor
from jishi.modules.payments.types import StatementLine

BEIJING = ZoneInfo("Asia/Shanghai")
BILL_BYTES_MAX = 256 * 1024 * 1024
_CNY = "CNY"
_SUMS = "总交易单数"


class UnreadableBill(ValueError):
    """The file is not what the provider's documentation says."""


def read_wechat_bill(text: str) -> list[StatementLine]:
    """A trade bill of type ALL. Raises UnreadableBill. Refunds count when they were accepted, as WeChat counts them."""
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    head = next(rows, [])
    if "商户订单号" not in head or "交易状态" not in head:
        raise UnreadableBill("no head")
    lines: list[StatementLine] = []
    for row in rows:
        if not row:
            continue
        if row[0] == _SUMS:
            _check_count(next(rows, []), len(lines))
            return lines
        lines.append(_wechat_line(dict(zip(head, [value.lstrip("`") for value in row], strict=True))))
    raise UnreadableBill("no sums at the end")


def read_alipay_bill(content: bytes) -> list[StatementLine]:
    """A zip of the trade bill of a day. Raises UnreadableBill."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise UnreadableBill("no zip") from error
    found: list[StatementLine] = []
    for entry in archive.infolist():
        if entry.file_size > BILL_BYTES_MAX:
            raise UnreadableBill("too large")
        rows = list(_alipay_rows(archive.read(entry).decode("gb18030")))
        if rows and "商户订单号" in rows[0]:
            found += [_alipay_line(row) for row in rows if row["商户订单号"]]
    return found


def instant_of(text: str) -> datetime:
    """`2026-06-01 08:00:00` of Beijing → UTC."""
    return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(UTC)


def fen_of(text: str) -> int:
    return parse_minor(text, currency=_CNY)


def yuan_of(minor: int) -> str:
    """Fen → a decimal string of yuan, as Alipay wants amounts."""
    return f"{Decimal(minor).scaleb(-2):.2f}"


def _check_count(sums: list[str], count: int) -> None:
    if not sums or int(sums[0].lstrip("`")) != count:
        raise UnreadableBill("rows are missing")


def _wechat_line(row: dict[str, str]) -> StatementLine:
    is_refund = row["交易状态"] in ("REFUND", "REVOKED")
    amount = (
        row.get("申请退款金额") or row["退款金额"]
        if is_refund
        else row.get("订单金额") or row["应结订单金额"]
    )
    return StatementLine(
        intent_id=_intent(row["商户退款单号"] if is_refund else row["商户订单号"]),
        about="refund" if is_refund else "payment",
        reference=row["微信退款单号"] if is_refund else row["微信订单号"],
        amount_minor=abs(fen_of(amount)),
        fee_minor=fen_of(row["手续费"]),
        currency=row["货币种类"] or _CNY,
        at=instant_of(row["交易时间"]),
    )


def _alipay_rows(text: str) -> Iterator[dict[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    rows = csv.reader(lines)
    head = [name.strip() for name in next(rows, [])]
    for row in rows:
        if len(row) >= len(head):
            yield dict(zip(head, [value.strip() for value in row], strict=False))


def _alipay_line(row: dict[str, str]) -> StatementLine:
    is_refund = row["业务类型"] == "退款"
    fee = next((row[name] for name in ("服务费（元）", "手续费（元）") if name in row), "0")
    return StatementLine(
        intent_id=_intent(row["退款批次号/请求号"] if is_refund else row["商户订单号"]),
        about="refund" if is_refund else "payment",
        reference=row["支付宝交易号"],
        amount_minor=abs(fen_of(row["订单金额（元）"])),
        fee_minor=-abs(fen_of(fee or "0"))
        if is_refund
        else abs(fen_of(fee or "0")),  # whatever its sign is there
        currency=_CNY,
        at=instant_of(row["完成时间"] or row["创建时间"]),
    )


def _intent(number: str) -> str:
    """Our ids go out as 32 hexadecimal digits; other people's numbers stay as they are."""
    bare = number.strip().lower()
    if len(bare) == 32 and all(digit in "0123456789abcdef" for digit in bare):
        return f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"
    return number.strip()
