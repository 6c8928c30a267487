"""Decisions of red packets, from values alone (docs/algorithms/red-packet.md)."""

import hmac
from datetime import datetime, timedelta

from jishi.kernel.money import split_minor
from jishi.kernel.proof import commitment_of, number_below
from jishi.modules.plays.red_packet.errors import BadPacket
from jishi.modules.plays.red_packet.types import Audience, PacketKind, Terms

GREETING_LENGTH_MAX = 40
PASSWORD_LENGTH_MAX = 20
PASSWORD_TRIES_MAX = 5
SHARES_MAX = 10_000
DROPS_MAX = 60
DROP_SECONDS_MAX = 3_600
MEMBER_SHARES_MAX = 100
MEMBER_SHARE_MINOR_MAX = 20_000  # of a member's packet, on the average
MEMBER_PACKET_HOURS = 24
ENDING_HOURS = 2


def plan_shares(*, kind: PacketKind, total_minor: int, share_count: int, seed: str) -> tuple[int, ...]:
    """What each share will hold, decided before the first is opened. Always sums to the total, each at least 1."""
    if not 0 < share_count <= total_minor:
        raise ValueError("every share needs at least one minor unit")
    if kind is PacketKind.EVEN:
        return tuple(split_minor(total_minor, [1] * share_count))
    shares: list[int] = []
    rest = total_minor
    for left in range(share_count, 1, -1):
        top = highest_share(rest_minor=rest, left=left)
        share = 1 + number_below(top, seed=seed, label=f"share:{len(shares) + 1}")
        shares.append(share)
        rest -= share
    return (*shares, rest)


def highest_share(*, rest_minor: int, left: int) -> int:
    """The greatest amount below twice the mean of what is left: drawing evenly from 1 to it gives the mean."""
    return (2 * rest_minor - 1) // left


def sealed_text(*, seed: str, plan: tuple[int, ...]) -> str:
    """What the commitment is made of."""
    return f"{seed}:{','.join(map(str, plan))}"


def commitment(*, seed: str, plan: tuple[int, ...]) -> str:
    return commitment_of(sealed_text(seed=seed, plan=plan))


def is_password(given: str, *, password: str) -> bool:
    """Compared without telling by its time how much was right. Spaces around and the case do not count."""
    return hmac.compare_digest(clean_password(given).encode(), password.encode())


def clean_password(text: str) -> str:
    return " ".join(text.split()).casefold()


def is_new_member(*, joined_at: datetime | None, has_paid: bool, within_days: int, now: datetime) -> bool:
    if has_paid:
        return False
    return not within_days or (joined_at is not None and now - joined_at <= timedelta(days=within_days))


def drop_times(*, opens_at: datetime, drops: int, drop_seconds: int) -> tuple[datetime, ...]:
    return tuple(opens_at + timedelta(seconds=drop_seconds * drop) for drop in range(drops))


def best_share(plan: tuple[int, ...]) -> int:
    """The number of the share that held most; the earlier one of two."""
    return plan.index(max(plan)) + 1


def check_terms(terms: Terms) -> None:
    """Raises BadPacket naming the first field that is wrong and what to do."""
    if not 1 <= terms.share_count <= SHARES_MAX:
        raise BadPacket(field="share_count", reason="个数要在 1 到 10000 之间")
    if terms.total_minor < terms.share_count:
        raise BadPacket(field="total_minor", reason="金额太少，每个至少要有 1 分")
    if len(terms.greeting) > GREETING_LENGTH_MAX:
        raise BadPacket(field="greeting", reason="祝福语不超过 40 个字")
    if len(terms.password) > PASSWORD_LENGTH_MAX:
        raise BadPacket(field="password", reason="口令不超过 20 个字")
    if not 1 <= terms.drops <= DROPS_MAX:
        raise BadPacket(field="drops", reason="红包雨要在 1 到 60 波之间")
    if terms.drops > 1 and not 1 <= terms.drop_seconds <= DROP_SECONDS_MAX:
        raise BadPacket(field="drop_seconds", reason="两波之间要隔 1 到 3600 秒")
    if terms.new_within_days < 0 or (terms.new_within_days and terms.audience is not Audience.NEW_MEMBER):
        raise BadPacket(field="new_within_days", reason="注册天数只用于新人红包，不能为负")


def check_play(terms: Terms, *, opens_at: datetime, closes_at: datetime, budget_minor: int | None) -> None:
    """Raises BadPacket: the budget must bear the whole, and the last drop must fall inside the window."""
    check_terms(terms)
    if budget_minor is not None and budget_minor < terms.cost_minor:
        raise BadPacket(field="budget_minor", reason="预算不够发这些红包")
    last = drop_times(opens_at=opens_at, drops=terms.drops, drop_seconds=terms.drop_seconds)[-1]
    if last >= closes_at:
        raise BadPacket(field="closes_at", reason="最后一波要在结束之前")


def check_members_packet(terms: Terms) -> None:
    """What a member may send. Raises BadPacket."""
    check_terms(terms)
    if terms.share_count > MEMBER_SHARES_MAX:
        raise BadPacket(field="share_count", reason="一次最多发 100 个")
    if terms.total_minor > MEMBER_SHARE_MINOR_MAX * terms.share_count:
        raise BadPacket(field="total_minor", reason="平均每个不超过 200 元")
    if terms.drops != 1 or terms.audience is not Audience.EVERYONE or terms.community_id:
        raise BadPacket(field="kind", reason="给朋友的红包只有普通、拼手气和口令三种")
