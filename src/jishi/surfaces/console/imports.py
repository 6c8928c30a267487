"""Product files: upload, live progress, what went wrong and where, and the runs before."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jishi.modules.catalog.public import (
    ImportRunView,
    ImportState,
    Severity,
    import_run,
    import_runs,
    request_import,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.questions import local
from jishi.surfaces.console.tables import column, number, row, table, tag, text

ISSUES_SHOWN = 500


@guarded("catalog.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a file, or see what was uploaded before."""
    if request.method == "POST":
        return _take_file(request)
    context = {"runs": _runs(import_runs(by=actor_of(request), limit=50)), "once": once_key()}
    crumbs = [(_("商品"), reverse("console:products"))]
    return show(request, "console/imports.html", section="products", context=context, crumbs=crumbs)


@guarded("catalog.edit")
@require_safe
def one_import(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """A run; the part with its progress asks for itself until the run is over."""
    run = import_run(by=actor_of(request), run_id=run_id)
    context = {**_progress(run), "run": run, "issues": _issues(run)}
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/import_run.html", context)
    crumbs = [(_("商品"), reverse("console:products")), (_("导入"), reverse("console:imports"))]
    return show(request, "console/import.html", section="products", context=context, crumbs=crumbs)


def _take_file(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("请先选择一个 CSV 文件"))
        return redirect("console:imports")
    made: list[uuid.UUID] = []

    def act() -> None:
        run = request_import(
            by=actor_of(request),
            filename=file.name or "products.csv",
            content=file.read(),
            with_stock=request.POST.get("with_stock") == "on",
        )
        made.append(run.id)

    act_once(request, act)
    return redirect("console:import", made[0]) if made else redirect("console:imports")


def _progress(run: ImportRunView) -> dict[str, Any]:
    is_over = run.state in (ImportState.FINISHED, ImportState.FAILED)
    state = "failed" if run.state is ImportState.FAILED else "done" if is_over else "running"
    return {
        "is_over": is_over,
        "progress_state": state,
        "state": words.import_state(run.state)[0],
        "state_colour": words.import_state(run.state)[1],
        "total": max(run.rows_total, run.rows_read, 1),
        "refresh_url": reverse("console:import", args=[run.id]),
    }


def _issues(run: ImportRunView) -> dict[str, Any]:
    rows = [
        row(
            [
                number(issue.line or "–"),
                text(issue.column or "–"),
                text(issue.reason),
                tag(_("没有导入"), "accent") if issue.severity is Severity.ERROR else tag(_("提醒"), "gold"),
            ]
        )
        for issue in run.issues[:ISSUES_SHOWN]
    ]
    columns = [column(_("行"), is_number=True), column(_("列")), column(_("原因")), column(_("结果"))]
    return table(columns, rows, caption=_("有问题的行"), empty=(_("没有问题"), _("每一行都导入了。")))


def _runs(runs: list[ImportRunView]) -> dict[str, Any]:
    heads = (_("行数"), _("新增"), _("更新"), _("没变"), _("有问题"))
    columns = [
        column(_("文件")),
        column(_("状态")),
        *(column(head, is_number=True) for head in heads),
        column(_("时间")),
        column(_("谁")),
    ]
    rows = [
        row(
            [
                text(run.filename, note=run.format),
                tag(*words.import_state(run.state)),
                number(run.rows_read),
                number(run.created),
                number(run.updated),
                number(run.unchanged),
                number(run.failed_rows, mood="bad" if run.failed_rows else ""),
                text(f"{local(run.started_at):%m-%d %H:%M}" if run.started_at else "–"),
                text(run.actor_label or _("系统")),
            ],
            url=reverse("console:import", args=[run.id]),
        )
        for run in runs
    ]
    empty = (_("还没有导入过"), _("上传 Shopify、WooCommerce 或集市自己导出的商品表。"))
    return table(columns, rows, caption=_("导入记录"), empty=empty)
