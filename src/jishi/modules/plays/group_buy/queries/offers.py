"""Reading offers."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.plays.group_buy.models import MemberUse, Offer, OfferPrice
from jishi.modules.plays.group_buy.types import (
    Audience,
    LeaderBenefit,
    OfferPriceView,
    OfferState,
    OfferView,
    Tier,
)
from jishi.platform.paging import Key, older_than

OFFERS_MAX = 200


@dataclass(frozen=True, slots=True)
class TeamPrice:
    """The cheapest variant of the offer that sells a product now."""

    offer_id: uuid.UUID
    team_size: int
    price_minor: int


_SELLING = """
SELECT o.id, o.product_id, o.name, o.state, o.team_size, o.team_hours, o.member_limit, o.leader_discount_minor,
  o.budget_minor, o.opens_at, o.closes_at, o.allows_merchant_completion, o.created_at,
  o.tiers, o.leader_benefit, o.leader_points, o.audience, o.community_id,
  (SELECT json_agg(json_build_array(p.variant_id, p.price_minor) ORDER BY p.price_minor, p.id)
    FROM group_buy_offerprice p WHERE p.offer_id = o.id)
FROM group_buy_offer o
WHERE o.state = 'open' AND o.opens_at <= %(now)s AND o.closes_at > %(now)s AND o.product_id = ANY(%(product_ids)s)
ORDER BY o.closes_at, o.id LIMIT %(limit)s
"""


_LOWEST = """
SELECT p.offer_id, min(p.price_minor) FROM group_buy_offerprice p WHERE p.offer_id = ANY(%s) GROUP BY p.offer_id
"""


_TEAM_PRICES = """
SELECT DISTINCT ON (o.product_id) o.product_id, o.id, o.team_size,
  (SELECT min(p.price_minor) FROM group_buy_offerprice p WHERE p.offer_id = o.id)
FROM group_buy_offer o
WHERE o.state = 'open' AND o.opens_at <= %(now)s AND o.closes_at > %(now)s AND o.product_id = ANY(%(product_ids)s)
ORDER BY o.product_id, o.closes_at, o.id
"""


def offer_view(offer_id: uuid.UUID) -> OfferView:
    """One offer with its prices; two queries. Raises NotFound."""
    found = offers_by_ids([offer_id])
    if not found:
        raise NotFound()
    return found[offer_id]


def offers_by_ids(offer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OfferView]:
    return {view.id: view for view in _offer_views(list(Offer.objects.filter(id__in=list(offer_ids))))}


def offers_table(
    *, states: Sequence[OfferState] = (), after: Key | None = None, limit: int = 50
) -> list[OfferView]:
    """Newest first; two queries."""
    rows = Offer.objects.filter(older_than(after, field="created_at"))
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    return _offer_views(list(rows.order_by("-created_at", "-id")[: min(limit, OFFERS_MAX)]))


def selling_offer_of_product(product_id: uuid.UUID) -> OfferView | None:
    """The offer that sells a product now, the one that ends first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SELLING, {"now": clock.now(), "product_ids": [product_id], "limit": 1})
        row = cursor.fetchone()
    return _selling_view(row) if row else None


def team_prices(product_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, TeamPrice]:
    """What these products cost in a team that can be opened now, for cards; one query."""
    if not product_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TEAM_PRICES, {"now": clock.now(), "product_ids": list(product_ids)})
        return {row[0]: TeamPrice(*row[1:]) for row in cursor.fetchall()}


def lowest_prices(offer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The cheapest team price of each offer, for cards; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_LOWEST, [list(offer_ids)])
        return dict(cursor.fetchall())


def selling_offers(*, product_ids: Sequence[uuid.UUID] | None = None, limit: int = 60) -> list[OfferView]:
    """Offers one can open or join a team of now; two queries."""
    now = clock.now()
    rows = Offer.objects.filter(state=OfferState.OPEN.value, opens_at__lte=now, closes_at__gt=now)
    if product_ids is not None:
        rows = rows.filter(product_id__in=list(product_ids))
    return _offer_views(list(rows.order_by("closes_at", "id")[: min(limit, OFFERS_MAX)]))


def units_used(*, offer_id: uuid.UUID, member_id: uuid.UUID) -> int:
    found = MemberUse.objects.filter(offer_id=offer_id, member_id=member_id).values_list("units", flat=True)
    return found.first() or 0


def _offer_views(rows: list[Offer]) -> list[OfferView]:
    prices: dict[uuid.UUID, list[OfferPriceView]] = defaultdict(list)
    for price in OfferPrice.objects.filter(offer__in=rows).order_by("price_minor"):
        prices[price.offer_id].append(
            OfferPriceView(variant_id=price.variant_id, price_minor=price.price_minor)
        )
    return [
        OfferView(
            id=row.id,
            product_id=row.product_id,
            name=row.name,
            state=OfferState(row.state),
            team_size=row.team_size,
            team_hours=row.team_hours,
            member_limit=row.member_limit,
            leader_discount_minor=row.leader_discount_minor,
            budget_minor=row.budget_minor,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            allows_merchant_completion=row.allows_merchant_completion,
            prices=tuple(prices[row.id]),
            created_at=row.created_at,
            tiers=tuple(Tier(*tier) for tier in row.tiers),
            leader_benefit=LeaderBenefit(row.leader_benefit),
            leader_points=row.leader_points,
            audience=Audience(row.audience),
            community_id=row.community_id,
        )
        for row in rows
    ]


def _selling_view(row: Sequence[Any]) -> OfferView:
    prices, tiers = (json.loads(value) if isinstance(value, str) else value for value in (row[18], row[13]))
    return OfferView(
        id=row[0],
        product_id=row[1],
        name=row[2],
        state=OfferState(row[3]),
        team_size=row[4],
        team_hours=row[5],
        member_limit=row[6],
        leader_discount_minor=row[7],
        budget_minor=row[8],
        opens_at=row[9],
        closes_at=row[10],
        allows_merchant_completion=row[11],
        prices=tuple(
            OfferPriceView(variant_id=uuid.UUID(variant_id), price_minor=price)
            for variant_id, price in prices or ()
        ),
        created_at=row[12],
        tiers=tuple(Tier(*tier) for tier in tiers),
        leader_benefit=LeaderBenefit(row[14]),
        leader_points=row[15],
        audience=Audience(row[16]),
        community_id=row[17],
    )
