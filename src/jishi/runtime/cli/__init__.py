"""The command `jishi`. Each command imports what it needs, so that none pays for another."""

import argparse
import sys
from collections.abc import Callable, Sequence

from jishi.runtime import lifeline
from jishi.runtime.trouble import Trouble

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code. Trouble is told in both languages; a bug keeps its trace."""
    lifeline.follow_parent()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["manage"]:
        return _guarded(lambda: _manage(given[1:]))
    options = _parser().parse_args(given)
    return _guarded(lambda: options.run(options))


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except Trouble as trouble:
        sys.stderr.write(f"\n✗ {trouble.zh}\n✗ {trouble.en}\n")
        if trouble.detail:
            sys.stderr.write(
                "\n" + "\n".join(f"    {line}" for line in trouble.detail.splitlines()[-15:]) + "\n"
            )
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jishi", description="集市 · self-hosted social commerce")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Run, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words)
        made.set_defaults(run=run)
        return made

    demo = command("demo", _demo, "演示：一条命令跑起整个集市 · the whole shop, seeded, in one command")
    demo.add_argument("--fresh", action="store_true", help="清空数据重新开始 · start over")
    demo.add_argument(
        "--empty", action="store_true", help="不填演示数据 · without the seeded goods and people"
    )
    command("serve", _serve, "网站进程 · the web server")
    command("worker", _worker, "后台任务 · the job worker")
    command("sandbox", _sandbox, "收银台沙盒 · the sandbox cashier")
    prepare = command(
        "migrate", _prepare, "更新数据库结构和静态文件 · bring the database and static files up to date"
    )
    prepare.add_argument(
        "--seed", action="store_true", help="首次运行时填入演示数据 · seed the demo on the first run"
    )
    command("seed", _seed, "填入演示数据 · fill the demo shop")
    command("doctor", _doctor, "检查这台机器 · what is wrong here and how to mend it")
    command("settings", _settings, "环境变量一览 · the table of variables")
    products = command("import", _import, "导入 · import")
    products.add_argument("what", choices=["products"])
    products.add_argument("file", help="Shopify 或 WooCommerce 导出的 CSV · a CSV export")
    products.add_argument("--json", action="store_true", help="以 JSON 报告 · report as JSON")
    words = command("lexicon", _lexicon, "词库 · word lists")
    words.add_argument("what", choices=["import"])
    words.add_argument(
        "file", help="每行一个词的文本，或带分类的 JSON · text, a word a line, or JSON with categories"
    )
    words.add_argument("--kind", choices=["watched", "advertising", "spam"], required=True)
    words.add_argument(
        "--name", default="", help="词库名，默认是文件名 · of the lexicon; the file's by default"
    )
    words.add_argument("--severity", choices=["note", "review", "block"], default="review")
    words.add_argument(
        "--sounds-alike", action="store_true", help="谐音也算 · other characters of the same sound too"
    )
    backup = command("backup", _backup, "备份数据库和文件 · back up database and files")
    backup.add_argument("folder")
    restore = command("restore", _restore, "从备份恢复 · restore a backup")
    restore.add_argument("folder")
    commands.add_parser("manage", help="Django 管理命令 · Django's management commands", add_help=False)
    return parser


def _demo(options: argparse.Namespace) -> int:
    from jishi.runtime.cli.demo import run_demo

    return run_demo(fresh=options.fresh, with_seed=not options.empty)


def _serve(_options: argparse.Namespace) -> int:
    from jishi.runtime.cli.processes import run_server

    return run_server()


def _worker(_options: argparse.Namespace) -> int:
    from jishi.runtime.cli.processes import run_worker

    return run_worker()


def _sandbox(_options: argparse.Namespace) -> int:
    from jishi.runtime.cli.processes import run_sandbox

    return run_sandbox()


def _prepare(options: argparse.Namespace) -> int:
    from jishi.runtime.cli.upkeep import run_prepare

    return run_prepare(with_seed=options.seed)


def _seed(_options: argparse.Namespace) -> int:
    from jishi.runtime.cli.upkeep import run_prepare

    return run_prepare(with_seed=True)


def _doctor(_options: argparse.Namespace) -> int:
    from jishi.runtime.cli.doctor import run_doctor

    return run_doctor()


def _settings(_options: argparse.Namespace) -> int:
    from jishi.runtime.environment import settings_table

    sys.stdout.write(settings_table())
    return 0


def _import(options: argparse.Namespace) -> int:
    from jishi.runtime.cli.upkeep import import_products

    return import_products(file=options.file, as_json=options.json)


def _lexicon(options: argparse.Namespace) -> int:
    from jishi.runtime.cli.lexicons import import_words

    return import_words(
        file=options.file,
        kind=options.kind,
        name=options.name,
        severity=options.severity,
        sounds_alike=options.sounds_alike,
    )


def _backup(options: argparse.Namespace) -> int:
    from jishi.runtime.cli.backup import back_up

    return back_up(options.folder)


def _restore(options: argparse.Namespace) -> int:
    from jishi.runtime.cli.backup import restore

    return restore(options.folder)


def _manage(arguments: list[str]) -> int:
    from jishi.runtime.cli.upkeep import run_manage

    return run_manage(arguments)
