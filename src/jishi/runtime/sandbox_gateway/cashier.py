"""The cashier page: one amount, one button, and a drawer of troubles."""

from html import escape
from typing import Any

from jishi.kernel.money import format_minor

SWITCHES = (
    ("delay", "回调晚 20 秒到", "callback 20 s late"),
    ("duplicate", "回调重复三次", "callback three times"),
    ("reorder", "先发“处理中”再发“成功”，次序颠倒", "messages out of order"),
    ("lost", "回调丢失（只能由商家来问）", "callback lost"),
    ("no_return", "付完不跳回商家", "browser does not return"),
)
_STYLE = """
:root{--paper:#faf7f2;--ink:#1f1b16;--soft:#6b6158;--line:#ece5da;--accent:#c8401f;--leaf:#2f7d5b}
*{box-sizing:border-box;margin:0}body{background:var(--paper);color:var(--ink);min-height:100vh;display:grid;place-items:start center;
font:16px/1.55 "Noto Sans CJK SC","PingFang SC",system-ui,sans-serif;padding:24px 16px}
main{width:100%;max-width:420px;display:grid;gap:14px}.card{background:#fff;border:1px solid var(--line);border-radius:18px;padding:20px}
h1{font-size:15px;font-weight:600;color:var(--soft)}.sum{font-size:40px;font-weight:800;font-variant-numeric:tabular-nums;margin:6px 0}
p{color:var(--soft);font-size:14px}button{width:100%;border:0;border-radius:999px;padding:14px;font:inherit;font-weight:700;cursor:pointer}
.pay{background:var(--accent);color:#fff}.fail{background:#f3eee5;color:var(--ink);margin-top:10px}button:focus-visible{outline:3px solid var(--leaf);outline-offset:2px}
label{display:flex;gap:10px;align-items:flex-start;padding:7px 0;font-size:14px}label small{display:block;color:var(--soft)}
input{width:18px;height:18px;margin-top:2px;accent-color:var(--accent)}summary{cursor:pointer;font-weight:600;padding:4px 0}.ok{color:var(--leaf);font-weight:700}a{color:var(--accent)}
"""


def page(payment: dict[str, Any]) -> str:
    """The page for a payer, in whatever state the payment is."""
    amount = format_minor(payment["amount_minor"], currency=payment["currency"])
    body = _form(payment) if payment["state"] == "pending" else _ended(payment)
    return f"""<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<title>沙盒收银台 {escape(amount)}</title><style>{_STYLE}</style></head><body><main>
<div class="card"><h1>沙盒收银台 · Sandbox cashier</h1><div class="sum">{escape(amount)}</div>
<p>{escape(payment["title"])}</p><p>这里不会动真钱。No real money moves here.</p></div>{body}</main></body></html>"""


def _form(payment: dict[str, Any]) -> str:
    switches = "".join(
        f'<label><input type="checkbox" name="{name}" value="1"><span>{zh}<small>{en}</small></span></label>'
        for name, zh, en in SWITCHES
    )
    return f"""<form class="card" method="post"><button class="pay" name="do" value="pay">确认付款 · Pay</button>
<button class="fail" name="do" value="fail">付款失败 · Fail</button>
<details style="margin-top:14px"><summary>出点状况 · Make trouble</summary>{switches}</details></form>
<p style="text-align:center"><a href="{escape(payment["return_url"], quote=True)}">不付了，回商家 · Back to the shop</a></p>"""


def _ended(payment: dict[str, Any]) -> str:
    words = {"succeeded": "已付款 · Paid", "failed": "付款失败 · Failed", "closed": "已关闭 · Closed"}[
        payment["state"]
    ]
    back = escape(payment["return_url"], quote=True)
    return f'<div class="card"><p class="ok">{words}</p><p><a href="{back}">回商家 · Back to the shop</a></p></div>'
