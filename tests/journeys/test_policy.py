"""No page of the shop or the console may run what stands in it."""

import re
from pathlib import Path

import pytest
from django.test import Client

from jishi.surfaces import policy
from tests.world.web import API

pytestmark = pytest.mark.django_db
SURFACES = Path(policy.__file__).parent
INLINE = re.compile(
    r"<script(?![^>]*\b(?:src|type=\"application/ld\+json\"))|\son[a-z]+=|javascript:", re.IGNORECASE
)


@pytest.mark.parametrize(
    "path", ["/", "/search/?q=a", "/nowhere/", "/login/", "/console/login/", f"{API}/feed"]
)
def test_every_answer_carries_the_policy(path: str) -> None:
    assert Client().get(path)["Content-Security-Policy"] == policy.POLICY


def test_a_stricter_policy_stays() -> None:
    assert Client().get(f"{API}/docs")["Content-Security-Policy"] != policy.POLICY


def test_no_template_needs_more_than_the_policy_allows() -> None:
    templates = list(SURFACES.glob("**/templates/**/*.html"))
    assert len(templates) > 150
    assert [path.name for path in templates if INLINE.search(path.read_text())] == []
    assert INLINE.search("<script>x</script>") and INLINE.search('<img src=x onerror="x">')
