"""The ledger: balances that add up to nothing, and every transfer."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.kernel.money import parse_minor
from jishi.modules.ledger.public import (
    Balance,
    TransferView,
    balances,
    count_journal,
    journal,
    journal_kinds,
    journal_lines,
)
from jishi.modules.orders.public import order_id_of_number, summaries_by_ids
from jishi.modules.plays.group_buy.public import offers_by_ids
from jishi.modules.plays.life.public import plays_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.csv_file import amount, csv_response
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import day_of, id_of, local, page_of, start_of
from jishi.surfaces.console.tables import column, number, pager, row, select, table, tag, text, with_query
from jishi.surfaces.templatetags.look import money

PAGE_SIZE = 50


@guarded("ledger.view")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Balances above, journal beneath."""
    query, page = request.GET, page_of(request)
    asked = _asked(request)
    found = sorted(balances(), key=lambda one: (one.kind == "budget" or one.unit.endswith(".b"), one.code))
    transfers = journal(**asked, page=page, limit=PAGE_SIZE)
    names = names_of(
        [*(one.code for one in found), *(c for one in transfers for c in (one.debit, one.credit))]
    )
    kinds = [(kind, words.ledger_kind(kind)) for kind in journal_kinds()]
    context = {
        "balances": _balances(found, names),
        "trial": _trial(found),
        "journal": _journal(transfers, names),
        "selects": [select("kind", _("全部种类"), kinds, query=query)],
        "first": query.get("from", ""),
        "last": query.get("to", ""),
        "amount": query.get("amount", ""),
        "about": query.get("about", ""),
        "account": query.get("account", ""),
        "account_words": words.account(query["account"], offers=names) if query.get("account") else "",
        "may_adjust": actor_of(request).may("ledger.adjust"),
        "reset_url": reverse("console:ledger") if set(query) - {"page"} else None,
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=count_journal(**asked)),
        "export_url": f"{reverse('console:ledger_csv')}{with_query(query, page=None)}",
    }
    return show(request, "console/ledger.html", section="ledger", context=context)


@guarded("ledger.view")
@require_safe
def ledger_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered journal as a file, oldest first."""
    head = [
        _("时间"),
        _("种类"),
        _("借方"),
        _("贷方"),
        _("金额"),
        _("单位"),
        _("状态"),
        _("对象"),
        _("对象编号"),
        "id",
    ]
    return csv_response("journal", head=head, rows=_csv_rows(journal_lines(**_asked(request))))


def _asked(request: HttpRequest) -> dict[str, Any]:
    query = request.GET
    first, last = day_of(query.get("from", "")), day_of(query.get("to", ""))
    until: datetime | None = start_of(last + timedelta(days=1)) if last else None
    return {
        "kind": query.get("kind", "")[:40],
        "amount_minor": _amount(query.get("amount", "")),
        "subject_id": _subject(query.get("about", "")),
        "account": query.get("account", "")[:80],
        "since": start_of(first) if first else None,
        "until": until,
    }


def _amount(value: str) -> int | None:
    """Nothing that can be read as an amount is no filter."""
    try:
        return parse_minor(value[:20], currency=settings.JISHI_CURRENCY) if value.strip() else None
    except ValueError:
        return None


def _subject(value: str) -> uuid.UUID | None:
    """An order by its number, or anything by its id; what is not found shows nothing rather than everything."""
    text = value.strip()[:60]
    if not text:
        return None
    known = id_of(text) or order_id_of_number(text)
    return known or uuid.UUID(int=0)


def names_of(codes: list[str]) -> dict[str, str]:
    """What the offers and plays of the accounts are called; three queries."""
    plays = {str(play.id): play.name for play in plays_by_ids(words.plays_in(codes)).values()}
    return plays | {str(offer.id): offer.name for offer in offers_by_ids(words.offers_in(codes)).values()}


def _trial(found: list[Balance]) -> list[dict[str, Any]]:
    """Debits and credits per unit; the difference is nothing, or something is broken."""
    units = sorted({balance.unit for balance in found})
    sums = []
    for unit in units:
        debits = sum(balance.debits_minor for balance in found if balance.unit == unit)
        owed = sum(balance.credits_minor for balance in found if balance.unit == unit)
        sums.append(
            {
                "unit": _("预算额度") if unit.endswith(".b") else unit,
                "debits": debits,
                "credits": owed,
                "difference": debits - owed,
                "currency": unit.partition(".")[0],
            }
        )
    return sums


def _balances(found: list[Balance], names: dict[str, str]) -> dict[str, Any]:
    columns = [
        column(_("科目")),
        column(_("类别")),
        column(_("借方合计"), is_number=True),
        column(_("贷方合计"), is_number=True),
        column(_("余额"), is_number=True),
    ]
    rows = []
    for balance in found:
        currency = balance.unit.partition(".")[0]
        rows.append(
            row(
                [
                    text(words.account(balance.code, offers=names)),
                    text(words.account_kind(balance.kind)),
                    number(money(balance.debits_minor, currency)),
                    number(money(balance.credits_minor, currency)),
                    number(money(balance.net_minor, currency)),
                ],
                url=f"{reverse('console:ledger')}?account={balance.code}",
            )
        )
    return table(columns, rows, caption=_("余额"), empty=(_("账本还是空的"), _("第一笔收款之后就有数字了。")))


def _journal(found: list[TransferView], names: dict[str, str]) -> dict[str, Any]:
    orders = summaries_by_ids({one.subject_id for one in found if one.subject_kind == "order"})
    columns = [
        column(_("时间")),
        column(_("种类")),
        column(_("借方")),
        column(_("贷方")),
        column(_("金额"), is_number=True),
        column(_("状态")),
        column(_("对象")),
    ]
    rows = [
        _entry(one, orders[one.subject_id].number if one.subject_id in orders else "", names) for one in found
    ]
    return table(columns, rows, caption=_("分录"), empty=(_("没有符合的分录"), _("放宽筛选，或清空条件。")))


def _entry(one: TransferView, order_number: str, names: dict[str, str]) -> dict[str, Any]:
    states = {
        "posted": (_("已入账"), "leaf"),
        "pending": (_("预留"), "gold"),
        "voided": (_("已作废"), "line"),
    }
    url = reverse("console:order", args=[one.subject_id]) if one.subject_kind == "order" else ""
    if one.subject_kind == "group_offer":
        url = reverse("console:live", args=[one.subject_id])
    return row(
        [
            text(f"{local(one.at):%Y-%m-%d %H:%M:%S}"),
            text(words.ledger_kind(one.kind)),
            text(words.account(one.debit, offers=names)),
            text(words.account(one.credit, offers=names)),
            number(money(one.amount_minor, one.unit.partition(".")[0])),
            tag(*states[one.state]),
            text(order_number or words.subject(one.subject_kind)),
        ],
        url=url,
    )


def _csv_rows(found: Iterator[TransferView]) -> Iterator[list[object]]:
    for one in found:
        yield [
            one.at,
            words.ledger_kind(one.kind),
            one.debit,
            one.credit,
            amount(one.amount_minor, one.unit.partition(".")[0]),
            one.unit,
            one.state,
            one.subject_kind,
            str(one.subject_id),
            str(one.id),
        ]
