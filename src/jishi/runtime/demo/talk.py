"""What the neighbours of the demo say to one another: communities, posts and answers, written for this shop."""

from dataclasses import dataclass

from jishi.modules.community.public import CommunityForm, Joining, Openness


@dataclass(frozen=True, slots=True)
class Said:
    """A post. `by` and the first of each comment count neighbours; `hours` ago; `pictures` name products."""

    by: int
    hours: float
    text: str
    title: str = ""
    kind: str = "talk"
    channel: int = 0
    pictures: tuple[str, ...] = ()
    product: str = ""
    options: tuple[str, ...] = ()
    comments: tuple[tuple[int, str], ...] = ()
    accepted: int = -1
    hearts: int = 6
    with_team: bool = False
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    form: CommunityForm
    owner: int
    people: tuple[int, int]  # from which neighbour to which
    channels: tuple[str, ...]
    shelf: tuple[str, ...]
    said: tuple[Said, ...]
    task: str = ""


FRUIT = Place(
    CommunityForm(
        "水果有话说",
        "fruit",
        "给爱吃水果、怕踩雷的邻居",
        "果农在线答疑，什么时候熟、怎么挑，问了就有人说真话",
        "一、说真话，甜就是甜，酸就是酸。\n二、晒单带照片。\n三、不发别家的链接。",
        motif="fruit",
        color="#c2703d",
    ),
    4,
    (0, 120),
    ("闲聊", "果园来信", "挑果问答"),
    ("gannan-navel-orange", "dandong-strawberry", "chunjian-mandarin"),
    (
        Said(
            4,
            30,
            "今年脐橙第一批糖度测到 13.5，比去年早了五天。头三天单子多，发货会慢一天，坏果拍照就赔，不用寄回来。\n大家有问题直接在 #挑果问答 里问，我晚上收工都会看。",
            title="脐橙开摘，发货和坏果怎么赔",
            kind="notice",
            channel=1,
            is_pinned=True,
            pictures=("gannan-navel-orange",),
            comments=((6, "等这一天等了一年"), (12, "去年坏了两个，真的十分钟就赔了")),
            hearts=22,
        ),
        Said(
            1,
            6,
            "公公说肚脐大的甜，婆婆说小的甜，两个人已经吵了一中午。 @果农老林 来评评理？ #挑果问答",
            title="脐橙到底怎么挑才甜？",
            kind="question",
            channel=2,
            comments=(
                (9, "我都是挑沉的"),
                (
                    4,
                    "挑三样：同样大小挑沉的，汁多；皮细、果脐小的化渣好；果底颜色也变橙的才算熟透。肚脐大小只说明开花时的天气，跟甜不甜关系不大。",
                ),
                (1, "谢谢林叔，家里可以吃晚饭了"),
                (20, "学到了，晚上去翻箱底"),
            ),
            accepted=1,
            hearts=14,
        ),
        Said(
            6,
            3,
            "昨晚下单今早到，冰袋还是硬的。闺女一口气吃了半盒，剩下半盒我藏起来了。 #草莓季",
            kind="show",
            product="dandong-strawberry",
            pictures=("dandong-strawberry",),
            comments=((2, "看着就甜，和我那箱一样大"), (15, "藏哪了，帮你保管")),
            hearts=18,
        ),
        Said(
            2,
            2,
            "下周想一起囤哪个？票数最高的我来开团，人多价更低。",
            title="下周囤什么，大家说了算",
            kind="poll",
            options=("耙耙柑", "蜜柚", "红富士", "阳光玫瑰"),
            comments=((7, "耙耙柑！剥皮不脏手"), (11, "求苹果，早上要榨汁")),
            hearts=9,
        ),
        Said(
            0,
            1.2,
            "差一位就成，橙子今天发车，楼上楼下的看一眼～",
            with_team=True,
            hearts=7,
            comments=((13, "来了来了"),),
        ),
        Said(
            16,
            20,
            "柚子皮别扔！外层绿皮削掉，白瓤切条，盐水泡一晚去苦，冰糖小火熬到透明，拌茶拌酸奶都好。 #柚子皮 #厨房小事",
            title="柚子皮蜜饯，一分钱不花",
            pictures=("guanxi-pomelo", "wild-honey"),
            comments=((3, "做过，记得多泡一次水"), (8, "收藏了")),
            hearts=26,
        ),
    ),
    task="今天吃水果了吗",
)
TEA = Place(
    CommunityForm(
        "茶桌",
        "tea-table",
        "给刚开始喝茶和喝了半辈子的人",
        "不讲玄学，一人一泡讲自己的舌头",
        "一、新手的问题没有笨问题。\n二、聊价格可以，比贵贱不行。",
        motif="tea",
        color="#3d8f72",
    ),
    14,
    (8, 70),
    ("一泡", "器物"),
    ("wuyi-rock-tea", "longjing-tea", "stoneware-mug"),
    (
        Said(
            14,
            26,
            "水温 100 度，7 克茶，前两泡十秒出汤，后面每泡加五秒。先别买盖碗，马克杯配个滤网也能喝出七成。喝到第四泡的甜，就入门了。 #岩茶",
            title="岩茶新手，从这一泡开始",
            pictures=("wuyi-rock-tea", "stoneware-mug"),
            is_pinned=True,
            comments=(
                (21, "第一泡有火味是正常的吗"),
                (14, "新茶有一点，放两个月就退了"),
                (30, "马克杯党狂喜"),
            ),
            hearts=24,
        ),
        Said(
            25,
            9,
            "龙井放冰箱还是放柜子？家里冰箱有榴莲，有点怕。",
            title="绿茶怎么存不串味？",
            kind="question",
            comments=(
                (33, "密封罐加柜子，三个月内喝完"),
                (14, "要放就真空分小袋，一次取一袋，恢复室温再拆。有榴莲就别进冰箱了，茶比海绵还能吸味。"),
            ),
            accepted=1,
            hearts=11,
        ),
        Said(
            18,
            5,
            "喝了一个月的肉桂，今天终于不是“苦的热水”了。第三泡有桂皮香，舌头两边发甜。",
            kind="show",
            product="wuyi-rock-tea",
            comments=((14, "恭喜，从今天起你就是茶友了"),),
            hearts=15,
        ),
    ),
    task="今天的第一泡",
)
KITCHEN = Place(
    CommunityForm(
        "一日三餐",
        "kitchen",
        "给每天要想“吃什么”的人",
        "下班四十分钟能上桌的菜，连翻车一起晒",
        "一、写清用量和时间。\n二、翻车也是贡献。",
        motif="bowl",
        color="#cb421e",
    ),
    3,
    (0, 150),
    ("今晚吃什么", "锅碗瓢盆", "翻车现场"),
    ("enamel-cast-iron-pot", "wuchang-rice", "beef-tallow-hotpot", "handmade-dumplings"),
    (
        Said(
            3,
            4,
            "铸铁锅焖饭：米泡半小时，水和米一样多，大火到冒汽转最小火十二分钟，关火再焖十分钟，别掀盖。锅巴是奖励。 #焖饭",
            title="铸铁锅焖饭，锅巴比饭香",
            pictures=("enamel-cast-iron-pot", "wuchang-rice"),
            comments=(
                (5, "十二分钟我家会糊，改九分钟刚好"),
                (22, "锅巴蘸剁椒，绝了"),
                (3, "@周姐 你说得对，火大的灶要减时间"),
            ),
            hearts=31,
        ),
        Said(
            5,
            14,
            "忘了关小火，去接了个电话。锅没事，饭成了炭。 #翻车现场",
            channel=2,
            pictures=("jingdezhen-bowl",),
            comments=((3, "泡一夜苏打水，能救"), (27, "谢谢你，我平衡了")),
            hearts=28,
        ),
        Said(
            10,
            7,
            "火锅底料一块够几个人？今晚六个人，怕淡又怕咸。",
            title="六个人吃火锅，底料放几块？",
            kind="question",
            comments=(
                (17, "两块，加三斤水"),
                (3, "两块底料、三升水、一勺盐都别加，吃到后面会咸，再兑清汤。"),
            ),
            accepted=1,
            hearts=8,
        ),
        Said(
            2,
            18,
            "冬至那天你家吃什么？",
            kind="poll",
            options=("饺子", "汤圆", "羊肉", "照常上班"),
            hearts=12,
        ),
        Said(
            8,
            2.5,
            "饺子皮薄馅大，煮八分钟不破。我妈尝了一个说：这不是买的吧。",
            kind="show",
            product="handmade-dumplings",
            comments=((3, "这是最高评价了"),),
            hearts=19,
        ),
    ),
    task="今晚自己做饭",
)
PETS = Place(
    CommunityForm(
        "毛孩子的家",
        "pets",
        "给有猫有狗、或者正在犹豫的人",
        "养过的人说养过的事，买错的东西互相换",
        "一、不晒买卖活体。\n二、看病去医院，这里只聊经验。",
        joining=Joining.REQUEST,
        questions=("家里有几只毛孩子，叫什么？", "最想在这里聊什么？"),
        motif="paw",
        color="#8a6bd1",
    ),
    32,
    (25, 80),
    ("日常", "好物交换"),
    ("cat-tree", "slow-feeder-bowl", "pet-bed"),
    (
        Said(
            32,
            11,
            "第一天闻都不闻，第三天四只抢一个平台。结论：猫爬架买回来先扔一件旧衣服上去。",
            kind="talk",
            pictures=("cat-tree",),
            comments=((40, "旧衣服这招亲测有效"), (28, "我家那只睡纸箱，架子归我晾袜子")),
            hearts=23,
        ),
        Said(
            41,
            5,
            "边牧吃饭十秒一碗，慢食碗会不会越吃越急？",
            title="慢食碗真的有用吗？",
            kind="question",
            comments=((32, "先把饭量分两次放，碗是第二步。"),),
            hearts=6,
        ),
    ),
    task="今天出门遛弯",
)
KNIT = Place(
    CommunityForm(
        "冬天织点什么",
        "knitting",
        "给想把一个冬天织进围巾里的人",
        "一人一件，织不完的互相催",
        "一、只催，不笑。",
        openness=Openness.MEMBERS,
        joining=Joining.REQUEST,
        questions=("你现在手上织的是什么？",),
        motif="yarn",
        color="#b8527a",
    ),
    5,
    (0, 30),
    ("进度", "线材"),
    ("wool-scarf", "wool-socks"),
    (
        Said(
            5,
            8,
            "第三条围巾了，前两条都被女儿拿走了。这条藏在米缸里。 #围巾",
            comments=((1, "米缸不错，我藏烤箱"),),
            hearts=9,
        ),
        Said(1, 3, "起针起多了 20 针，拆还是不拆？", kind="poll", options=("拆", "织成披肩"), hearts=5),
    ),
    task="今天织了一行",
)
LEADERS = Place(
    CommunityForm(
        "团长茶水间",
        "leaders-room",
        "给开过十个团以上的人",
        "下周的品、价和节奏，先在这里说",
        openness=Openness.SECRET,
        joining=Joining.INVITE,
        motif="bag",
        color="#3f7cbf",
    ),
    0,
    (0, 12),
    ("排品",),
    ("gannan-navel-orange",),
    (
        Said(
            0,
            5,
            "年货节的价周三定，别先往外说。脐橙压到 27.9 应该能谈。",
            title="年货节底价",
            comments=((2, "坚果也谈谈"),),
            hearts=4,
        ),
    ),
)
PLACES = (FRUIT, TEA, KITCHEN, PETS, KNIT, LEADERS)
