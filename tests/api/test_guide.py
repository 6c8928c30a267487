"""The examples of the guide, run as they stand: curl and jq are read here, the requests are real."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from jishi.modules.messaging.models import Outgoing
from tests.world import makers
from tests.world.web import token_for

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "api.md"
LINE = re.compile(
    r"^(?:(?P<name>[A-Z]+)=\$\()?curl (?P<curl>.+?)(?: \| jq -r \.(?P<field>\w+)\))?\s*# (?P<status>\d+)$"
)

pytestmark = pytest.mark.django_db(transaction=True)


def examples() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if "curl" in line]


def test_every_example_of_the_guide_works() -> None:
    names = {
        "API": "http://testserver/api/v1",
        "VARIANT": str(makers.make_product(title="赣南脐橙")),
        "PROVIDER": "fake",
        "STAFF": token_for(makers.make_member(role="finance")),
    }
    ran = 0
    for line in examples():
        if "$CODE" in line:
            names["CODE"] = Outgoing.objects.get().facts["code"]
        found = LINE.match(line)
        assert found, line
        status, answer = _curl(found["curl"], names)
        assert status == int(found["status"]), (line, answer)
        if found["name"]:
            names[found["name"]] = str(answer[found["field"]])
        ran += 1
    assert ran >= 12


def _curl(words: str, names: dict[str, str]) -> tuple[int, dict[str, object]]:
    """What curl would send: -X, -H, -d and an address; variables are filled in as a shell would."""
    parts = [re.sub(r"\$([A-Z]+)", lambda match: names[match[1]], part) for part in shlex.split(words)]
    method, headers, body, address = "GET", {}, "", ""
    while parts:
        part = parts.pop(0)
        if part == "-X":
            method = parts.pop(0)
        elif part == "-H":
            name, _, value = parts.pop(0).partition(": ")
            headers[name] = value
        elif part == "-d":
            body = parts.pop(0)
        else:
            address = part
    parsed = urlsplit(address)
    kind = headers.pop("Content-Type", "application/json")
    response = Client().generic(
        method, f"{parsed.path}?{parsed.query}", body, content_type=kind, headers=headers
    )
    return response.status_code, json.loads(response.content) if response.content else {}
