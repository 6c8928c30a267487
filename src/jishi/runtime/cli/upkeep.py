"""Commands that do one thing and end."""

import os
import sys
from pathlib import Path

from jishi.runtime.cli.processes import database
from jishi.runtime.environment import environment
from jishi.runtime.prepare import ensure_secret, prepare
from jishi.runtime.trouble import Trouble


def run_prepare(*, with_seed: bool) -> int:
    env = environment()
    ensure_secret(env)
    with database(env):
        prepare(env, with_seed=with_seed)
    return 0


def run_manage(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    from django.core.management import execute_from_command_line

    with database(environment()):
        execute_from_command_line(["jishi manage", *arguments])
    return 0


def import_products(*, file: str) -> int:
    """Good rows go in, each bad one is told with its line, column and reason; 1 when there were bad ones."""
    path = Path(file)
    if not path.is_file():
        raise Trouble(f"没有这个文件：{file}", f"no such file: {file}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    with database(environment()):
        django.setup()
        from jishi.flows.import_catalogue import import_catalogue
        from jishi.kernel.actor import SYSTEM
        from jishi.modules.catalog.public import ImportRunView, ImportState

        def say(run: ImportRunView) -> None:
            sys.stderr.write(f"\r{run.rows_read} / {run.rows_total} ({run.percent} %)")
            sys.stderr.flush()

        run = import_catalogue(by=SYSTEM, content=path, filename=path.name, on_progress=say)
    sys.stderr.write("\n")
    for issue in run.issues:
        where = f"{path.name}:{issue.line}" + (f" [{issue.column}]" if issue.column else "")
        sys.stdout.write(f"{where} {issue.severity.value}: {issue.reason}\n")
    if run.issues_left_out:
        sys.stdout.write(f"… +{run.issues_left_out}\n")
    sys.stdout.write(
        f"新增 {run.created} · 更新 {run.updated} · 未变 {run.unchanged} · 失败 {run.failed_rows} 行\n"
        f"created {run.created}, updated {run.updated}, unchanged {run.unchanged}, failed rows {run.failed_rows}\n"
    )
    return 1 if run.failed_rows or run.state is ImportState.FAILED else 0
