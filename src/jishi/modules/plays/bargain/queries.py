"""Reading offers and bargains."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, Q, Sum

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.kernel.money import BASIS_POINTS
from jishi.modules.plays.bargain import rules
from jishi.modules.plays.bargain.models import Bargain, Help, Offer
from jishi.modules.plays.bargain.types import (
    BargainState,
    BargainTerms,
    BargainView,
    HelpView,
    OfferCounts,
)
from jishi.modules.plays.life.public import (
    PlayKind,
    PlayState,
    PlayView,
    plays_by_ids,
    plays_table,
    running_plays,
)
from jishi.platform.paging import Key

ROWS_MAX = 200
TERMS = tuple(field.name for field in fields(BargainTerms))


@dataclass(frozen=True, slots=True)
class OfferView:
    """The head of a play with its terms. `pool_id` is there once it has been published."""

    play: PlayView
    terms: BargainTerms
    pool_id: uuid.UUID | None

    @property
    def id(self) -> uuid.UUID:
        return self.play.id


def offer_view(offer_id: uuid.UUID) -> OfferView:
    """One offer; two queries. Raises NotFound."""
    found = offers_by_ids([offer_id])
    if offer_id not in found:
        raise NotFound()
    return found[offer_id]


def offers_by_ids(offer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OfferView]:
    wanted = list(offer_ids)[:ROWS_MAX]
    return {view.id: view for view in _with_terms(list(plays_by_ids(wanted).values()))}


def offers_table(
    *, states: Sequence[PlayState] = (), after: Key | None = None, limit: int = 50
) -> list[OfferView]:
    """Newest first; two queries."""
    return _with_terms(plays_table(kinds=[PlayKind.BARGAIN], states=states, after=after, limit=limit))


def running_offers(*, product_ids: Sequence[uuid.UUID] | None = None, limit: int = 30) -> list[OfferView]:
    """Offers one can launch a bargain on now, the one that ends first on top; two queries."""
    found = _with_terms(running_plays(kind=PlayKind.BARGAIN, limit=ROWS_MAX))
    if product_ids is not None:
        found = [view for view in found if view.terms.product_id in set(product_ids)]
    return found[:limit]


def bargain_view(bargain_id: uuid.UUID) -> BargainView:
    """One bargain with its helps; two queries. Raises NotFound."""
    row = Bargain.objects.select_related("offer").filter(id=bargain_id).first()
    if row is None:
        raise NotFound()
    return _views([row])[0]


def bargains_of_member(member_id: uuid.UUID, *, limit: int = 30) -> list[BargainView]:
    """Newest first; two queries."""
    rows = Bargain.objects.select_related("offer").filter(member_id=member_id)
    return _views(list(rows.order_by("-launched_at", "-id")[: min(limit, ROWS_MAX)]))


def bargains_table(
    *, offer_id: uuid.UUID, states: Sequence[BargainState] = (), page: int = 1, limit: int = 50
) -> list[BargainView]:
    """Of one offer, newest first; two queries."""
    rows = Bargain.objects.select_related("offer").filter(offer_id=offer_id)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    first = (page - 1) * limit
    return _views(list(rows.order_by("-launched_at", "-id")[first : first + min(limit, ROWS_MAX)]))


def running_bargain_of(*, offer_id: uuid.UUID, member_id: uuid.UUID) -> uuid.UUID | None:
    """The member's bargain on the offer that has not ended."""
    states = [BargainState.RUNNING.value, BargainState.ORDERED.value]
    rows = Bargain.objects.filter(offer_id=offer_id, member_id=member_id, state__in=states)
    return rows.values_list("id", flat=True).first()


def bargain_of_order(order_id: uuid.UUID) -> uuid.UUID | None:
    return Bargain.objects.filter(order_id=order_id).values_list("id", flat=True).first()


def due_bargain_ids(*, limit: int = ROWS_MAX) -> list[uuid.UUID]:
    """Running bargains whose time is over, the oldest first."""
    rows = Bargain.objects.filter(state=BargainState.RUNNING.value, deadline__lte=clock.now())
    return list(rows.order_by("deadline").values_list("id", flat=True)[: min(limit, ROWS_MAX)])


def has_running(offer_id: uuid.UUID) -> bool:
    states = [BargainState.RUNNING.value, BargainState.ORDERED.value]
    return Bargain.objects.filter(offer_id=offer_id, state__in=states).exists()


def offer_counts(offer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OfferCounts]:
    """How the bargains of some offers stand; two queries."""
    wanted = list(offer_ids)[:ROWS_MAX]
    state = {kind: Count("id", filter=Q(state=kind.value)) for kind in BargainState}
    rows = {
        row["offer_id"]: row
        for row in Bargain.objects.filter(offer_id__in=wanted)
        .values("offer_id")
        .annotate(
            running=state[BargainState.RUNNING],
            at_floor=Count("id", filter=Q(state="running", slots_taken=F("slots"))),
            ordered=state[BargainState.ORDERED],
            bought=state[BargainState.BOUGHT],
            expired=state[BargainState.EXPIRED],
            refused=Sum("refused_count"),
            given_minor=Sum("cut_minor", filter=Q(state="bought")),
        )
    }
    helps = {
        row["bargain__offer_id"]: row
        for row in Help.objects.filter(bargain__offer_id__in=wanted)
        .values("bargain__offer_id")
        .annotate(
            helps=Count("id"),
            helpers=Count("helper_id", distinct=True),
            new_helpers=Count("helper_id", distinct=True, filter=Q(is_new_member=True)),
        )
    }
    return {offer_id: _counts(rows.get(offer_id, {}), helps.get(offer_id, {})) for offer_id in wanted}


def ended_record(*, days: int = 90) -> tuple[int, int, int]:
    """(ended, bought, mean discount at purchase in basis points of the way to the floor) of the last days."""
    rows = Bargain.objects.filter(ended_at__gte=clock.now() - timedelta(days=days))
    found = rows.aggregate(
        ended=Count("id"),
        bought=Count("id", filter=Q(state="bought")),
        mean=Avg(
            F("cut_minor") * BASIS_POINTS / (F("start_minor") - F("floor_minor")), filter=Q(state="bought")
        ),
    )
    return found["ended"], found["bought"], round(found["mean"] or 0)


def mutual_helps(*, helper_id: uuid.UUID, launcher_id: uuid.UUID, since: datetime) -> int:
    """How often both helped each other: the smaller of the two counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(count(*) FILTER (WHERE h.helper_id = %(a)s AND b.member_id = %(b)s),"
            " count(*) FILTER (WHERE h.helper_id = %(b)s AND b.member_id = %(a)s))"
            " FROM bargain_help h JOIN bargain_bargain b ON b.id = h.bargain_id"
            " WHERE h.helper_id = ANY(%(both)s) AND h.at >= %(since)s",
            {"a": helper_id, "b": launcher_id, "both": [helper_id, launcher_id], "since": since},
        )
        return int(cursor.fetchone()[0])


def terms_of(row: Offer) -> BargainTerms:
    return BargainTerms(**{name: getattr(row, name) for name in TERMS})


def _counts(bargains: Mapping[str, Any], helps: Mapping[str, Any]) -> OfferCounts:
    figures = {**bargains, **helps}
    return OfferCounts(**{field.name: figures.get(field.name) or 0 for field in fields(OfferCounts)})


def _with_terms(plays: Sequence[PlayView]) -> list[OfferView]:
    rows = {row.id: row for row in Offer.objects.filter(id__in=[play.id for play in plays])}
    return [
        OfferView(play=play, terms=terms_of(rows[play.id]), pool_id=rows[play.id].pool_id)
        for play in plays
        if play.id in rows
    ]


def _views(rows: Sequence[Bargain]) -> list[BargainView]:
    helps: dict[uuid.UUID, list[HelpView]] = defaultdict(list)
    found = Help.objects.filter(bargain_id__in=[row.id for row in rows]).order_by("slot_from")
    for help_ in found[: ROWS_MAX * rules.HELPERS_MAX]:
        helps[help_.bargain_id].append(
            HelpView(
                helper_id=help_.helper_id,
                amount_minor=help_.amount_minor,
                slot_from=help_.slot_from,
                slots=help_.slots,
                is_new_member=help_.is_new_member,
                at=help_.at,
            )
        )
    return [_view(row, tuple(helps[row.id])) for row in rows]


def _view(row: Bargain, helps: tuple[HelpView, ...]) -> BargainView:
    has_ended = BargainState(row.state) in rules.ENDED
    return BargainView(
        id=row.id,
        offer_id=row.offer_id,
        product_id=row.offer.product_id,
        variant_id=row.offer.variant_id,
        member_id=row.member_id,
        state=BargainState(row.state),
        start_minor=row.start_minor,
        floor_minor=row.floor_minor,
        cut_minor=row.cut_minor,
        own_cut_minor=sum(row.cuts[: row.own_slots]),
        own_slots=row.own_slots,
        slots=row.slots,
        slots_taken=row.slots_taken,
        first_cut_bps=row.first_cut_bps,
        launched_at=row.launched_at,
        deadline=row.deadline,
        commitment=row.commitment,
        order_id=row.order_id,
        allows_early_buy=row.offer.allows_early_buy,
        seed=row.seed if has_ended else "",
        cuts=tuple(row.cuts) if has_ended else (),
        helps=helps,
    )
