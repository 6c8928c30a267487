"""The calendar of hot dates: fixed days, lunar days, n-th weekdays and solar terms. Lunar dates come from lunar-python."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lunar_python import Lunar

from jishi.modules.campaigns.types import Festival, Theme

YEARS_FIRST, YEARS_LAST = 1950, 2090
DAYS_MAX = 400
QINGMING = "清明"
MONDAY, SUNDAY, THURSDAY = 0, 6, 3


@dataclass(frozen=True, slots=True)
class _Rule:
    key: str
    name: str
    day_in: Callable[[int], date]
    lead_days: int
    theme: Theme
    idea: str
    is_lunar: bool = False


def festivals_between(first: date, last: date) -> list[Festival]:
    """Hot dates from `first` to `last`, both counted; in their order, at most DAYS_MAX days far."""
    last = min(last, first + timedelta(days=DAYS_MAX))
    found = [
        Festival(rule.key, day, rule.name, rule.is_lunar, rule.lead_days, rule.theme, rule.idea)
        for year in range(max(first.year, YEARS_FIRST), min(last.year, YEARS_LAST) + 1)
        for rule in _RULES
        for day in _days(rule, year)
        if first <= day <= last
    ]
    return sorted(found, key=lambda festival: (festival.day, festival.key))


def _days(rule: _Rule, year: int) -> Iterator[date]:
    """A lunar date belongs to a lunar year, which ends in the next Gregorian one: both are asked."""
    years = (year - 1, year) if rule.is_lunar else (year,)
    for asked in years:
        day = rule.day_in(asked)
        if day.year == year:
            yield day


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _lunar(month: int, day: int) -> Callable[[int], date]:
    def day_in(year: int) -> date:
        solar = Lunar.fromYmd(year, month, day).getSolar()
        return date(solar.getYear(), solar.getMonth(), solar.getDay())

    return day_in


def _new_years_eve(year: int) -> date:
    """The day before the first of the next lunar year, the 29th or the 30th of its twelfth month."""
    return _lunar(1, 1)(year + 1) - timedelta(days=1)


def _nth_weekday(month: int, weekday: int, nth: int) -> Callable[[int], date]:
    def day_in(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))

    return day_in


def _qingming(year: int) -> date:
    """A solar term: the library has the moment, the day of China counts."""
    solar = Lunar.fromYmd(year, 2, 1).getJieQiTable()[QINGMING]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


_RULES = (
    _Rule("new_year", "元旦", _fixed(1, 1), 10, Theme.PERSIMMON, "新年第一单：红包雨加限时秒杀"),
    _Rule("laba", "腊八节", _lunar(12, 8), 7, Theme.GOLD, "杂粮年货拼团，开始囤年货", is_lunar=True),
    _Rule("little_new_year", "小年", _lunar(12, 23), 7, Theme.PERSIMMON, "年货第二波，预告除夕红包", is_lunar=True),
    _Rule("new_years_eve", "除夕", _new_years_eve, 14, Theme.PERSIMMON, "年夜饭食材秒杀，整点红包雨", is_lunar=True),
    _Rule("spring_festival", "春节", _lunar(1, 1), 21, Theme.PERSIMMON, "全家红包、抽奖、礼盒拼团", is_lunar=True),
    _Rule("lantern", "元宵节", _lunar(1, 15), 7, Theme.GOLD, "汤圆拼团，猜谜抽奖", is_lunar=True),
    _Rule("valentines", "情人节", _fixed(2, 14), 10, Theme.ROSE, "礼盒与鲜花，两人团"),
    _Rule("womens_day", "妇女节", _fixed(3, 8), 10, Theme.ROSE, "美妆与茶点，闺蜜两人团"),
    _Rule("qingming", "清明", _qingming, 10, Theme.JADE, "青团、春茶预售"),
    _Rule("labour_day", "劳动节", _fixed(5, 1), 10, Theme.JADE, "出游零食与户外，大团阶梯价"),
    _Rule("mothers_day", "母亲节", _nth_weekday(5, SUNDAY, 2), 10, Theme.ROSE, "送妈妈的礼盒，代写贺卡"),
    _Rule("may_20", "520", _fixed(5, 20), 10, Theme.ROSE, "两人团与礼盒"),
    _Rule("childrens_day", "儿童节", _fixed(6, 1), 7, Theme.GOLD, "零食玩具，抽奖"),
    _Rule("dragon_boat", "端午节", _lunar(5, 5), 14, Theme.JADE, "粽子礼盒拼团，社区团长自提", is_lunar=True),
    _Rule("june_18", "618", _fixed(6, 18), 21, Theme.PERSIMMON, "整点秒杀、砍价、满减"),
    _Rule("fathers_day", "父亲节", _nth_weekday(6, SUNDAY, 3), 7, Theme.INK, "茶与酒具，两人团"),
    _Rule("qixi", "七夕", _lunar(7, 7), 10, Theme.ROSE, "两人团与礼盒", is_lunar=True),
    _Rule("back_to_school", "开学季", _fixed(9, 1), 14, Theme.JADE, "早餐与零食，班级大团"),
    _Rule("mid_autumn", "中秋节", _lunar(8, 15), 21, Theme.GOLD, "月饼礼盒阶梯团，博饼抽奖", is_lunar=True),
    _Rule("national_day", "国庆节", _fixed(10, 1), 14, Theme.PERSIMMON, "七天限时，每日一款秒杀"),
    _Rule("double_ninth", "重阳节", _lunar(9, 9), 10, Theme.GOLD, "送长辈的滋补礼盒", is_lunar=True),
    _Rule("double_11", "双十一", _fixed(11, 11), 21, Theme.PERSIMMON, "整点秒杀、砍价、红包雨、大团阶梯价"),
    _Rule("thanksgiving", "感恩节", _nth_weekday(11, THURSDAY, 4), 7, Theme.GOLD, "老会员专属团，谢谢你来过"),
    _Rule("double_12", "双十二", _fixed(12, 12), 14, Theme.PERSIMMON, "年终清仓秒杀"),
    _Rule("winter_solstice_week", "冬至", lambda year: _solar_term(year, "冬至"), 7, Theme.INK, "饺子汤圆火锅拼团"),
    _Rule("christmas", "圣诞节", _fixed(12, 25), 10, Theme.JADE, "礼盒盲盒抽奖"),
)  # fmt: skip


def _solar_term(year: int, name: str) -> date:
    solar = Lunar.fromYmd(year, 6, 1).getJieQiTable()[name]
    found = date(solar.getYear(), solar.getMonth(), solar.getDay())
    if found.year != year:
        solar = Lunar.fromYmd(year + 1, 2, 1).getJieQiTable()[name]
        found = date(solar.getYear(), solar.getMonth(), solar.getDay())
    return found
