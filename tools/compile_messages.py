"""Compile every .po catalogue that is newer than its .mo, without needing gettext's own programs."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "src" / "jishi" / "locale"


def compile_catalogues(locale: Path) -> list[Path]:
    """Returns the catalogues written. An up-to-date one is left alone."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        polib.pofile(str(source), check_for_duplicates=True).save_as_mofile(str(target))
        written.append(target)
    return written


if __name__ == "__main__":
    try:
        compile_catalogues(LOCALE)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
