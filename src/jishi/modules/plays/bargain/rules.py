"""Decisions of bargaining, from values alone (docs/algorithms/bargain.md)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from jishi.kernel import proof
from jishi.kernel.money import BASIS_POINTS, share_in_basis_points, split_minor
from jishi.modules.plays.bargain.errors import BadBargain
from jishi.modules.plays.bargain.types import BargainState, BargainTerms, Forecast, HelpView, Score, Signals

S = BargainState
LIFECYCLE: dict[tuple[BargainState, str], BargainState] = {
    (S.RUNNING, "order"): S.ORDERED,
    (S.RUNNING, "expire"): S.EXPIRED,
    (S.ORDERED, "pay"): S.BOUGHT,
    (S.ORDERED, "cancel"): S.RUNNING,
    (S.EXPIRED, "regain"): S.BOUGHT,
    (S.RUNNING, "regain"): S.BOUGHT,
    (S.BOUGHT, "refund"): S.REFUNDED,
}
ENDED = frozenset({S.BOUGHT, S.EXPIRED, S.REFUNDED})

HELPERS_MAX = 50
HOURS_MAX = 168
NEW_MEMBER_HOURS = 72
HEAD_START_DAYS = 7
MUTUAL_DAYS = 30
YOUNG_ACCOUNT_MINUTES = 10
OWN_DATA_LEAST = 30
ASSUMED_BUY_RATE_BPS = 3_000
_WEIGHT_LEAST, _WEIGHT_SPREAD = 60, 81
_DECAY_FIRST, _DECAY_LAST = 150, 50


def make_plan(*, total_minor: int, slots: int, first_cut_bps: int, seed: str) -> tuple[int, ...]:
    """The cuts of all slots: positive integers that sum to `total_minor`, slot 0 the largest.

    `seed` is hexadecimal. Needs `slots ≥ 2` and `total_minor ≥ slots`; the offer's check has seen to that.
    """
    others = slots - 1
    first = min(max(total_minor * first_cut_bps // BASIS_POINTS, 1), total_minor - others)
    rest = [1 + part for part in split_minor(total_minor - first - others, _weights(others, seed))]
    largest = max(range(others), key=rest.__getitem__)
    if rest[largest] > first:
        first, rest[largest] = rest[largest], first
    return (first, *rest)


def commitment_of(
    *, bargain_id: uuid.UUID, start_minor: int, floor_minor: int, slots: int, first_cut_bps: int, seed: str
) -> str:
    """What is published at launch: SHA-256 over the seed and the terms, in hexadecimal."""
    return proof.commitment_of(f"{seed}|{bargain_id}|{start_minor}|{floor_minor}|{slots}|{first_cut_bps}")


def next_slots(*, taken: int, slots: int, wanted: int) -> range:
    """The slots a cut takes: the next ones, and never more than are left."""
    return range(taken, min(slots, taken + wanted))


def slots_of_helper(*, is_new_member: bool, new_member_slots: int) -> int:
    return new_member_slots if is_new_member else 1


def is_new_member(*, joined_at: datetime, has_bought: bool, now: datetime) -> bool:
    return not has_bought and now - joined_at < timedelta(hours=NEW_MEMBER_HOURS)


def is_proven(cuts: Sequence[int], *, own_slots: int, helps: Sequence[HelpView]) -> bool:
    """Whether the helpers got exactly the next slots of the plan, one after another."""
    at = own_slots
    for cut in sorted(helps, key=lambda one: one.slot_from):
        if cut.slot_from != at or cut.amount_minor != sum(cuts[at : at + cut.slots]):
            return False
        at += cut.slots
    return at <= len(cuts)


def abuse_score(signals: Signals) -> Score:
    """Points and their reasons; a score at or above the offer's cap refuses the cut."""
    found = [
        (60, "这是发起人自己的设备", signals.is_launchers_device),
        (40, "这台设备已经帮这次砍价砍过", signals.is_known_device),
        (20, "同一个网络已有多人来砍", signals.helpers_of_address >= 2),
        (15, "账号刚刚注册", signals.account_age_minutes < YOUNG_ACCOUNT_MINUTES),
        (20, "你们近期多次互相砍价", signals.mutual_helps >= 3),
    ]
    return Score(
        points=sum(points for points, _, is_so in found if is_so),
        reasons=tuple(words for _, words, is_so in found if is_so),
    )


def expected_cost(
    *, start_minor: int, terms: BargainTerms, ended: int, bought: int, mean_discount_bps: int
) -> Forecast:
    """What the offer may cost; the shop's own ended bargains speak when there are enough of them."""
    whole = start_minor - terms.floor_minor
    is_own = ended >= OWN_DATA_LEAST
    rate = bought * BASIS_POINTS // ended if is_own else ASSUMED_BUY_RATE_BPS
    mean = mean_discount_bps if is_own else BASIS_POINTS
    expected = share_in_basis_points(share_in_basis_points(terms.units * whole, rate), mean)
    helpers = terms.units * terms.helpers
    return Forecast(
        most_minor=terms.units * whole,
        expected_minor=expected,
        buy_rate_bps=rate,
        mean_discount_bps=mean,
        helper_count=helpers,
        cost_per_helper_minor=expected // helpers if helpers else 0,
        is_own_data=is_own,
    )


def check_terms(terms: BargainTerms, *, start_minor: int) -> None:
    """Raises BadBargain naming the first field that is wrong and what to do."""
    whole = start_minor - terms.floor_minor
    checks = (
        ("helpers", 1 <= terms.helpers <= HELPERS_MAX, "帮砍人数要在 1 到 50 之间"),
        ("floor_minor", terms.floor_minor > 0, "底价要大于零"),
        ("floor_minor", whole > 0, "底价要低于现价"),
        ("floor_minor", whole > terms.helpers, "要砍的钱太少，分不够每人一分，请降低底价或减少人数"),
        ("units", 1 <= terms.units <= 100_000, "名额要在 1 到 100000 之间"),
        ("hours", 1 <= terms.hours <= HOURS_MAX, "砍价时限要在 1 到 168 小时之间"),
        ("first_cut_bps", 500 <= terms.first_cut_bps <= 8_000, "第一刀要在 5% 到 80% 之间"),
        ("member_limit", 1 <= terms.member_limit <= 100, "每人次数要在 1 到 100 之间"),
        ("new_member_slots", 1 <= terms.new_member_slots <= 3, "新朋友一刀顶 1 到 3 刀"),
        ("helps_per_day", 1 <= terms.helps_per_day <= 100, "每人每天帮砍次数要在 1 到 100 之间"),
        ("abuse_cap", 10 <= terms.abuse_cap <= 200, "风险分上限要在 10 到 200 之间"),
    )
    for field, is_right, reason in checks:
        if not is_right:
            raise BadBargain(field=field, reason=reason)


def _weights(count: int, seed: str) -> list[int]:
    return [_draw(seed, place) * _decay(place, count) for place in range(count)]


def _draw(seed: str, place: int) -> int:
    return _WEIGHT_LEAST + proof.number_below(_WEIGHT_SPREAD, seed=seed, label=f"cut:{place + 1}")


def _decay(place: int, count: int) -> int:
    if count == 1:
        return _DECAY_FIRST
    return _DECAY_FIRST - (_DECAY_FIRST - _DECAY_LAST) * place // (count - 1)
