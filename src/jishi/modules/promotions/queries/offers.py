"""Reading offers: live ones compiled, one with its figures, a table of all."""

import uuid
from collections.abc import Collection, Iterable
from threading import Lock

from django.db import connection
from django.db.models import Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import availables
from jishi.modules.promotions.models import CouponBatch, OfferRow, OfferUse, Revision
from jishi.modules.promotions.rules.compiled import CompiledOffers, compile_offers
from jishi.modules.promotions.rules.written import (
    audience_from_json,
    benefit_from_json,
    calendar_from_json,
    scope_from_json,
)
from jishi.modules.promotions.types import Offer, OfferView, PricedLine, PriceOfferState, Stage

LIVE_MAX = 20_000
ROWS_MAX = 200
_KNOWN: dict[str, tuple[int, CompiledOffers]] = {}
_LOCK = Lock()


def live_offers(*, revision: int | None = None) -> CompiledOffers:
    """All live offers, compiled; one small query when nothing has changed since, none when the revision is known."""
    database = str(connection.settings_dict["NAME"])
    number = revision
    if number is None:
        number = Revision.objects.values_list("number", flat=True).first() or 0
    known = _KNOWN.get(database)
    if known is not None and known[0] == number:
        return known[1]
    with _LOCK:
        rows = OfferRow.objects.filter(state=PriceOfferState.LIVE.value).exclude(stage=Stage.COUPON.value)
        rows = rows.filter(Q(closes_at__isnull=True) | Q(closes_at__gt=clock.now())).order_by("id")
        compiled = compile_offers(rule_of(row) for row in rows[:LIVE_MAX])
        _KNOWN[database] = (number, compiled)
    return compiled


def offers_on(
    *, product_id: uuid.UUID, variant_ids: Collection[uuid.UUID], category_ids: Collection[uuid.UUID]
) -> list[Offer]:
    """Live offers that name these goods or all goods, whatever a cart takes to reach them; the revision's query."""
    compiled = live_offers()
    lines = [
        PricedLine(str(variant), variant, product_id, 1, 0, tuple(category_ids)) for variant in variant_ids
    ]
    found = [
        offer
        for stage in (Stage.ITEM, Stage.ORDER, Stage.SHIPPING)
        for offer in compiled.touching(stage, lines[:1], sum_minor=10**15)
        if product_id not in offer.scope.without
    ]
    return sorted(found, key=lambda offer: (-offer.priority, offer.id))[:ROWS_MAX]


def budgets_left(offers: Iterable[Offer], *, currency: str) -> dict[uuid.UUID, int]:
    """What is left of their budgets, by offer; one query, none when no offer has a budget."""
    codes = {budget_code(offer.id): offer.id for offer in offers if offer.budget_minor is not None}
    if not codes:
        return {}
    found = availables(codes=list(codes), unit=budget_unit(currency))
    return {codes[code]: minor for code, minor in found.items()}


def offer_view(offer_id: uuid.UUID) -> OfferView:
    """Raises NotFound."""
    row = OfferRow.objects.filter(id=offer_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def offers_by_ids(offer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OfferView]:
    return {row.id: view_of(row) for row in OfferRow.objects.filter(id__in=offer_ids)}


def offer_table(
    *, by: Actor, stage: str = "", state: str = "", text: str = "", page: int = 1, limit: int = 50
) -> tuple[list[OfferView], int]:
    """(rows of a page, how many in all), newest first; two queries."""
    by.require("promotions.view")
    rows = _asked(stage=stage, state=state, text=text)
    limit = min(limit, ROWS_MAX)
    found = rows.order_by("-created_at", "id")[(page - 1) * limit : page * limit]
    return [view_of(row) for row in found], rows.count()


def offer_figures(offer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """By offer: orders and money that are reserved and given; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT offer_id, count(*) FILTER (WHERE state = 'committed'), count(*) FILTER (WHERE state = 'reserved'),"
            " COALESCE(sum(amount_minor) FILTER (WHERE state = 'committed'), 0)::bigint,"
            " COALESCE(sum(amount_minor) FILTER (WHERE state = 'reserved'), 0)::bigint"
            " FROM promotions_offeruse WHERE offer_id = ANY(%s) GROUP BY offer_id",
            [list(offer_ids)],
        )
        return {
            row[0]: {"orders": row[1], "waiting": row[2], "given_minor": row[3], "reserved_minor": row[4]}
            for row in cursor.fetchall()
        }


def uses_of_order(order_id: uuid.UUID) -> list[OfferUse]:
    return list(OfferUse.objects.filter(order_id=order_id).order_by("offer_id"))


def rule_of(row: OfferRow) -> Offer:
    return Offer(
        id=row.id,
        label=row.label,
        stage=Stage(row.stage),
        benefit=benefit_from_json(row.benefit),
        scope=scope_from_json(row.scope),
        least_minor=row.least_minor,
        least_units=row.least_units,
        audience=audience_from_json(row.audience),
        calendar=calendar_from_json(row.calendar),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        priority=row.priority,
        group=row.group,
        excludes=frozenset(row.excludes),
        skips=frozenset(row.skips),
        on_plays=row.on_plays,
        budget_minor=row.budget_minor,
        member_limit=row.member_limit,
    )


def view_of(row: OfferRow) -> OfferView:
    return OfferView(
        id=row.id,
        name=row.name,
        state=PriceOfferState(row.state),
        rule=rule_of(row),
        version=row.version,
        created_at=row.created_at,
        campaign_id=row.campaign_id,
        is_coupon=row.stage == Stage.COUPON.value,
    )


def has_batches(offer_id: uuid.UUID) -> bool:
    return CouponBatch.objects.filter(offer_id=offer_id).exists()


def budget_code(offer_id: uuid.UUID) -> str:
    return f"offer_budget:{offer_id}"


def budget_unit(currency: str) -> str:
    return f"{currency}.b"


def _asked(*, stage: str, state: str, text: str) -> QuerySet[OfferRow]:
    rows = OfferRow.objects.all()
    if stage:
        rows = rows.filter(stage=stage)
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(label__icontains=text))
    return rows
