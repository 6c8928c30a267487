"""The neighbours of the demo shop: nicknames that people would choose, and what they say about the goods."""

import random

NICKNAMES: tuple[str, ...] = (
    "阿苏", "林果", "周姐", "王阿姨", "果农老林", "小鹿", "老王", "陈皮", "半夏", "阿禾",
    "豆包妈妈", "李叔", "橙子", "糯米团", "南风", "刘姐", "小满", "谷雨", "木木", "张老师",
    "柚子茶", "阿宽", "鱼丸", "吴婶", "可乐爸", "青梅", "老赵", "桂花", "晓晓", "方糖",
    "黄豆酱", "沈姨", "大橘", "一苇", "胖虎妈", "何先生", "栗子", "小圆", "郑伯", "七七",
)  # fmt: skip
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
)
_TITLES = ("姐", "哥", "阿姨", "叔", "婶", "老师", "奶奶", "师傅", "伯", "姨")
_GIVEN = "安禾苗雨晴然朵宁果小北南夏冬青青蓝山川河星月木林溪石竹梅兰菊荷柚橙桃杏梨枣茶米豆麦谷"
_PREFIXES = ("小", "阿", "老", "大")
_KIN = ("妈妈", "爸爸", "妈", "爸", "外婆", "家的猫")

COMMENTS: tuple[str, ...] = (
    "皮薄水多，孙子一次吃三个。坏了一个，客服十分钟就赔了。",
    "第二次跟团了，邻居们一起买，当天就凑齐。",
    "比楼下超市便宜，还新鲜。就是箱子有点难拆。",
    "没拼成，钱第二天就退回来了，说到做到。",
    "味道正，分量足，称了一下多出来八十克。",
    "颜色比照片深一点点，不过我喜欢。",
    "给爸妈买的，老人家说软，一口气吃完一盒。",
    "包装很用心，没有塑料味。",
    "群里阿苏推荐的，果然没踩雷。",
    "差一席的时候我正好刷到，缘分。",
    "物流慢了一天，客服主动来说，还补了运费。",
    "孩子抢着吃，下次买大份。",
    "煮出来满屋香，邻居来敲门问。",
    "用了一个月，没掉色也没起球。",
    "尺码偏小，换了一次，换货不要钱。",
    "说好不打蜡，果然放两天就有点皱，真的。",
    "朋友拼了我也拼，同一箱果子分着寄，方便。",
    "早上下单晚上到，冰袋还是硬的。",
    "杯子有一点点砂眼，手工嘛，能接受。",
    "这个价能买到这个质量，满意。",
    "送同事的，大家都问链接。",
    "猫第一天不理，第三天就不下来了。",
    "饺子皮薄馅大，像自己家包的。",
    "茶叶第一泡有点火味，后面越喝越甜。",
    "花送来有两枝蔫了，拍照补了一束。",
    "说明书写得清楚，我一个人装好了。",
    "辣度刚好，微辣也挺辣的，提醒一下大家。",
    "蛋黄颜色自然，不是那种红得吓人的。",
    "书里那个卖豆腐的阿姨我认识。",
    "冬天捂在手里，暖。",
)


def name_neighbours(*, count: int, chance: random.Random) -> list[str]:
    """`count` different nicknames, the well-known first. Raises ValueError above what the lists give."""
    names = list(NICKNAMES[:count])
    seen = set(names)
    pool = sorted(set(_invented()) - seen)
    if count - len(names) > len(pool):
        raise ValueError(f"no more than {len(pool) + len(NICKNAMES)} nicknames")
    names.extend(chance.sample(pool, count - len(names)))
    return names


def _invented() -> list[str]:
    with_titles = [f"{surname}{title}" for surname in _SURNAMES for title in _TITLES]
    with_prefix = [f"{prefix}{given}" for prefix in _PREFIXES for given in _GIVEN]
    doubled = [given * 2 for given in _GIVEN]
    kin = [f"{given}{given}{tie}" for given in _GIVEN for tie in _KIN]
    return with_titles + with_prefix + doubled + kin
