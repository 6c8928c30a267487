"""Exports: streamed CSV that spreadsheets read in any language and never run."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.http import StreamingHttpResponse

from jishi.kernel.money import format_minor
from jishi.surfaces.console.questions import local

PORTION = 200
_RUNS = re.compile(r"^\s*[=+\-@\t\r\n]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MARK = "\ufeff"  # spreadsheets take it as the sign of UTF-8


def csv_response(
    name: str, *, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A download. The rows are read while they are sent."""
    response = StreamingHttpResponse(_portions(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M:%S}"
    text = "" if value is None else str(value)
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def amount(minor: int | None, currency: str) -> str:
    """A plain number in units, without sign or separators."""
    return "" if minor is None else format_minor(minor, currency=currency, symbol=False).replace(",", "")


def _portions(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write(_MARK)
    writer.writerow([safe(cell) for cell in head])
    for count, row in enumerate(rows, start=1):
        writer.writerow([safe(cell) for cell in row])
        if count % PORTION == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
