"""What imports have done."""

import uuid

from django.utils.translation import gettext

from jishi.kernel.actor import Actor
from jishi.modules.catalog.errors import ImportRunMissing
from jishi.modules.catalog.models import ImportIssue, ImportRun
from jishi.modules.catalog.rules.problems import reason_template
from jishi.modules.catalog.types import ImportIssueView, ImportRunView, ImportState, Severity

ISSUES_SHOWN_MAX = 1_000
RUNS_SHOWN_MAX = 50


def import_run(*, by: Actor, run_id: uuid.UUID) -> ImportRunView:
    """A run with its issues in the reader's language; two statements."""
    by.require("catalog.edit")
    run = ImportRun.objects.filter(id=run_id).first()
    if run is None:
        raise ImportRunMissing(id=str(run_id))
    return import_run_view(run)


def import_runs(*, by: Actor, limit: int = 20) -> list[ImportRunView]:
    """The latest runs without their issues; one statement."""
    by.require("catalog.edit")
    rows = ImportRun.objects.order_by("-created_at")[: min(limit, RUNS_SHOWN_MAX)]
    return [_view(row, ()) for row in rows]


def import_run_view(run: ImportRun) -> ImportRunView:
    issues = ImportIssue.objects.filter(run=run).order_by("line", "id")[:ISSUES_SHOWN_MAX]
    return _view(run, tuple(_issue(issue) for issue in issues))


def _issue(issue: ImportIssue) -> ImportIssueView:
    return ImportIssueView(
        line=issue.line,
        column=issue.column,
        code=issue.code,
        severity=Severity(issue.severity),
        reason=gettext(reason_template(issue.code)).format(**issue.facts),
    )


def _view(run: ImportRun, issues: tuple[ImportIssueView, ...]) -> ImportRunView:
    return ImportRunView(
        id=run.id,
        filename=run.filename,
        format=run.format,
        state=ImportState(run.state),
        rows_total=max(run.rows_total, run.rows_read),
        rows_read=run.rows_read,
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        failed_rows=run.failed_rows,
        notes=run.notes,
        issues_left_out=run.issues_left_out,
        started_at=run.started_at,
        finished_at=run.finished_at,
        actor_label=run.actor_label,
        issues=issues,
    )
