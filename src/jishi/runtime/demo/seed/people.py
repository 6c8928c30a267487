"""Neighbours, the people who run the shop, and who knows whom."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.people.public import (
    AddressForm,
    Role,
    actor_of_id,
    create_staff,
    enrol_member,
    meet_visitor,
    recognise_visitor,
    save_address,
)
from jishi.modules.sharing.public import (
    Channel,
    TargetKind,
    record_touch,
    share,
)
from jishi.platform.transactions import in_transaction
from jishi.runtime.demo.accounts import DemoAccount
from jishi.runtime.demo.people import name_neighbours
from jishi.runtime.demo.seed.jobs import let_it_sink_in

NEIGHBOURS = 300
SHARERS = 42
PASSWORD = "jishi-demo-2026"
STREETS = (
    ("310101", "上海市", "上海市", "黄浦区", "南京东路街道云南中路 88 弄 3 号 602"),
    ("310104", "上海市", "上海市", "徐汇区", "天平路街道安福路 201 弄 12 号 301"),
    ("310107", "上海市", "上海市", "普陀区", "长寿路街道叶家宅路 100 弄 7 号 1103"),
    ("330106", "浙江省", "杭州市", "西湖区", "古荡街道文三路 478 号 2 幢 501"),
    ("320102", "江苏省", "南京市", "玄武区", "梅园新村街道长江路 99 号 4 幢 203"),
    ("110105", "北京市", "北京市", "朝阳区", "三里屯街道幸福一村 55 号楼 2 单元 402"),
    ("440106", "广东省", "广州市", "天河区", "石牌街道天河路 242 号 1801"),
    ("510104", "四川省", "成都市", "锦江区", "春熙路街道东大街 100 号 6 栋 1204"),
)
STAFF = (
    ("operator@jishi.demo", "店主小集", Role.OWNER, "店主 · 运营台", "Owner · console"),
    ("ops@jishi.demo", "运营阿亮", Role.OPERATOR, "运营 · 运营台", "Operator · console"),
    ("finance@jishi.demo", "财务老钱", Role.FINANCE, "财务 · 运营台", "Finance · console"),
    ("service@jishi.demo", "客服小雅", Role.SERVICE, "客服 · 运营台", "Service · console"),
    ("readonly@jishi.demo", "访客老师", Role.READ_ONLY, "只读 · 运营台", "Read only · console"),
)
KNOWN = (
    ("13800000001", "阿苏", "团主 · 手机", "Leader · phone"),
    ("13800000002", "林果", "会员 · 手机", "Shopper · phone"),
    ("13800000003", "周姐", "会员 · 手机", "Shopper · phone"),
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    actor: Actor
    address_id: uuid.UUID
    joined_at: datetime
    nickname: str


@dataclass(slots=True)
class Street:
    """Everybody who shops here. `sharers` are those who like to pass things on."""

    neighbours: list[Neighbour]
    sharers: list[Neighbour]
    accounts: list[DemoAccount] = field(default_factory=list)
    staff: dict[Role, Actor] = field(default_factory=dict)

    def there_at(self, instant: datetime) -> list[Neighbour]:
        return [neighbour for neighbour in self.neighbours if neighbour.joined_at <= instant]


@in_transaction
def settle_neighbours(*, dice: random.Random, days: int) -> Street:
    accounts, staff = _hire_staff()
    names = name_neighbours(count=NEIGHBOURS, chance=dice)
    now = clock.now()
    for index, (phone, nickname, zh, en) in enumerate(KNOWN):
        names[index] = nickname
        accounts.append(
            DemoAccount(zh, en, phone, "验证码会显示在登录页 · the code shows on the log-in page")
        )
    joined = sorted(_joined_at(dice, now=now, days=days, index=index) for index in range(NEIGHBOURS))
    neighbours: list[Neighbour] = []
    for index, (nickname, at) in enumerate(zip(names, joined, strict=True)):
        phone = KNOWN[index][0] if index < len(KNOWN) else f"1390{index:07d}"
        was_brought = index > NEIGHBOURS // 3 and dice.random() < 0.6
        friend = neighbours[int(dice.expovariate(0.16)) % SHARERS] if was_brought else None
        neighbours.append(_settle(nickname, dice=dice, at=at, phone=phone, friend=friend))
    let_it_sink_in()
    return Street(neighbours=neighbours, sharers=neighbours[:SHARERS], accounts=accounts, staff=staff)


def _hire_staff() -> tuple[list[DemoAccount], dict[Role, Actor]]:
    accounts, staff = [], {}
    for email, nickname, role, zh, en in STAFF:
        member_id = create_staff(by=SYSTEM, email=email, password=PASSWORD, nickname=nickname, role=role)
        staff[role] = actor_of_id(member_id)
        accounts.append(DemoAccount(zh, en, email, PASSWORD))
    return accounts, staff


def _joined_at(dice: random.Random, *, now: datetime, days: int, index: int) -> datetime:
    """A third were there from the start; the others came faster and faster."""
    if index < NEIGHBOURS // 3:
        return now - timedelta(days=days, hours=dice.randint(1, 200))
    share = dice.random() ** 0.7
    return now - timedelta(days=days * (1 - share), minutes=dice.randint(0, 600))


def _settle(
    nickname: str, *, dice: random.Random, at: datetime, phone: str, friend: Neighbour | None
) -> Neighbour:
    code, province, city, district, line = dice.choice(STREETS)
    at = min(at, clock.now() - timedelta(hours=1))
    with clock.held_at(at):
        visitor_id = ids.new_id()
        meet_visitor(visitor_id)
        if friend is not None:
            link = share(by=friend.actor, target_kind=TargetKind.SHOP, target_id=None, channel=Channel.NATIVE)
            record_touch(visitor_id=visitor_id, member_id=None, code=link.code)
        member_id = enrol_member(by=SYSTEM, phone=phone, nickname=nickname, visitor_id=visitor_id)
        recognise_visitor(visitor_id=visitor_id, member_id=member_id)
        actor = actor_of_id(member_id, visitor_id=visitor_id)
        address = save_address(
            AddressForm(nickname, phone, code, province, city, district, line, is_default=True), by=actor
        )
    return Neighbour(actor=actor, address_id=address.id, joined_at=at, nickname=nickname)
