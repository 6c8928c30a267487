"""A community in a period: who is there, who comes back, and what its people buy."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from jishi.insight.periods import Period
from jishi.kernel.actor import Actor
from jishi.modules.community.public import Figures, figures_of, members_page
from jishi.modules.orders.public import sold_lines

MEMBERS_COUNTED_MAX = 20_000
_PAGE = 200


@dataclass(frozen=True, slots=True)
class CommunityReport:
    """`bought_minor` is what members paid while they were members; `brought_minor` is the part of all revenue that came by
    links of its members (the attribution of sharing), whoever bought. Both are net of refunds.
    """

    community_id: uuid.UUID
    period: Period
    figures: Figures
    before: Figures
    bought_minor: int
    buyers: int
    brought_minor: int
    brought_orders: int


def community_report(community_id: uuid.UUID, *, by: Actor, period: Period) -> CommunityReport:
    """Health, retention and revenue; about six queries, and one more for every two hundred members."""
    by.require("community.view")
    before = period.before()
    joined = _members(community_id)
    lines = sold_lines(since=period.since, until=period.until)
    bought = [line for line in lines if line.member_id in joined and line.paid_at >= joined[line.member_id]]
    brought = [line for line in lines if line.sharer_id in joined]
    return CommunityReport(
        community_id=community_id,
        period=period,
        figures=figures_of(community_id, since=period.since, until=period.until),
        before=figures_of(community_id, since=before.since, until=before.until),
        bought_minor=sum(line.total_minor - line.refunded_minor for line in bought),
        buyers=len({line.member_id for line in bought}),
        brought_minor=sum(line.total_minor - line.refunded_minor for line in brought),
        brought_orders=len({line.order_id for line in brought}),
    )


def _members(community_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    found: dict[uuid.UUID, datetime] = {}
    for page in range(1, MEMBERS_COUNTED_MAX // _PAGE + 1):
        rows, _total = members_page(community_id, page=page, limit=_PAGE)
        found |= {row.member_id: row.joined_at for row in rows}
        if len(rows) < _PAGE:
            break
    return found
