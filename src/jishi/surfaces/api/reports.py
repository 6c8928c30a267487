"""What the shop's numbers say, with the rows behind every figure."""

import csv
import io
import uuid
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from jishi.insight.dashboard import dashboard
from jishi.insight.group_buy_report import group_buy_report
from jishi.insight.periods import DAYS_MAX, Period, last_days
from jishi.insight.play_report import PlayReport, play_report, play_rows
from jishi.insight.roi import Waterfall, net_of
from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput
from jishi.modules.orders.public import OrderState, SoldLine
from jishi.modules.plays.life.public import play_view
from jishi.platform.http import actor_of, limited_as, next_link, scopes
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces.api.common import Day, Page, PageIn, PersonOut

router = Router(tags=["staff"])
USUAL_DAYS = 30
CSV_COLUMNS = (
    "paid_at",
    "number",
    "title",
    "quantity",
    "refunded_quantity",
    "list_total_minor",
    "discount_minor",
    "total_minor",
    "refunded_minor",
    "net_minor",
    "cost_minor",
    "attribution_source",
    "sharer_id",
    "state",
)


class PeriodIn(Schema):
    """Whole days of the shop's calendar, both ends included; the last thirty unless said otherwise."""

    first: Day | None = None
    last: Day | None = None


class RowsIn(PeriodIn, PageIn):
    pass


class PeriodOut(Schema):
    first: date
    last: date
    zone: str


class ComparedOut(Schema):
    """A figure beside the same figure of the period before; `change` is relative, null without a base."""

    now: float
    before: float
    change: float | None


class DayOut(Schema):
    day: date
    order_count: int
    net_minor: int
    refunded_minor: int
    new_member_count: int
    visitor_count: int


class DashboardOut(Schema):
    period: PeriodOut
    currency: str
    orders: ComparedOut
    net: ComparedOut
    refunded: ComparedOut
    new_members: ComparedOut
    visitors: ComparedOut
    conversion: ComparedOut
    order_value: ComparedOut
    success_rate: ComparedOut
    forming_count: int
    days: list[DayOut]
    days_before: list[DayOut]


class WaterfallOut(Schema):
    """`gifts_minor`: money given away beside the orders, such as opened red packets and prizes."""

    list_minor: int
    play_discount_minor: int
    leader_discount_minor: int
    gifts_minor: int
    shipping_minor: int
    paid_minor: int
    refunded_minor: int
    net_minor: int
    fee_minor: int
    cost_minor: int
    cost_coverage: float
    margin_minor: int | None
    spend_minor: int
    roi: float | None
    units: int


class SpreadOut(Schema):
    """`k`: buyers brought by a person per buyer, with its standard error."""

    buyer_count: int
    brought_count: int
    new_member_count: int
    k: float
    k_error: float


class BringerOut(Schema):
    sharer: PersonOut | None
    source: str
    visitor_count: int
    order_count: int
    new_member_count: int
    net_minor: int
    spend_minor: int


class DayPointOut(Schema):
    day: date
    order_count: int
    net_minor: int


class PlayReportOut(Schema):
    period: PeriodOut
    currency: str
    play_id: uuid.UUID
    waterfall: WaterfallOut
    waterfall_before: WaterfallOut
    spread: SpreadOut
    spread_before: SpreadOut
    order_count: int
    order_count_before: int
    order_value_minor: int
    days: list[DayPointOut]
    bringers: list[BringerOut]


class GroupBuyReportOut(PlayReportOut):
    offer_id: uuid.UUID
    teams_forming: int
    teams_succeeded: int
    teams_failed: int
    success_rate: float | None


class SoldLineOut(Schema):
    line_id: uuid.UUID
    order_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    product_id: uuid.UUID
    title: str
    quantity: int
    refunded_quantity: int
    list_total_minor: int
    discount_minor: int
    total_minor: int
    refunded_minor: int
    net_minor: int
    cost_minor: int | None
    sharer_id: uuid.UUID | None
    attribution_source: str
    paid_at: datetime
    state: OrderState
    team_id: uuid.UUID | None


@router.get(
    "/reports/dashboard",
    response=DashboardOut,
    summary="How the shop does, beside the period before",
    openapi_extra=scopes("reports.view", **limited_as("report")),
)
def get_dashboard(request: HttpRequest, wanted: Query[PeriodIn]) -> Any:
    shown = dashboard(by=actor_of(request), period=_period(wanted))
    names = [field.name for field in fields(shown) if field.name in DashboardOut.model_fields]
    return {"currency": settings.JISHI_CURRENCY, **{name: getattr(shown, name) for name in names}}


@router.get(
    "/reports/group-buys/{uuid:offer_id}",
    response=GroupBuyReportOut,
    summary="What a group buy cost and what it brought",
    openapi_extra=scopes("reports.view", **limited_as("report")),
)
def get_group_buy_report(request: HttpRequest, offer_id: uuid.UUID, wanted: Query[PeriodIn]) -> Any:
    found = group_buy_report(offer_id, by=actor_of(request), period=_period(wanted))
    return {
        **_figures_out(found.figures),
        "offer_id": found.offer.id,
        "teams_forming": found.teams.forming,
        "teams_succeeded": found.teams.succeeded,
        "teams_failed": found.teams.failed,
        "success_rate": found.success_rate,
    }


@router.get(
    "/reports/plays/{uuid:play_id}",
    response=PlayReportOut,
    summary="What a bargain, flash sale, red packet or draw cost and what it brought",
    openapi_extra=scopes("reports.view", **limited_as("report")),
)
def get_play_report(request: HttpRequest, play_id: uuid.UUID, wanted: Query[PeriodIn]) -> Any:
    play = play_view(play_id)
    found = play_report(play.id, by=actor_of(request), period=_period(wanted), targets=[play.id])
    return _figures_out(found)


@router.get(
    "/reports/group-buys/{uuid:offer_id}/rows",
    response=Page[SoldLineOut],
    summary="The order lines that the report adds up",
    openapi_extra=scopes("reports.view", **limited_as("report")),
)
def list_group_buy_rows(request: HttpRequest, offer_id: uuid.UUID, wanted: Query[RowsIn]) -> Any:
    rows = play_rows(offer_id, by=actor_of(request), period=_period(wanted))
    first = offset_of(wanted.cursor)
    shown = rows[first : first + wanted.limit]
    more = first + wanted.limit < len(rows)
    cursor = offset_cursor(first + wanted.limit) if more else ""
    return {"items": [_row_out(row) for row in shown], "next": next_link(request, cursor)}


@router.get(
    "/reports/group-buys/{uuid:offer_id}/rows.csv",
    summary="The same rows as CSV",
    openapi_extra=scopes("reports.view", **limited_as("report")),
)
def export_group_buy_rows(
    request: HttpRequest, offer_id: uuid.UUID, wanted: Query[PeriodIn]
) -> StreamingHttpResponse:
    rows = play_rows(offer_id, by=actor_of(request), period=_period(wanted))
    response = StreamingHttpResponse(_csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="group-buy-{offer_id}.csv"'
    return response


def _period(wanted: PeriodIn) -> Period:
    """Raises InvalidInput for a period that ends before it begins or is longer than a year."""
    usual = last_days(USUAL_DAYS, now=clock.now(), zone=settings.TIME_ZONE)
    last = wanted.last or (wanted.first and max(wanted.first, usual.last)) or usual.last
    first = wanted.first or min(usual.first, last)
    period = Period(first, last, settings.TIME_ZONE)
    if not 1 <= period.day_count <= DAYS_MAX:
        raise InvalidInput(field="first", reason=gettext_noop("时间段要在一天到一年之间"))
    return period


def _figures_out(found: PlayReport) -> dict[str, Any]:
    names = [name for name in PlayReportOut.model_fields if hasattr(found, name)]
    return {
        **{name: getattr(found, name) for name in names},
        "currency": settings.JISHI_CURRENCY,
        "waterfall": _waterfall_out(found.waterfall),
        "waterfall_before": _waterfall_out(found.waterfall_before),
        "bringers": [
            {**asdict(row), "sharer": found.people.get(row.sharer_id) if row.sharer_id else None}
            for row in found.bringers
        ],
    }


def _waterfall_out(shown: Waterfall) -> dict[str, Any]:
    return {name: getattr(shown, name) for name in WaterfallOut.model_fields}


def _row_out(row: SoldLine) -> dict[str, Any]:
    names = [name for name in SoldLineOut.model_fields if name != "net_minor"]
    return {"net_minor": net_of(row), **{name: getattr(row, name) for name in names}}


def _csv_lines(rows: list[SoldLine]) -> Iterator[str]:
    """With a byte order mark, so that spreadsheets read it as UTF-8; texts never begin a formula."""
    yield "\ufeff" + _csv_line(CSV_COLUMNS)
    for row in rows:
        values = _row_out(row)
        yield _csv_line([_cell(values[name]) for name in CSV_COLUMNS])


def _csv_line(values: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value
