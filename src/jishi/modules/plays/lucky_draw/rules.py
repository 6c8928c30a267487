"""Decisions of lucky draws, from values alone (docs/algorithms/lucky-draw.md)."""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from jishi.kernel.money import BASIS_POINTS, format_minor
from jishi.kernel.proof import digest_of, number_below
from jishi.modules.plays.lucky_draw.errors import BadDraw, PrizeTooBig
from jishi.modules.plays.lucky_draw.types import DrawMode, DrawTerms, PrizeForm, PrizeKind, PrizeView

PRIZES_MAX = 12
STOCK_MAX = 100_000
FINAL_WINNERS_MAX = 2_000  # they are drawn and paid in one transaction
DAILY_MAX = 50
NAME_LENGTH_MAX = 40
CLIENT_SEED_LENGTH_MAX = 32


def roll_of(*, seed: str, ticket_no: int, client_seed: str) -> int:
    """A number from 0 to 9,999 that neither the shop nor the member could choose alone."""
    return number_below(BASIS_POINTS, seed=seed, label=f"spin:{ticket_no}:{client_seed}")


def prize_at(prizes: Sequence[PrizeView], roll: int) -> PrizeView:
    """The prize whose slice of 10,000 the roll falls into, in the published order; what is left is the consolation's."""
    edge = 0
    for prize in prizes:
        edge += prize.odds_bp
        if roll < edge:
            return prize
    return consolation_of(prizes)


def consolation_of(prizes: Sequence[PrizeView]) -> PrizeView:
    return next(prize for prize in prizes if prize.is_consolation)


def amount_of(prize: PrizeView, *, seed: str, ticket_no: int) -> int:
    """What is paid: fixed, or from `min_minor` to `amount_minor`, each equally likely."""
    if prize.kind is not PrizeKind.RED_PACKET or prize.min_minor >= prize.amount_minor:
        return prize.amount_minor
    span = prize.amount_minor - prize.min_minor + 1
    return prize.min_minor + number_below(span, seed=seed, label=f"amount:{ticket_no}")


def rank_tickets(
    tickets: Iterable[tuple[int, uuid.UUID]], *, seed: str, places: int
) -> list[tuple[int, uuid.UUID]]:
    """The winners of a final draw: tickets by HMAC(seed, number), each person once, as many as there are prizes."""
    ranked = sorted(tickets, key=lambda ticket: digest_of(seed, f"ticket:{ticket[0]}"))
    winners: dict[uuid.UUID, int] = {}
    for ticket_no, member_id in ranked:
        if len(winners) >= places:
            break
        winners.setdefault(member_id, ticket_no)
    return [(ticket_no, member_id) for member_id, ticket_no in winners.items()]


def sealed_text(*, seed: str, draw_id: uuid.UUID, mode: DrawMode, prizes: Sequence[PrizeView]) -> str:
    """What the commitment is made of: the seed, then the prize table as JSON without spaces, keys in order."""
    table = {
        "draw": str(draw_id),
        "mode": mode.value,
        "prizes": [
            {
                "amount": prize.amount_minor,
                "consolation": prize.is_consolation,
                "id": str(prize.id),
                "kind": prize.kind.value,
                "min": prize.min_minor,
                "name": prize.name,
                "odds": prize.odds_bp,
                "stock": prize.stock,
            }
            for prize in prizes
        ],
    }
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{seed}:{text}"


def day_of(at: datetime, *, zone: str) -> str:
    """The day of the shop's calendar."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def clean_client_seed(text: str) -> str:
    """What the member chose: one line, without the colons between the parts of a label, no formula in a sheet."""
    kept = "".join(char for char in text if char.isprintable() and char != ":")
    return kept.lstrip("=+-@ ").rstrip()[:CLIENT_SEED_LENGTH_MAX].rstrip()


def expected_cost_minor(terms: DrawTerms, *, tickets: int) -> int:
    """What so many tickets cost on the average, rounded up; never more than the prizes there are."""
    if terms.mode is DrawMode.FINAL:
        return terms.cost_minor if tickets else 0
    total = 0
    for prize in terms.prizes:
        mean = (
            (prize.min_minor + prize.amount_minor)
            if prize.kind is PrizeKind.RED_PACKET
            else 2 * prize.worth_minor
        )
        wins = min(tickets * prize.odds_bp, prize.stock * BASIS_POINTS)
        total += wins * mean
    return -(-total // (2 * BASIS_POINTS))


def check_draw(terms: DrawTerms, *, budget_minor: int | None, value_max_minor: int, currency: str) -> None:
    """Raises BadDraw naming the first field that is wrong, or PrizeTooBig."""
    if not 1 <= len(terms.prizes) <= PRIZES_MAX:
        raise BadDraw(field="prizes", reason="请设 1 到 12 种奖品")
    for prize in terms.prizes:
        _check_prize(prize, mode=terms.mode)
        if prize.worth_minor > value_max_minor:
            raise PrizeTooBig(limit=format_minor(value_max_minor, currency=currency))
    if terms.mode is DrawMode.INSTANT and sum(prize.odds_bp for prize in terms.prizes) > BASIS_POINTS:
        raise BadDraw(field="prizes", reason="各奖品的概率加起来不能超过 100%")
    if terms.mode is DrawMode.FINAL and sum(prize.stock for prize in terms.prizes) > FINAL_WINNERS_MAX:
        raise BadDraw(field="prizes", reason="到时开奖的奖品一共不超过 2000 份")
    caps = (terms.order_daily, terms.share_daily, terms.check_in_daily)
    if not any(caps) or not all(0 <= cap <= DAILY_MAX for cap in caps) or terms.check_in_daily > 1:
        raise BadDraw(field="order_daily", reason="至少打开一种得券方式，每天不超过 50 张，签到每天 1 张")
    if terms.order_min_minor < 0:
        raise BadDraw(field="order_min_minor", reason="金额不能为负")
    if not terms.consolation.strip() or len(terms.consolation) > NAME_LENGTH_MAX:
        raise BadDraw(field="consolation", reason="请填没中奖时显示的话，不超过 40 个字")
    if budget_minor is not None and budget_minor < terms.cost_minor:
        raise BadDraw(field="budget_minor", reason="预算不够发全部奖品")


def _check_prize(prize: PrizeForm, *, mode: DrawMode) -> None:
    if not prize.name.strip() or len(prize.name) > NAME_LENGTH_MAX:
        raise BadDraw(field="prizes", reason="请给每种奖品起名，不超过 40 个字")
    if not 1 <= prize.stock <= STOCK_MAX:
        raise BadDraw(field="prizes", reason="每种奖品的数量要在 1 到 100000 之间")
    if prize.kind is PrizeKind.NOTHING:
        raise BadDraw(field="prizes", reason="没中奖不用写成奖品，填在安慰语里")
    if mode is DrawMode.INSTANT and not 1 <= prize.odds_bp <= BASIS_POINTS:
        raise BadDraw(field="prizes", reason="每种奖品的概率要在 0.01% 到 100% 之间")
    if prize.kind is PrizeKind.PRODUCT and (prize.variant_id is None or prize.value_minor <= 0):
        raise BadDraw(field="prizes", reason="实物奖品要选规格，并写明价值")
    if prize.kind is not PrizeKind.PRODUCT and prize.amount_minor <= 0:
        raise BadDraw(field="prizes", reason="奖金要大于零")
    if prize.kind is PrizeKind.RED_PACKET and not 1 <= prize.min_minor <= prize.amount_minor:
        raise BadDraw(field="prizes", reason="红包的最小金额要大于零，且不超过最大金额")
