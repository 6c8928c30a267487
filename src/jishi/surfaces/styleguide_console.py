"""Sample values for the console pages of the styleguide."""

from datetime import datetime
from typing import Any

from django.templatetags.static import static

_BEGUN = datetime.fromisoformat("2025-11-21T09:00:00+00:00")


def sample_console() -> dict[str, Any]:
    days = [f"11/{day:02d}" for day in range(1, 22)]
    teams = [14 + (index * 37) % 23 + index for index in range(21)]
    revenue = [90_000 + index * 9_800 + (index * 53) % 41 * 2_100 for index in range(21)]
    before = [76_000 + index * 6_100 + (index * 31) % 29 * 1_500 for index in range(21)]
    return _console_frame() | {
        "kpis": [
            _kpi(
                "净收入（退款后）",
                "¥48,216",
                "18.4%",
                "up",
                "good",
                "M0 26 12 22 24 24 36 14 48 17 60 8 80 4",
            ),
            _kpi("投入", "¥9,730", "6.1%", "up", "bad", "M0 20 16 18 32 20 48 14 64 12 80 10"),
            _kpi("投产比", "4.96", "0.41", "up", "good", None),
            _kpi("成团率", "82.7%", "3.2 点", "up", "good", "M0 18 16 20 32 12 48 15 64 8 80 9"),
            _kpi("新会员", "1,046", "27%", "up", "good", "M0 28 16 24 32 22 48 14 64 10 80 3"),
            _kpi("K 值（每人带来）", "0.74", "0.05 · ±0.08", "down", "bad", None),
        ],
        "chart": {
            "type": "line",
            "description": "11 月 1 日到 21 日每天成团数与净收入，虚线为上期净收入",
            "labels": days,
            "axes": ["money", "number"],
            "series": [
                {"name": "净收入", "type": "line", "data": revenue, "format": "money", "area": True},
                {"name": "上期", "type": "line", "data": before, "format": "money", "faint": True},
                {"name": "成团", "type": "bar", "data": teams, "axis": 1, "colour": "#f6c9b6"},
            ],
        },
        "funnel": {
            "type": "funnel",
            "description": "从到访到成团的人数",
            "labels": ["到访", "看商品", "参团", "付款", "成团"],
            "series": [{"name": "人数", "data": [8420, 5210, 1932, 1688, 1396]}],
        },
        "waterfall": _waterfall(),
        "sharers": _sharers(),
        "live": _live(),
    }


def _kpi(label: str, value: str, delta: str, way: str, mood: str, spark: str | None) -> dict[str, Any]:
    return {
        "label": label,
        "value": value,
        "delta": delta,
        "way": way,
        "mood": mood,
        "spark": spark,
        "url": "?",
    }


def _waterfall() -> list[dict[str, Any]]:
    rows = (
        ("商品原价合计", 7_014_000, "", 100, False),
        ("拼团让利", -710_200, "10.1%", 10, False),
        ("团主优惠", -138_800, "2.0%", 2, False),
        ("支付手续费", -124_000, "1.8%", 2, False),
        ("退款（未成团 + 售后）", -1_219_400, "17.4%", 17, False),
        ("净收入", 4_821_600, "", 69, True),
        ("货成本（已填 96%）", -2_790_500, "", 40, False),
        ("毛利", 2_031_100, "42.1%", 29, True),
    )
    return [
        {"label": label, "minor": minor, "share": share, "width": width, "is_total": total, "url": "?"}
        | ({"mood": "good"} if label == "毛利" else {})
        for label, minor, share, width, total in rows
    ]


def _sharers() -> dict[str, Any]:
    titles = ("分享者", "到访", "下单", "新会员", "净收入", "每单成本", "占比")
    rows = (
        ("阿苏 · 团长", "1,204", "186", "141", "5,214", "2.10", 92),
        ("果农老林 · 达人", "986", "122", "97", "3,466", "3.85", 62),
        ("周姐", "402", "88", "51", "2,502", "1.92", 45),
        ("水果社群（群内）", "377", "61", "22", "1,740", "1.10", 32),
    )
    columns: list[dict[str, Any]] = [
        {"label": title, "is_number": 0 < index < 6} for index, title in enumerate(titles)
    ]
    columns[4] |= {"sort_url": "?", "sorted": "descending"}
    return {"columns": columns, "rows": [{"url": "?", "cells": _cells(row, bar=6)} for row in rows]}


def _cells(row: tuple[Any, ...], *, bar: int) -> list[dict[str, Any]]:
    return [
        {"bar": cell} if index == bar else {"text": cell, "is_number": index > 0}
        for index, cell in enumerate(row)
    ]


def _live() -> dict[str, Any]:
    columns = [
        {"label": "团"},
        {"label": "席位", "is_number": True},
        {"label": "剩余", "is_number": True},
        {"label": "状态"},
    ]
    rows = (
        ("阿苏", "2 / 3", "05:12", "快满", "gold"),
        ("小鹿", "2 / 3", "00:41", "将到期", "accent"),
        ("老王", "3 / 3", "–", "成团待发", "leaf"),
    )
    return {
        "columns": columns,
        "rows": [
            {
                "url": "?",
                "cells": [
                    {"text": name},
                    {"text": taken, "is_number": True},
                    {"text": left, "is_number": True},
                    {"text": state, "tag": tag},
                ],
            }
            for name, taken, left, state, tag in rows
        ],
    }


def _console_frame() -> dict[str, Any]:
    groups = (
        ("", (("home", "总览", "chart", 0),)),
        (
            "卖货",
            (
                ("products", "商品", "tag", 0),
                ("inventory", "库存", "box", 0),
                ("orders", "订单", "receipt", 12),
            ),
        ),
        ("玩法", (("teams", "拼团", "team", 0),)),
        ("增长", (("shares", "分享与归因", "share", 0), ("members", "会员", "people", 0))),
        ("资金", (("ledger", "账本", "ledger", 0), ("payments", "收款对账", "wallet", 1))),
        ("系统", (("webhooks", "网络钩子", "hook", 0), ("settings", "设置", "gear", 0))),
    )
    return {
        "section": "teams",
        "operator": "林运营",
        "crumbs": [{"title": "玩法", "url": "?"}, {"title": "拼团", "url": "?"}],
        "navigation": [
            {
                "title": title,
                "rows": [{"key": k, "title": t, "icon": i, "count": c, "url": "?"} for k, t, i, c in rows],
            }
            for title, rows in groups
        ],
    }


def sample_table() -> dict[str, Any]:
    rows = (
        ("赣南脐橙 5 斤装", "orange", "GANNAVORA", "¥42.00", 214, "上架", "leaf"),
        ("武夷岩茶 · 肉桂", "tea", "WUYROCTEA", "¥88.00", 120, "上架", "leaf"),
        ("乡村酸面包 700g", "bread", "SOUBRE", "¥32.00", 0, "售完", "accent"),
        ("羊毛围巾", "scarf", "WOOSCA", "¥129.00", 12, "快没了", "gold"),
        ("橡皮树盆栽", "plant", "RUBPLA", "¥59.00", 38, "草稿", "line"),
    )
    columns = [{"label": "商品"}, {"label": "编码"}, {"label": "售价", "is_number": True, "sort_url": "?"}]
    columns += [
        {"label": "可售", "is_number": True, "sort_url": "?", "sorted": "ascending"},
        {"label": "状态"},
    ]
    return _console_frame() | {
        "section": "products",
        "columns": columns,
        "rows": [
            {
                "url": "?",
                "cells": [
                    {"text": title, "image": _image(image)},
                    {"text": sku},
                    {"text": money, "is_number": True},
                    {"text": units, "is_number": True, "mood": "bad" if not units else ""},
                    {"text": state, "tag": tag},
                ],
            }
            for title, image, sku, money, units, state, tag in rows
        ],
        "selects": [{"name": "state", "label": "全部状态", "choices": [{"value": "on", "label": "上架"}]}],
        "tabs": [
            {"label": "全部", "url": "?", "is_on": True, "count": 60},
            {"label": "快没了", "url": "?", "count": 4},
        ],
        "events": [
            {"label": "改价 ¥45.00 → ¥42.00", "at": _BEGUN, "who": "林运营", "note": "按产地报价下调"}
        ],
    }


def _image(name: str) -> str:
    return static(f"samples/{name}.svg")
