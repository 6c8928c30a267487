"""Gather translatable texts of Python and templates into src/jishi/locale/en, keeping what is translated.

Marked are `gettext("…")` and its relatives (`_`, `gettext_lazy`, `ngettext`, `pgettext`), template tags
`{% translate %}`, `{% trans %}`, `{% blocktranslate %}`, `_("…")` in tags, the `message` of every Refusal, and
every Chinese text of a room's rules.py, of the festivals and of the notices in messaging/types.py.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "jishi"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
SPEAKING = ("rules.py", "festivals.py")
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_TAG = re.compile(r"""\{%-?\s*trans(?:late)?\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_IN_TAG = re.compile(r"""\b_\((?:"([^"]*)"|'([^']*)')\)""")
_BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b(.*?)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
_PLURAL_MARK = re.compile(r"\{%\s*plural\s*%\}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def gathered() -> set[str]:
    """Every source text; of a plural the singular."""
    return {singular for singular, _ in gathered_pairs()}


def gathered_pairs() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for path in SOURCE.rglob("*.py"):
        if not {"migrations", "tests"} & set(path.parts):
            tree = ast.parse(path.read_text())
            found |= set(_texts_of_python(tree))
            if path.name in SPEAKING or path.parts[-2:] == ("messaging", "types.py"):
                found |= {(text, "") for text in _chinese_of(tree)}
    for path in SOURCE.rglob("templates/**/*"):
        if path.is_file() and path.suffix in (".html", ".txt"):
            found |= set(texts_of_template(path.read_text()))
    return {pair for pair in found if pair[0].strip()}


def _texts_of_python(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [value for argument in node.args[:3] if (value := _string(argument)) is not None]
            if name in _SINGLE and texts:
                yield texts[0], ""
            elif name in _PLURAL and len(texts) >= 2:
                yield texts[0], texts[1]
        elif isinstance(node, ast.ClassDef):
            yield from _texts_of_refusal(node)


def _chinese_of(tree: ast.AST) -> Iterator[str]:
    """Rules are plain Python and cannot mark what they say: every Chinese text in them is for people."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and (text := _string(node)) and _CHINESE.search(text):
            yield text


def _texts_of_refusal(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """A class with both `code` and `message` is a refusal; its message is a source text."""
    values: dict[str, ast.expr] = {}
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            values[line.targets[0].id] = line.value
        elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
            values[line.target.id] = line.value
    text = _string(values["message"]) if {"code", "message"} <= values.keys() else None
    if text:
        yield text, ""


def _string(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts_of_template(text: str) -> Iterator[tuple[str, str]]:
    for double, single in [*_TAG.findall(text), *_IN_TAG.findall(text)]:
        yield (double or single).replace('\\"', '"').replace("\\'", "'"), ""
    for options, body in _BLOCK.findall(text):
        parts = [
            _as_django_reads(part, trimmed="trimmed" in options.split()) for part in _PLURAL_MARK.split(body)
        ]
        yield parts[0], parts[1] if len(parts) > 1 else ""


def _as_django_reads(body: str, *, trimmed: bool) -> str:
    """`{{ name }}` becomes `%(name)s`; a lone percent is doubled; `trimmed` joins the lines."""
    text = _VARIABLE.sub(r"%(\1)s", body.replace("%", "%%"))
    return " ".join(line.strip() for line in text.strip().splitlines() if line.strip()) if trimmed else text


def main() -> None:
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    pairs = dict(sorted(gathered_pairs()))
    known = {entry.msgid: entry for entry in catalogue}
    for entry in [entry for entry in catalogue if entry.msgid not in pairs]:
        catalogue.remove(entry)
    for singular, plural in pairs.items():
        if singular not in known:
            new = polib.POEntry(msgid=singular, msgid_plural=plural)
            if plural:
                new.msgstr_plural = {0: "", 1: ""}
            catalogue.append(new)
    catalogue.sort(key=lambda entry: entry.msgid)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    missing = sum(1 for entry in catalogue if not entry.translated())
    sys.stdout.write(f"{len(catalogue)} texts, {missing} without English\n")


if __name__ == "__main__":
    main()
