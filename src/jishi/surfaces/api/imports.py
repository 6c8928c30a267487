"""Product files coming in: taken now, read in the background, asked about afterwards."""

import uuid
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from jishi.modules.catalog.public import ImportState, Severity, import_run, import_runs, request_import
from jishi.platform.http import actor_of, limited_as, scopes

router = Router(tags=["catalog"])


class IssueOut(Schema):
    line: int
    column: str
    code: str
    severity: Severity
    reason: str


class ImportOut(Schema):
    id: uuid.UUID
    filename: str
    format: str
    state: ImportState
    rows_total: int
    rows_read: int
    created: int
    updated: int
    unchanged: int
    failed_rows: int
    notes: int
    issues_left_out: int
    issues: list[IssueOut]


@router.post(
    "/imports",
    response={202: ImportOut},
    summary="Import a product file in the background",
    openapi_extra=scopes("catalog.edit", **limited_as("import")),
)
def request_product_import(request: HttpRequest, file: File[UploadedFile], with_stock: bool = True) -> Any:
    actor = actor_of(request)
    actor.require("catalog.edit")
    run = request_import(
        by=actor, filename=file.name or "products.csv", content=file.read(), with_stock=with_stock
    )
    return Status(202, asdict(run))


@router.get(
    "/imports",
    response=list[ImportOut],
    summary="The latest imports",
    openapi_extra=scopes("catalog.edit"),
)
def list_imports(request: HttpRequest) -> Any:
    return import_runs(by=actor_of(request))


@router.get(
    "/imports/{uuid:run_id}",
    response=ImportOut,
    summary="How an import goes, with its issues",
    openapi_extra=scopes("catalog.edit"),
)
def get_import(request: HttpRequest, run_id: uuid.UUID) -> Any:
    return import_run(by=actor_of(request), run_id=run_id)
