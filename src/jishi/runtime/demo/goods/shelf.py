"""What a demo product is, and the short form in which the aisles write theirs."""

from dataclasses import dataclass
from html import escape

from jishi.runtime.demo.pictures import Picture

Row = tuple[str, int, int | None, int, int, int]
"""Options joined by `/`, price, compare-at price or None, cost (all fen), weight in grams, stock."""
Point = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Category:
    key: str
    title: str
    title_en: str
    parent: str
    """The key of the row above, empty for the top."""


@dataclass(frozen=True, slots=True)
class Variant:
    sku: str
    options: tuple[str, ...]
    price_fen: int
    compare_at_fen: int | None
    cost_fen: int
    weight_grams: int
    stock: int


@dataclass(frozen=True, slots=True)
class Product:
    handle: str
    title: str
    title_en: str
    subtitle: str
    description_html: str
    category: str
    tags: tuple[str, ...]
    vendor: str
    option_names: tuple[str, ...]
    variants: tuple[Variant, ...]
    picture: Picture


CATEGORIES: tuple[Category, ...] = (
    Category("food", "吃喝", "Food and drink", ""),
    Category("living", "家里", "Home", ""),
    Category("people", "穿戴与陪伴", "Wear and company", ""),
    Category("fruit", "时令水果", "Fruit in season", "food"),
    Category("tea", "茶与饮品", "Tea and drinks", "food"),
    Category("pantry", "米面干货", "Pantry", "food"),
    Category("hotpot", "热锅熟食", "Hot pot and bakery", "food"),
    Category("kitchen", "厨房", "Kitchen", "living"),
    Category("home", "居家", "Around the house", "living"),
    Category("green", "书与绿植", "Books and plants", "living"),
    Category("winter", "冬衣", "Winter wear", "people"),
    Category("kids", "母婴", "Children", "people"),
    Category("pets", "宠物", "Pets", "people"),
)

_PROMISES = {
    "fruit": "收到 24 小时内发现坏果，拍照给客服，按坏的份数赔付，不用寄回。",
    "tea": "未拆封七天内可退；拆封后不合口味，可换一次等价的茶。",
    "pantry": "到货保质期不少于全程的三分之二，破袋、受潮包换。",
    "hotpot": "冷链或当日发出，化冻、破损收到当天告诉我们，全额退。",
    "kitchen": "运输磕碰包换；正常使用一年内开裂、脱漆，免费换新。",
    "home": "七天无理由退换，退货运费险已含。",
    "green": "植物到家 7 天内蔫了包补发；书籍破损包换。",
    "winter": "尺码不合可免费换一次；吊牌未剪七天无理由退。",
    "kids": "已过国家强制认证或质检，报告可向客服索取；七天无理由退换。",
    "pets": "挑食不吃？首袋开封三成以内可退。",
}


def stock(
    names: tuple[str, str, str, str],
    shelf: tuple[str, str, tuple[str, ...]],
    about: str,
    facts: tuple[str, ...],
    sold_as: tuple[str, tuple[Row, ...]],
    look: tuple[str, str, str, str, Point, Point, Point],
    /,
) -> Product:
    """One shelf entry: names (handle, zh, subtitle, en), shelf (category, vendor, tags), options joined by `/` with
    their rows, and the look (art, three colours joined by blanks, two backdrops, three selling points)."""
    handle, title, subtitle, title_en = names
    category, vendor, tags = shelf
    options, rows = sold_as
    art, colours, first, second, *points = look
    a, b, c = colours.split()
    return Product(
        handle=handle,
        title=title,
        title_en=title_en,
        subtitle=subtitle,
        description_html=_description(about, facts=facts, promise=_PROMISES[category]),
        category=category,
        tags=tags,
        vendor=vendor,
        option_names=tuple(options.split("/")) if options else (),
        variants=tuple(_variant(handle, index=index, row=row) for index, row in enumerate(rows, 1)),
        picture=Picture(art, (a, b, c), first, second, (points[0], points[1], points[2])),
    )


def _variant(handle: str, *, index: int, row: Row) -> Variant:
    options, price, compare_at, cost, grams, units = row
    code = "".join(part[:3] for part in handle.split("-")).upper()
    values = tuple(options.split("/")) if options else ()
    return Variant(f"{code}-{index:02d}", values, price, compare_at, cost, grams, units)


def _description(about: str, *, facts: tuple[str, ...], promise: str) -> str:
    rows = "".join(f"<li>{escape(fact)}</li>" for fact in facts)
    return f"<p>{escape(about)}</p><ul>{rows}</ul><p><strong>我们的保证</strong>：{escape(promise)}</p>"
