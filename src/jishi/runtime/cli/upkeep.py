"""Commands that do one thing and end."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from jishi.runtime.cli.processes import database
from jishi.runtime.environment import environment
from jishi.runtime.prepare import ensure_secret, prepare
from jishi.runtime.trouble import Trouble

if TYPE_CHECKING:
    from jishi.modules.catalog.public import ImportRunView


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


def import_products(*, file: str, as_json: bool) -> int:
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
        from jishi.kernel.errors import Refusal

        try:
            run = import_catalogue(by=SYSTEM, filename=path.name, content=path, on_progress=_show_progress)
        except Refusal as refusal:
            raise Trouble(refusal.message.format(**refusal.facts), str(refusal)) from refusal
    return _report(run, as_json=as_json)


def _show_progress(run: "ImportRunView") -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{run.percent:3d} %  {run.rows_read}/{run.rows_total}")
        sys.stderr.flush()


def _report(run: "ImportRunView", *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps(asdict(run), default=str, ensure_ascii=False) + "\n")
        return int(run.failed_rows > 0)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    for issue in run.issues:
        sys.stdout.write(f"{issue.line}: {issue.column}: {issue.reason}\n")
    sys.stdout.write(
        f"新建 {run.created} · 更新 {run.updated} · 未变 {run.unchanged} · 失败 {run.failed_rows} 行\n"
        f"{run.created} new, {run.updated} updated, {run.unchanged} unchanged, {run.failed_rows} rows failed\n"
    )
    return int(run.failed_rows > 0)
