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
        from jishi.kernel.actor import SYSTEM
        from jishi.modules.catalog.public import import_products as import_catalogue

        report = import_catalogue(by=SYSTEM, content=path.read_bytes(), file_name=path.name)
    sys.stdout.write(f"{report}\n")
    return 1 if getattr(report, "problems", ()) else 0
