"""Taking product files in: good rows in batches, a report of the others. See docs/algorithms/import.md."""

import io
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.catalog.errors import FileTooLarge, ImportRunMissing
from jishi.modules.catalog.facts import ImportFinished, ImportRequested
from jishi.modules.catalog.models import ImportIssue, ImportRun, Product
from jishi.modules.catalog.operations.images import request_pictures
from jishi.modules.catalog.operations.matching import Match, match_products, name_new_products, name_variants
from jishi.modules.catalog.operations.search_index import refresh_terms
from jishi.modules.catalog.operations.write import Change, with_variant_images, write_changes
from jishi.modules.catalog.queries.drafts import read_drafts
from jishi.modules.catalog.queries.imports import import_run_view
from jishi.modules.catalog.rules.csv_rows import FILE_BYTES_MAX, ROWS_MAX, FileProblem
from jishi.modules.catalog.rules.drafts import draft_after
from jishi.modules.catalog.rules.formats import open_header, parse_file
from jishi.modules.catalog.rules.parsed import Absent, ParsedGroup, ParsedProduct, RowProblem
from jishi.modules.catalog.types import ImportRunView, ImportState, ProductKind, Severity, StockFigure
from jishi.platform.facts import record_fact

BATCH_PRODUCTS: Final = 100
BATCH_ROWS: Final = 1_000
ISSUES_STORED_MAX: Final = 1_000

TakeStock = Callable[[list[StockFigure]], Mapping[uuid.UUID, int]]
SayProgress = Callable[[ImportRunView], None]


@dataclass(slots=True)
class _Tally:
    """Where a run stands."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rows_read: int = 0
    notes: int = 0
    issues: int = 0
    failed_lines: set[int] = field(default_factory=set)
    line_of_product: dict[uuid.UUID, int] = field(default_factory=dict)


def request_import(*, by: Actor, filename: str, content: bytes, with_stock: bool = True) -> ImportRunView:
    """Keep the file and ask for it to be imported in the background. Raises FileTooLarge."""
    by.require("catalog.edit")
    if len(content) > FILE_BYTES_MAX:
        raise FileTooLarge(limit_megabytes=FILE_BYTES_MAX // 1024**2)
    with transaction.atomic():
        run = _new_run(by=by, filename=filename, with_stock=with_stock)
        run.stored_path = storages["private"].save(f"imports/{run.id}.csv", ContentFile(content))
        run.save()
        record_fact(ImportRequested(run_id=run.id, filename=run.filename, with_stock=with_stock), by=by)
    return import_run_view(run)


def run_requested_import(
    *, by: Actor, run_id: uuid.UUID, take_stock: TakeStock | None = None
) -> ImportRunView:
    """Do what `request_import` asked for; a run that has been done already is left alone."""
    by.require("catalog.edit")
    run = ImportRun.objects.filter(id=run_id).first()
    if run is None:
        raise ImportRunMissing(id=str(run_id))
    if run.state in (ImportState.FINISHED, ImportState.FAILED) or not run.stored_path:
        return import_run_view(run)
    _import(run, lambda: _stored_file(run), by, take_stock, None)
    storages["private"].delete(run.stored_path)
    return import_run_view(run)


def import_products(
    *,
    by: Actor,
    filename: str,
    content: bytes | Path,
    take_stock: TakeStock | None = None,
    on_progress: SayProgress | None = None,
) -> ImportRunView:
    """Import a file now. Good rows go in batch by batch, each in its own transaction; bad ones are reported.

    `take_stock` gets what the file says about stock, inside the batch's transaction, and answers with the
    variants it had to set higher because orders hold them. Raises FileTooLarge.
    """
    by.require("catalog.edit")
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    if size > FILE_BYTES_MAX:
        raise FileTooLarge(limit_megabytes=FILE_BYTES_MAX // 1024**2)

    def open_file() -> BinaryIO:
        return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)

    run = _new_run(by=by, filename=filename, with_stock=take_stock is not None)
    run.save()
    _import(run, open_file, by, take_stock, on_progress)
    return import_run_view(run)


def _stored_file(run: ImportRun) -> BinaryIO:
    return cast(BinaryIO, storages["private"].open(run.stored_path, "rb").file)


def _new_run(*, by: Actor, filename: str, with_stock: bool) -> ImportRun:
    return ImportRun(
        filename=Path(filename).name[:255],
        with_stock=with_stock,
        actor_kind=by.kind.value,
        actor_id=by.id,
        actor_label=by.label[:80],
    )


def _import(
    run: ImportRun,
    open_file: Callable[[], BinaryIO],
    by: Actor,
    take_stock: TakeStock | None,
    on_progress: SayProgress | None,
) -> None:
    tally = _Tally()
    run.state, run.started_at = ImportState.RUNNING, clock.now()
    try:
        source, header = open_header(open_file)
        run.format = source.value
        run.rows_total = _count_rows(open_file)
        run.save()
        groups = parse_file(
            open_file=open_file,
            source=source,
            header=header,
            currency=settings.JISHI_CURRENCY,
            today_iso=clock.now().date().isoformat(),
        )
        for batch in _batches(groups):
            with transaction.atomic():
                _take_in(batch, run=run, tally=tally, by=by, take_stock=take_stock)
                _save_counts(run, tally)
            if on_progress is not None:
                on_progress(import_run_view(run))
    except FileProblem as stop:
        _note_problems(run, tally, [stop.problem])
        run.state = ImportState.FAILED
    else:
        run.state = ImportState.FINISHED
        refresh_terms()
    _finish(run, tally, by)


def _finish(run: ImportRun, tally: _Tally, by: Actor) -> None:
    run.finished_at = clock.now()
    run.rows_total = tally.rows_read
    with transaction.atomic():
        _save_counts(run, tally)
        fact = ImportFinished(
            run_id=run.id,
            created=run.created,
            updated=run.updated,
            unchanged=run.unchanged,
            failed_rows=run.failed_rows,
        )
        record_fact(fact, by=by)


def _batches(groups: Iterator[ParsedGroup]) -> Iterator[list[ParsedGroup]]:
    batch: list[ParsedGroup] = []
    rows = 0
    for group in groups:
        batch.append(group)
        rows += group.rows
        if len(batch) >= BATCH_PRODUCTS or rows >= BATCH_ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _take_in(
    batch: Sequence[ParsedGroup], *, run: ImportRun, tally: _Tally, by: Actor, take_stock: TakeStock | None
) -> None:
    problems = [problem for group in batch for problem in group.problems]
    matches = match_products([group.product for group in batch if group.product is not None])
    problems.extend(problem for match in matches for problem in match.problems)
    usable: list[Match] = []
    for match in matches:
        problem = _unusable(match, tally)
        if problem is None:
            usable.append(match)
        else:
            problems.append(problem)
    changes = _changes(usable)
    request_pictures(write_changes(changes=changes, by=by, verb="import"))
    for change, match in zip(changes, usable, strict=True):
        tally.line_of_product[change.row.id] = match.parsed.line
        if change.before is None:
            tally.created += 1
        elif change.before == change.after:
            tally.unchanged += 1
        else:
            tally.updated += 1
    if take_stock is not None:
        figures = [
            figure for change, match in zip(changes, usable, strict=True) for figure in _stock(change, match)
        ]
        raised = take_stock(figures) if figures else {}
        problems.extend(_raised(figure, raised) for figure in figures if figure.variant_id in raised)
    tally.rows_read += sum(group.rows for group in batch)
    _note_problems(run, tally, problems)


def _unusable(match: Match, tally: _Tally) -> RowProblem | None:
    product = match.parsed
    if match.row is not None and match.row.id in tally.line_of_product:
        facts = {"first_line": tally.line_of_product[match.row.id]}
        return RowProblem(line=product.line, column="", code="duplicate_product", facts=facts)
    if not product.variants and product.kind is not ProductKind.GROUPED:
        return RowProblem(line=product.line, column="", code="no_variants")
    if match.row is not None:
        tally.line_of_product[match.row.id] = product.line
    return None


def _changes(matches: Sequence[Match]) -> list[Change]:
    stored = read_drafts([match.row for match in matches if match.row is not None])
    drafts = [
        draft_after(
            parsed=match.parsed,
            stored=stored.get(match.row.id) if match.row is not None else None,
            currency=settings.JISHI_CURRENCY,
        )
        for match in matches
    ]
    new = iter(name_new_products([d for d, m in zip(drafts, matches, strict=True) if m.row is None]))
    drafts = [next(new) if m.row is None else d for d, m in zip(drafts, matches, strict=True)]
    drafts = [with_variant_images(draft) for draft in name_variants(drafts)]
    changes: list[Change] = []
    for draft, match in zip(drafts, matches, strict=True):
        row = match.row or _new_row(match.parsed)
        before = stored.get(match.row.id) if match.row is not None else None
        changes.append(Change(row=row, before=before, after=draft))
    return changes


def _new_row(parsed: ParsedProduct) -> Product:
    return Product(source=parsed.source.value, source_key=parsed.source_key, currency=settings.JISHI_CURRENCY)


def _stock(change: Change, match: Match) -> Iterator[StockFigure]:
    """The file's stock of the variants it names; they come first in the draft, in file order."""
    for place, (parsed, variant) in enumerate(
        zip(match.parsed.variants, change.after.variants, strict=False)
    ):
        if isinstance(parsed.stock, Absent):
            continue
        variant_id = uuid.UUID(variant.key) if variant.key else change.variant_ids[place]
        yield StockFigure(
            variant_id=variant_id,
            product_id=change.row.id,
            sku=variant.sku,
            quantity=parsed.stock.quantity,
            line=parsed.line,
        )


def _raised(figure: StockFigure, raised: Mapping[uuid.UUID, int]) -> RowProblem:
    facts = {"held": raised[figure.variant_id]}
    return RowProblem(line=figure.line, column="", code="below_held", facts=facts, severity=Severity.NOTE)


def _note_problems(run: ImportRun, tally: _Tally, problems: Sequence[RowProblem]) -> None:
    room = max(0, ISSUES_STORED_MAX - tally.issues)
    ImportIssue.objects.bulk_create(
        ImportIssue(
            run=run,
            line=problem.line,
            column=problem.column[:120],
            code=problem.code,
            severity=problem.severity,
            facts=dict(problem.facts),
        )
        for problem in problems[:room]
    )
    tally.issues += len(problems)
    tally.notes += sum(problem.severity is Severity.NOTE for problem in problems)
    tally.failed_lines.update(p.line for p in problems if p.severity is Severity.ERROR)


def _save_counts(run: ImportRun, tally: _Tally) -> None:
    run.created, run.updated, run.unchanged = tally.created, tally.updated, tally.unchanged
    run.rows_read, run.notes, run.failed_rows = tally.rows_read, tally.notes, len(tally.failed_lines)
    run.issues_left_out = max(0, tally.issues - ISSUES_STORED_MAX)
    run.save()


def _count_rows(open_file: Callable[[], BinaryIO]) -> int:
    """Physical lines less the header: an upper bound of the rows, good enough for a bar."""
    with open_file() as stream:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
    return min(lines, ROWS_MAX)
