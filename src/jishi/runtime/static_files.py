"""Static files under names that carry their content's hash, collected only when they have changed."""

import hashlib
from pathlib import Path

from whitenoise.storage import CompressedManifestStaticFilesStorage

import jishi

SOURCE = Path(jishi.__file__).parent
FINGERPRINT_FILE = "collected.txt"


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Falls back on the plain name where nothing was collected, so that tests need no build."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name


def fingerprint() -> str:
    """Changes when a static file of ours is added, removed or rebuilt. Needs no Django."""
    total = hashlib.sha256()
    for folder in sorted(SOURCE.glob("**/static")):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            found = path.stat()
            total.update(f"{path.relative_to(SOURCE)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return total.hexdigest()


def is_collected(home: Path) -> bool:
    try:
        return (home / "static" / FINGERPRINT_FILE).read_text() == fingerprint()
    except OSError:
        return False


def collect(home: Path) -> None:
    """Gather, hash and compress into STATIC_ROOT; Django must be set up."""
    from django.core.management import call_command

    if is_collected(home):
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    (home / "static" / FINGERPRINT_FILE).write_text(fingerprint())
