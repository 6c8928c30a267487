"""Sample values for the styleguide's pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.templatetags.static import static

from jishi.kernel import clock
from jishi.surfaces.styleguide_console import sample_console, sample_table


def _image(name: str) -> str:
    return static(f"samples/{name}.svg")


def _goods(title: str, image: str, price: int, **more: Any) -> dict[str, Any]:
    return {
        "url": "?",
        "title": title,
        "image": _image(image),
        "price_minor": price,
        "sold": 0,
        "stock": None,
    } | more


def _products() -> list[dict[str, Any]]:
    return [
        _goods(
            "赣南脐橙 5 斤装 · 现摘现发",
            "orange",
            4200,
            team_size=3,
            team_price_minor=2990,
            tags=["坏果包赔"],
            sold=1204,
        ),
        _goods(
            "武夷岩茶 · 肉桂 125g",
            "tea",
            8800,
            team_size=2,
            team_price_minor=6800,
            tags=["送礼", "新手友好"],
            sold=318,
        ),
        _goods("羊毛围巾", "scarf", 12900, compare_at_minor=16800, tags=["过冬"], stock=12),
        _goods("牛油火锅底料 4 块", "hotpot", 3580, compare_at_minor=4200, tags=["暖锅集"], sold=860),
        _goods("乡村酸面包 700g", "bread", 3200, tags=["现烤"], stock=0),
        _goods("散养土鸡蛋 30 枚", "eggs", 3690, compare_at_minor=4200, tags=["产地直发"], sold=2046),
        _goods("粗陶马克杯 350ml", "mug", 5800, tags=["手工"], stock=9),
        _goods("陪睡小熊 35cm", "bear", 7900, team_size=2, team_price_minor=6300, tags=["送礼"], sold=77),
        _goods("橡皮树盆栽", "plant", 5900, tags=["新手友好"], sold=132),
        _goods("大豆蜡香薰蜡烛 180g", "candle", 6800, tags=["手工"], sold=58),
    ]


def _shop() -> dict[str, Any]:
    now = clock.now()
    return {
        "tab": "home",
        "cart_count": 3,
        "now": now,
        "products": _products(),
        "teams": _teams(now),
        "hero_deadline": now + timedelta(hours=3, minutes=41, seconds=8),
        "chips": [{"label": label, "url": "?", "is_on": index == 0} for index, label in enumerate(_AISLES)],
        "images": [_image("orange"), _image("orange-close"), _image("orange-detail")],
        "reasons": [
            {"label": "单买价", "minor": 4200, "note": "5 斤中果 × 1"},
            {"label": "3 人团优惠", "minor": -1210, "note": "凑满 3 人才生效，没凑满全额退"},
            {"label": "运费", "minor": 0, "note": "华东满 29 元包邮"},
        ],
        "promises": _PROMISES,
        "sizes": [
            {"value": "1", "label": "5 斤中果", "is_on": True},
            {"value": "2", "label": "5 斤大果"},
            {"value": "3", "label": "9 斤家庭装", "is_off": True},
        ],
        "comments": [
            {
                "name": "王阿姨",
                "text": "皮薄水多，孙子一次吃三个。坏了一个客服十分钟就赔了。",
                "is_buyer": True,
            }
        ],
        "address": {
            "name": "苏晴",
            "phone": "138****2046",
            "region": "浙江省 杭州市 西湖区",
            "line": "文三路 1 号",
            "is_default": True,
        },
    }


_AISLES = (
    "全部",
    "时令水果",
    "茶与饮品",
    "米面干货",
    "热锅熟食",
    "厨房",
    "居家",
    "冬衣",
    "母婴",
    "宠物",
    "书与绿植",
)
_PROMISES = (
    "占到的席位一定能付款，卖完立刻告诉你，绝不超卖。",
    "没有虚拟成团。到时没凑满，钱自动原路退回。",
    "付款晚了？按你选的来：换团、开新团或退款。",
)


def _teams(now: datetime) -> list[dict[str, Any]]:
    rows = (
        ("赣南脐橙 5 斤", "orange", 2990, 4200, 3, ["阿苏", "林果"], 0.7),
        ("武夷岩茶 125g", "tea", 6800, 8800, 2, ["周姐"], 5.2),
        ("羊毛围巾", "scarf", 9900, 12900, 4, ["小鹿", "陈皮"], 19.05),
        ("牛油火锅底料", "hotpot", 2680, 3580, 3, ["刘姐"], 9.5),
    )
    return [
        {
            "url": "?",
            "title": title,
            "image": _image(image),
            "price_minor": price,
            "single_minor": single,
            "size": size,
            "missing": size - len(names),
            "names": names,
            "deadline": now + timedelta(hours=hours),
        }
        for title, image, price, single, size, names, hours in rows
    ]


def _events(now: datetime) -> list[dict[str, Any]]:
    return [
        {"label": "派送中", "at": now, "note": "快递员 李师傅 · 预计今天 18:00 前到"},
        {"label": "已发货", "at": now - timedelta(hours=20), "note": "SF 1029 3847 2231"},
        {"label": "成团了", "at": now - timedelta(hours=27), "note": "阿苏、林果、你"},
        {"label": "已付款", "at": now - timedelta(hours=31), "note": "¥29.90 · 沙盒收银台"},
    ]


def _orders() -> dict[str, Any]:
    now = clock.now()
    line = {
        "title": "赣南脐橙 5 斤装 · 现摘现发",
        "options": "5 斤中果",
        "image": _image("orange"),
        "quantity": 2,
    }
    tea = {"title": "武夷岩茶 · 肉桂 125g", "options": "125g 罐装", "image": _image("tea"), "quantity": 1}
    shared = {"url": "?", "placed_at": now, "more": 0}
    return {
        "tab": "me",
        "orders": [
            shared
            | {
                "number": "JS251121-7K2M",
                "state_label": "等你付款",
                "state_mood": "wait",
                "lines": [line],
                "total_minor": 5980,
                "units": 2,
                "deadline": now + timedelta(minutes=14, seconds=20),
                "actions": [{"label": "取消", "url": "?"}, {"label": "去付款", "url": "?", "is_main": True}],
            },
            shared
            | {
                "number": "JS251120-QW8D",
                "state_label": "凑团中 · 还差 1 席",
                "state_mood": "go",
                "lines": [tea, line],
                "total_minor": 12780,
                "units": 3,
                "actions": [{"label": "喊邻居来", "url": "?", "is_main": True}],
            },
            shared
            | {
                "number": "JS251112-PX4C",
                "state_label": "已收货",
                "state_mood": "done",
                "lines": [tea],
                "more": 2,
                "total_minor": 24600,
                "units": 4,
                "actions": [{"label": "再买一次", "url": "?"}],
            },
        ],
        "events": _events(now),
    }


def _problem() -> dict[str, Any]:
    return {
        "art": "lost",
        "title": "这条路不通",
        "text": "你找的页面搬走了，或者从没来过。",
        "request_id": "r-7K2MPX4C",
    }


SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "home": _shop,
    "product": _shop,
    "team": _shop,
    "parts": _shop,
    "empty": _shop,
    "gate": _shop,
    "orders": _orders,
    "problem": _problem,
    "console": sample_console,
    "table": sample_table,
}
