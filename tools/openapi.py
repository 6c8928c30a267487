"""Write the OpenAPI document of the API to docs/openapi.json (make openapi)."""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "openapi.json"


def as_text() -> str:
    """The document as it is kept: indented, so that a change can be read."""
    from jishi.surfaces.api.openapi import document

    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    django.setup()
    KEPT.write_text(as_text())
