"""Every translatable text has its English: the catalogue holds all that the sources mark, nothing empty or fuzzy.

Texts are found by reading Python and Django templates, so gettext's programs are not needed.
"""

import re
import string
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.gather_messages import CATALOGUE, gathered  # noqa: E402

_FIELD = re.compile(r"%\((\w+)\)[sd]")


def complaints(catalogue: polib.POFile, wanted: set[str]) -> list[str]:
    known = {entry.msgid: entry for entry in catalogue if not entry.obsolete}
    found = [f"not in the catalogue (make messages): {text!r}" for text in sorted(wanted - known.keys())]
    for text in sorted(wanted & known.keys()):
        entry = known[text]
        translations = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if entry.fuzzy or not all(part.strip() for part in translations):
            found.append(f"no English: {text!r}")
        elif any(
            fields_of(part) - fields_of(text) - fields_of(entry.msgid_plural or "") for part in translations
        ):
            found.append(f"the English names fields that the Chinese has not: {text!r}")
    return found


def fields_of(text: str) -> set[str]:
    """Named fields in either notation: `{name}` and `%(name)s`."""
    try:
        braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:  # a lone brace is text
        braces = set()
    return braces | set(_FIELD.findall(text))


if __name__ == "__main__":
    found = complaints(polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile(), gathered())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(bool(found))
