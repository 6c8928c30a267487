"""Reading cases, scoped by who asks."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.aftersales import rules
from jishi.modules.aftersales.models import Case, CaseLine, Evidence, Message, UnitClaim
from jishi.modules.aftersales.types import (
    CaseKind,
    CaseLineView,
    CaseState,
    CaseSummary,
    CaseView,
    EvidenceView,
    Fault,
    LineFacts,
    MessageView,
    OrderFacts,
    Side,
)
from jishi.modules.orders.public import OrderView
from jishi.platform.paging import Key, older_than

PAGE_MAX = 100
MESSAGES_SHOWN = 200
DUE_MAX = 200


@dataclass(frozen=True, slots=True)
class CaseFilter:
    states: tuple[CaseState, ...] = ()
    kind: CaseKind | None = None
    member_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    text: str = ""
    only_overdue: bool = False


def case_view(case_id: uuid.UUID, *, by: Actor) -> CaseView:
    """One case with all that belongs to it; four queries. Members see their own, staff need `cases.view`."""
    row = Case.objects.filter(id=case_id).first()
    if row is None or not (by.owns(row.member_id) or by.may("cases.view")):
        raise NotFound()
    return _view(
        row,
        lines=tuple(_line(line) for line in CaseLine.objects.filter(case=row).order_by("position")),
        evidence=tuple(
            EvidenceView(found.id, Side(found.side), found.at)
            for found in Evidence.objects.filter(case=row).order_by("at", "id")
        ),
        messages=tuple(
            MessageView(found.id, Side(found.side), found.author_label, found.text, found.at)
            for found in Message.objects.filter(case=row).order_by("at", "id")[:MESSAGES_SHOWN]
        ),
    )


def evidence_path(evidence_id: uuid.UUID, *, by: Actor) -> str:
    """Where a picture lies in the private store. Raises NotFound for whom it does not concern."""
    row = Evidence.objects.select_related("case").filter(id=evidence_id).first()
    if row is None or not (by.owns(row.case.member_id) or by.may("cases.view")):
        raise NotFound()
    return row.path


def cases_of_member(*, by: Actor, after: Key | None = None, limit: int = 20) -> list[CaseSummary]:
    """The actor's own cases, newest first; two queries."""
    rows = Case.objects.filter(member_id=by.require_member()).filter(older_than(after, field="opened_at"))
    return _summaries(rows.order_by("-opened_at", "-id")[: min(limit, PAGE_MAX)])


def cases_of_order(order_id: uuid.UUID, *, by: Actor) -> list[CaseSummary]:
    """Newest first; two queries."""
    rows = Case.objects.filter(order_id=order_id)
    if not by.may("cases.view"):
        rows = rows.filter(member_id=by.require_member())
    return _summaries(rows.order_by("-opened_at")[:PAGE_MAX])


def find_cases(
    wanted: CaseFilter, *, by: Actor, page: int = 1, limit: int = 40, by_deadline: bool = True
) -> tuple[list[CaseSummary], int]:
    """Cases for staff with how many there are: what is due first, or newest first; three queries."""
    by.require("cases.view")
    rows = _matching(wanted)
    size = min(limit, PAGE_MAX)
    order = (F("deadline").asc(nulls_last=True), "-changed_at") if by_deadline else ("-opened_at", "-id")
    start = (max(page, 1) - 1) * size
    return _summaries(rows.order_by(*order)[start : start + size]), rows.count()


def list_cases(wanted: CaseFilter, *, by: Actor, after: Key | None, limit: int) -> list[CaseSummary]:
    """For pages by keyset, newest first; two queries."""
    by.require("cases.view")
    rows = _matching(wanted).filter(older_than(after, field="opened_at"))
    return _summaries(rows.order_by("-opened_at", "-id")[: min(limit, PAGE_MAX)])


def count_cases_by_state(*, by: Actor) -> dict[str, int]:
    if not by.may("cases.view"):
        return {}
    return dict(Case.objects.values_list("state").annotate(n=Count("id")).order_by())


def count_own_open_cases(*, by: Actor) -> int:
    states = [state.value for state in rules.OPEN]
    return Case.objects.filter(member_id=by.require_member(), state__in=states).count()


def due_case_ids(*, limit: int = DUE_MAX) -> list[uuid.UUID]:
    """Cases whose waiting is over, the longest due first."""
    states = [state.value for state in rules.SWEPT]
    rows = Case.objects.filter(state__in=states, deadline__lte=clock.now()).order_by("deadline")
    return list(rows.values_list("id", flat=True)[:limit])


def case_of_refund(refund_id: uuid.UUID) -> uuid.UUID | None:
    return Case.objects.filter(refund_id=refund_id).values_list("id", flat=True).first()


def case_of_replacement(order_id: uuid.UUID) -> uuid.UUID | None:
    return Case.objects.filter(replacement_id=order_id).values_list("id", flat=True).first()


def order_facts(order: OrderView) -> OrderFacts:
    """The order as the rules see it; one query."""
    claimed: dict[uuid.UUID, int] = dict(
        UnitClaim.objects.filter(order_line_id__in=[line.id for line in order.lines], is_gone=False)
        .values_list("order_line_id")
        .annotate(n=Count("id"))
    )
    return OrderFacts(
        state=order.state.value,
        currency=order.currency,
        received_at=order.received_at,
        shipping_left_minor=order.shipping_minor - order.shipping_refunded_minor,
        lines=tuple(
            LineFacts(
                line_id=line.id,
                quantity=line.quantity,
                shipped=line.shipped_quantity,
                refunded=line.refunded_quantity,
                cancelled=line.cancelled_quantity,
                claimed=claimed.get(line.id, 0),
                total_minor=line.total_minor,
                left_minor=line.refundable_minor,
            )
            for line in order.lines
        ),
    )


def _matching(wanted: CaseFilter) -> QuerySet[Case]:
    rows = Case.objects.all()
    if wanted.states:
        rows = rows.filter(state__in=[state.value for state in wanted.states])
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind.value)
    if wanted.member_id is not None:
        rows = rows.filter(member_id=wanted.member_id)
    if wanted.order_id is not None:
        rows = rows.filter(order_id=wanted.order_id)
    if wanted.text:
        text = wanted.text.strip()[:40]
        rows = rows.filter(
            Q(number__icontains=text) | Q(order_number__icontains=text) | Q(tracking_number__icontains=text)
        )
    if wanted.only_overdue:
        rows = rows.filter(deadline__lte=clock.now())
    return rows


def _summaries(rows: Iterable[Case]) -> list[CaseSummary]:
    found = list(rows)
    lines: dict[uuid.UUID, list[CaseLine]] = defaultdict(list)
    for line in CaseLine.objects.filter(case__in=[row.id for row in found]).order_by("position"):
        lines[line.case_id].append(line)
    return [_summary(row, lines[row.id]) for row in found]


def _summary(row: Case, lines: Sequence[CaseLine]) -> CaseSummary:
    state = CaseState(row.state)
    return CaseSummary(
        id=row.id,
        number=row.number,
        order_id=row.order_id,
        order_number=row.order_number,
        member_id=row.member_id,
        kind=CaseKind(row.kind),
        state=state,
        reason=row.reason,
        currency=row.currency,
        asked_minor=row.asked_minor + row.freight_minor,
        agreed_minor=_agreed(row),
        deadline=row.deadline,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        title=lines[0].title if lines else "",
        cover=lines[0].cover if lines else "",
        unit_count=sum(line.quantity for line in lines),
        awaits=_awaits(state),
    )


def _agreed(row: Case) -> int | None:
    return None if row.agreed_minor is None else row.agreed_minor + row.agreed_freight_minor


def _awaits(state: CaseState) -> Side | None:
    return rules.WAITING[state][0] if state in rules.WAITING else None


def _line(row: CaseLine) -> CaseLineView:
    return CaseLineView(
        order_line_id=row.order_line_id,
        product_id=row.product_id,
        variant_id=row.variant_id,
        title=row.title,
        option_text=row.option_text,
        cover=row.cover,
        quantity=row.quantity,
        asked_minor=row.asked_minor,
        agreed_minor=row.agreed_minor,
        restocked=row.restocked,
        written_off=row.written_off,
    )


def _view(
    row: Case,
    *,
    lines: tuple[CaseLineView, ...],
    evidence: tuple[EvidenceView, ...],
    messages: tuple[MessageView, ...],
) -> CaseView:
    state = CaseState(row.state)
    reason = rules.REASONS.get(row.reason)
    return CaseView(
        id=row.id,
        number=row.number,
        order_id=row.order_id,
        order_number=row.order_number,
        member_id=row.member_id,
        kind=CaseKind(row.kind),
        state=state,
        reason=row.reason,
        has_goods=row.has_goods,
        takes_units=row.takes_units,
        words=row.words,
        currency=row.currency,
        asked_minor=row.asked_minor + row.freight_minor,
        freight_minor=row.freight_minor,
        agreed_minor=_agreed(row),
        agreed_freight_minor=row.agreed_freight_minor,
        paid_minor=row.paid_minor,
        return_freight_minor=row.return_freight_minor,
        refund_id=row.refund_id,
        replacement_id=row.replacement_id,
        answer_words=row.answer_words,
        answered_by=Side(row.answered_by) if row.answered_by else None,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        deadline=row.deadline,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        awaits=_awaits(state),
        fault=reason.fault if reason else Fault.NOBODY,
        lines=lines,
        evidence=evidence,
        messages=messages,
    )
