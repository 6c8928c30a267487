from pathlib import Path

import polib
import pytest

from tools import gather_messages
from tools.check_messages import complaints
from tools.compile_messages import compile_catalogues
from tools.gather_messages import texts_of_template


def catalogue(**entries: str) -> polib.POFile:
    made = polib.POFile()
    made.extend(polib.POEntry(msgid=text, msgstr=english) for text, english in entries.items())
    return made


def test_every_text_has_its_english() -> None:
    found = (
        polib.pofile(str(gather_messages.CATALOGUE)) if gather_messages.CATALOGUE.exists() else polib.POFile()
    )

    assert complaints(found, gather_messages.gathered()) == []


def test_a_missing_text_and_an_empty_translation_are_found() -> None:
    assert len(complaints(catalogue(), {"加入"})) == 1
    assert len(complaints(catalogue(加入=""), {"加入"})) == 1
    assert complaints(catalogue(加入="Join"), {"加入"}) == []


def test_an_english_text_that_names_an_unknown_field_is_found() -> None:
    assert complaints(catalogue(**{"还差 {count} 人": "{number} to go"}), {"还差 {count} 人"}) != []
    assert complaints(catalogue(**{"还差 {count} 人": "{count} to go"}), {"还差 {count} 人"}) == []


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{% translate "加入" %}', "加入"),
        ("{% trans '加入' as join %}", "加入"),
        ('{% include "x.html" with title=_("加入") %}', "加入"),
        ("{% blocktranslate with n=count %}还差 {{ n }} 人{% endblocktranslate %}", "还差 %(n)s 人"),
        ("{% blocktrans trimmed %}\n  一\n  二\n{% endblocktrans %}", "一 二"),
    ],
)
def test_template_texts_are_found_as_django_reads_them(template: str, text: str) -> None:
    assert [singular for singular, _ in texts_of_template(template)] == [text]


def test_a_catalogue_is_compiled_once(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue(加入="Join").save(str(folder / "django.po"))

    assert compile_catalogues(tmp_path) == [folder / "django.mo"]
    assert compile_catalogues(tmp_path) == []
    assert polib.mofile(str(folder / "django.mo")).find("加入").msgstr == "Join"
