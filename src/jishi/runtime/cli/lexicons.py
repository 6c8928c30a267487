"""`jishi lexicon import FILE`: word lists come in by command and never with the program."""

import os
import sys
from pathlib import Path

from jishi.runtime.cli.processes import database
from jishi.runtime.environment import environment
from jishi.runtime.trouble import Trouble


def import_words(*, file: str, kind: str, name: str, severity: str, sounds_alike: bool) -> int:
    """Add the words of a file; 1 when some of them could not be used."""
    path = Path(file)
    if not path.is_file():
        raise Trouble(f"没有这个文件：{file}", f"no such file: {file}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    with database(environment()):
        django.setup()
        from jishi.kernel.actor import SYSTEM
        from jishi.kernel.errors import Refusal
        from jishi.modules.guard.public import LexiconKind, Severity, import_lexicon

        try:
            done = import_lexicon(
                path.read_bytes(),
                by=SYSTEM,
                name=name or path.stem,
                kind=LexiconKind(kind),
                severity=Severity(severity),
                sounds_alike=sounds_alike,
            )
        except Refusal as refusal:
            raise Trouble(refusal.message.format(**refusal.facts), str(refusal)) from refusal
    for word, reason in done.refused:
        sys.stdout.write(f"✗ {word}: {reason}\n")
    sys.stdout.write(
        f"新增 {done.added} · 已有或重复 {done.known} · 不能用 {done.refused_count}\n"
        f"{done.added} added, {done.known} known or repeated, {done.refused_count} refused\n"
    )
    return int(bool(done.refused_count))
