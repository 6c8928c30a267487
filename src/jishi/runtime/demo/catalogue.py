"""What the demo shop sells and which group buys it runs: plain values, checked when imported by its tests."""

from dataclasses import dataclass

from jishi.runtime.demo.goods.company import KIDS, PETS, WINTER
from jishi.runtime.demo.goods.food import FRUIT, PANTRY, TEA
from jishi.runtime.demo.goods.living import GREEN, HOME, KITCHEN
from jishi.runtime.demo.goods.shelf import CATEGORIES, Category, Product, Variant
from jishi.runtime.demo.goods.warm import HOTPOT

__all__ = [
    "CATEGORIES",
    "GROUP_BUYS",
    "PRODUCTS",
    "Category",
    "GroupBuyIdea",
    "Product",
    "Variant",
    "category_path",
]


@dataclass(frozen=True, slots=True)
class GroupBuyIdea:
    """One offer of the demo: the prices follow the order of the product's variants."""

    handle: str
    title: str
    team_size: int
    hours: int
    prices_fen: tuple[int, ...]
    limit_per_member: int
    leader_benefit_fen: int
    budget_fen: int


PRODUCTS: tuple[Product, ...] = (
    *FRUIT,
    *TEA,
    *PANTRY,
    *HOTPOT,
    *KITCHEN,
    *HOME,
    *GREEN,
    *WINTER,
    *KIDS,
    *PETS,
)

GROUP_BUYS: tuple[GroupBuyIdea, ...] = (
    GroupBuyIdea("gannan-navel-orange", "赣南脐橙 3 人团", 3, 24, (2990, 3690, 5290), 3, 300, 1_200_000),
    GroupBuyIdea("wuyi-rock-tea", "武夷岩茶 2 人团", 2, 24, (6800, 13800), 2, 500, 600_000),
    GroupBuyIdea("beef-tallow-hotpot", "小雪暖锅 3 人团", 3, 12, (2680, 2680, 2680), 4, 200, 500_000),
    GroupBuyIdea("wool-scarf", "羊毛围巾 4 人团", 4, 48, (9900, 9900, 9900), 2, 600, 800_000),
    GroupBuyIdea("handmade-dumplings", "刘姐饺子 3 人团", 3, 12, (3680, 3880, 4980), 3, 200, 400_000),
    GroupBuyIdea("daily-nuts", "每日坚果 5 人团", 5, 48, (6900, 1990), 2, 800, 700_000),
    GroupBuyIdea("farm-eggs", "土鸡蛋 3 人团", 3, 24, (2990, 4790), 3, 150, 300_000),
    GroupBuyIdea("wuchang-rice", "五常新米 2 人团", 2, 24, (5990, 11500), 2, 300, 600_000),
    GroupBuyIdea("enamel-cast-iron-pot", "珐琅锅 5 人团", 5, 72, (21900, 21900, 21900), 1, 1500, 900_000),
    GroupBuyIdea("weekly-flowers", "一周一花 2 人团", 2, 24, (2990, 11900), 2, 200, 250_000),
    GroupBuyIdea("wool-socks", "羊毛袜 3 人团", 3, 24, (3690, 3690), 3, 200, 300_000),
    GroupBuyIdea("teddy-bear", "陪睡小熊 2 人团", 2, 24, (6300, 6300), 2, 300, 300_000),
)


def category_path(key: str) -> tuple[str, ...]:
    """The titles from the top down to the category. Raises KeyError for an unknown key."""
    by_key = {category.key: category for category in CATEGORIES}
    category = by_key[key]
    above = category_path(category.parent) if category.parent else ()
    return (*above, category.title)
