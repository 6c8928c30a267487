"""The lane over HTTP, through the front door: words, statuses, states."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client

from jishi.kernel import clock, ids
from jishi.platform import rush
from jishi.platform.models import Claim, Pool
from jishi.platform.rush import Admission, HoldRules, PoolTerms, lane
from jishi.platform.rush.passes import issue_pass, read_pass
from jishi.runtime import front_door, telemetry
from jishi.surfaces.rush import routes
from tests.world.makers import make_member
from tests.world.web import ask as ask_api
from tests.world.web import token_for

pytestmark = pytest.mark.django_db(transaction=True)
MEMBER = uuid.UUID(int=77)


@asynccontextmanager
async def door(client: str = "203.0.113.7") -> AsyncIterator[httpx.AsyncClient]:
    app = front_door.beside_hot(front_door.routes(), trusted_proxies=["127.0.0.1"])
    transport = httpx.ASGITransport(app=app, client=(client, 1))
    async with routes.lane_lifespan(), httpx.AsyncClient(transport=transport, base_url="http://shop") as http:
        yield http


def passing(member: uuid.UUID = MEMBER, *, key: str = "", **more: str) -> dict[str, str]:
    text = issue_pass(member, now_seconds=int(clock.now().timestamp()))
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"authorization": f"Pass {text}", "idempotency-key": key or str(ids.new_id()), **named}


def post(
    path: str, body: Any = None, *, headers: dict[str, str] | None = None, **options: Any
) -> httpx.Response:
    async def run() -> httpx.Response:
        async with door(**options) as http:
            return await http.post(path, json=body, headers=headers)

    return asyncio.run(run())


def claims(
    pool: uuid.UUID, body: Any = None, *, headers: dict[str, str] | None = None, **options: Any
) -> httpx.Response:
    return post(f"/rush/pools/{pool}/claims", body, headers=headers, **options)


def test_a_claim_is_granted_repeated_and_refused_under_another_body() -> None:
    pool = rush.open_pool(purpose="test", capacity=5)
    headers = passing(x_request_id="told-by-the-caller")

    first, again, other = (
        claims(pool, body, headers=headers) for body in (None, {"quantity": 1}, {"quantity": 2})
    )

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == {"claim_id": headers["idempotency-key"], "hold_seconds": 900}
    assert again.json()["claim_id"] == first.json()["claim_id"]
    assert 890 <= again.json()["hold_seconds"] <= 900
    assert other.json()["code"] == "idempotency_key_reused"
    assert first.headers["x-request-id"] == other.json()["request_id"] == "told-by-the-caller"
    assert Pool.objects.get(id=pool).taken == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", "已经被抢完了。"),
        ("en-GB,en;q=0.9", "All gone."),
        ("fr", "已经被抢完了。"),
        ("zh-CN,en", "已经被抢完了。"),
    ],
)
def test_refusals_speak_the_readers_language(language: str, words: str) -> None:
    pool = rush.open_pool(purpose="test", capacity=0)
    answer = claims(pool, headers=passing(accept_language=language))

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["detail"], body["status"]) == ("sold_out", words, 409)
    assert body["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "body", "change", "status", "code"),
    [
        ("claims", None, {"authorization": "Pass x"}, 401, "pass_needed"),
        ("claims", None, {"authorization": "Bearer x"}, 401, "pass_needed"),
        ("claims", None, {"idempotency-key": "no uuid"}, 422, "bad_request"),
        ("claims", {"quantity": 0}, {}, 422, "bad_request"),
        ("claims", {"quantity": True}, {}, 422, "bad_request"),
        ("claims", {"quantity": 100}, {}, 422, "bad_request"),
        ("claims", [1], {}, 422, "bad_request"),
        ("claims", {"x": "x" * 2000}, {}, 422, "bad_request"),
        ("turns", None, {"authorization": ""}, 401, "pass_needed"),
        ("nothing", None, {}, 404, "not_found"),
    ],
)
def test_what_makes_no_sense_is_refused_and_claims_nothing(
    path: str, body: Any, change: dict[str, str], status: int, code: str
) -> None:
    pool = rush.open_pool(purpose="test", capacity=5)
    answer = post(f"/rush/pools/{pool}/{path}", body, headers={**passing(), **change})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Pool.objects.get(id=pool).taken == 0


@pytest.mark.parametrize(
    "path", ["/rush/", "/rush/pools/", "/rush/pools/x/claims", f"/rush/pools/{uuid.UUID(int=1)}/claims"]
)
def test_no_such_pool_is_not_found(path: str) -> None:
    assert post(path, headers=passing()).status_code == 404


def test_addresses_are_counted_behind_the_proxy_and_kept_as_hashes() -> None:
    pool = rush.open_pool(purpose="test", capacity=5, terms=PoolTerms(holds=HoldRules(per_address=1)))
    near = {"x_forwarded_for": "198.51.100.9"}

    first = claims(pool, headers=passing(ids.new_id(), **near), client="127.0.0.1")
    second = claims(pool, headers=passing(ids.new_id(), **near), client="127.0.0.1")
    lying = claims(pool, headers=passing(ids.new_id(), **near), client="203.0.113.7")

    assert (first.status_code, second.status_code, lying.status_code) == (201, 409, 201)
    assert (second.json()["code"], second.json()["facts"]) == ("unpaid_holds", {"limit": 1, "by": "address"})
    marks = set(Claim.objects.values_list("address", flat=True))
    assert len(marks) == 2 and all(abs(mark) > 2**33 for mark in marks), "no address fits in there"


def test_the_state_of_a_pool_is_for_everybody() -> None:
    opens = clock.now() - timedelta(minutes=1)
    pool = rush.open_pool(purpose="test", capacity=5, opens_at=opens)
    rush.claim_units(pool_id=pool, member_id=MEMBER, quantity=2)

    async def run() -> httpx.Response:
        async with door() as http:
            return await http.get(f"/rush/pools/{pool}")

    answer = asyncio.run(run())
    body = answer.json()
    assert answer.headers["cache-control"] == "public, max-age=1"
    assert (body["capacity"], body["remaining"], body["is_sold_out"], body["is_open"]) == (5, 3, False, True)
    assert body["opens_at"] == opens.isoformat() and body["server_time"] and body["waiting_room"] is None


def test_many_who_look_cost_one_query_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = rush.open_pool(purpose="test", capacity=5)
    reads: list[str] = []

    async def run() -> None:
        async with door() as http:
            assert routes._lane is not None
            memory = routes._lane.memory
            real = memory._read
            monkeypatch.setattr(
                memory, "_read", lambda query, values: (reads.append(query), real(query, values))[1]
            )
            while not memory.is_listening:
                await asyncio.sleep(0.01)
            await asyncio.gather(*[http.get(f"/rush/pools/{pool}") for _ in range(100)])

    asyncio.run(run())
    assert len(reads) == 1


def test_a_waiting_room_says_how_long() -> None:
    opens = clock.now() + timedelta(seconds=30)
    terms = PoolTerms(admission=Admission(burst=1, rate=1))
    pool = rush.open_pool(purpose="test", capacity=5, opens_at=opens, terms=terms)

    turn = post(f"/rush/pools/{pool}/turns", headers=passing())
    second = post(f"/rush/pools/{pool}/turns", headers=passing(ids.new_id()))
    waiting = claims(pool, headers=passing(x_rush_turn=turn.json()["turn"], accept_language="en"))
    forged = claims(pool, headers=passing(x_rush_turn="x" + turn.json()["turn"]))

    assert (turn.json()["position"], turn.json()["ahead"]) == (1, 0)
    assert (second.json()["position"], second.json()["ahead"]) == (2, 1)
    assert (waiting.status_code, waiting.json()["code"]) == (429, "waiting")
    assert waiting.json()["facts"] == {"position": 1, "ahead": 0, "seconds": 30}
    assert waiting.headers["retry-after"] == "30"
    assert (forged.status_code, forged.json()["code"]) == (409, "turn_needed")
    assert Pool.objects.get(id=pool).taken == 0


def test_without_a_room_nobody_waits() -> None:
    pool = rush.open_pool(purpose="test", capacity=5)

    assert post(f"/rush/pools/{pool}/turns", headers=passing()).json() == {
        "position": 0,
        "ahead": 0,
        "seconds": 0,
        "turn": "",
    }


def test_answers_are_counted_by_what_they_were() -> None:
    def counted() -> dict[str, float]:
        text = telemetry.exposition()[0].decode()
        lines = [line.rsplit(" ", 1) for line in text.splitlines() if 'route_class="rush"' in line]
        return {name: float(value) for name, value in lines if "requests_total" in name}

    pool, before = rush.open_pool(purpose="test", capacity=1), counted()
    for _ in range(3):
        claims(pool, headers=passing(ids.new_id()))
    claims(pool)

    found = {name: value - before.get(name, 0) for name, value in counted().items()}
    assert {name.split('status="')[1][:3]: value for name, value in found.items() if value} == {
        "201": 1,
        "409": 2,
        "401": 1,
    }


# ---- where passes come from ----------------------------------------------------------------------------


def test_the_api_gives_a_member_a_pass() -> None:
    member = make_member()
    answer = ask_api("POST", "/rush/pass", token=token_for(member))

    assert answer.status_code == 201
    read = read_pass(answer.json()["text"], now_seconds=int(clock.now().timestamp()))
    assert read is not None and read.member_id == member.id
    assert answer.json()["tags"] == ["member:new"]
    assert ask_api("POST", "/rush/pass").status_code == 401


def test_the_shops_page_gets_a_pass_that_knows_its_browser() -> None:
    from django.contrib.auth import get_user_model

    member, browser = make_member(), Client()
    assert browser.post("/rush-pass/").status_code == 401
    browser.force_login(
        get_user_model().objects.get(id=member.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    passes = [
        read_pass(browser.post("/rush-pass/").json()["pass"], now_seconds=int(clock.now().timestamp()))
        for _ in range(2)
    ]

    assert [found and found.member_id for found in passes] == [member.id] * 2
    assert passes[0] and passes[1] and passes[0].device == passes[1].device != 0
    assert browser.get("/rush-pass/").status_code == 405


def test_the_lane_writes_down_what_it_told_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "WRITE_SECONDS", 0.05)
    pool = rush.open_pool(purpose="test", capacity=1)
    early = rush.open_pool(purpose="test", capacity=1, opens_at=clock.now() + timedelta(hours=1))

    async def run() -> dict[str, int]:
        async with door() as http:
            for wanted in (pool, pool, pool, early):
                await http.post(f"/rush/pools/{wanted}/claims", headers=passing(ids.new_id()))
            monkeypatch.setattr(lane, "WAITING_MAX", 0)
            await http.post(f"/rush/pools/{pool}/claims", headers=passing())
            await asyncio.sleep(0.3)
            return await asyncio.to_thread(lambda: dict(rush.answers_by_pool([pool])[pool]))

    while_it_runs = asyncio.run(run())

    found = rush.answers_by_pool([pool, early])
    assert while_it_runs == found[pool] and found[early] == {"too_early": 1}
    assert found[pool]["granted"] == 1 and sum(found[pool].values()) == 4
    assert set(found[pool]) <= {"granted", "sold_out", "busy"}
