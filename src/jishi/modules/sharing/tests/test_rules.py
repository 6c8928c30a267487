"""Who brought a buyer; worked numbers from docs/algorithms/attribution.md."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.sharing.rules import (
    DIRECT,
    SOURCE_LENGTH_MAX,
    WINDOW_DAYS,
    attribute,
    clean_source,
    reversal_minor,
)
from jishi.modules.sharing.types import Reason, TouchView

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
BUYER, A, B, T = (uuid.UUID(int=number) for number in (1, 2, 3, 4))
PRODUCT = uuid.UUID(int=5)


def touch(
    sharer: uuid.UUID | None = None, *, days: float = 1, to: uuid.UUID | None = PRODUCT, source: str = "share"
) -> TouchView:
    return TouchView(
        id=uuid.uuid4(),
        at=NOW - timedelta(days=days),
        sharer_id=sharer,
        link_id=uuid.uuid4() if sharer else None,
        source=source,
        target_kind="team" if to == T else "product",
        target_id=to,
    )


def found(*touches: TouchView, team: uuid.UUID | None = None) -> tuple[uuid.UUID | None, str, Reason]:
    credit = attribute(touches, buyer_id=BUYER, now=NOW, team_id=team)
    return credit.sharer_id, credit.source, credit.reason


@pytest.mark.parametrize(
    ("touches", "team", "wanted"),
    [
        ([touch(A, days=9), touch(source="wechat", days=2)], None, (A, "share", Reason.LAST_SHARE)),
        ([touch(A, days=9, to=T), touch(B, days=1)], T, (A, "share", Reason.TEAM_SHARE)),
        ([touch(A, days=9, to=T), touch(B, days=1)], None, (B, "share", Reason.LAST_SHARE)),
        ([touch(A, days=31), touch(source="search", days=4)], None, (None, "search", Reason.LAST_SOURCE)),
        ([touch(BUYER, days=1)], None, (None, DIRECT, Reason.OWN_LINK)),
        ([], None, (None, DIRECT, Reason.DIRECT)),
        ([], T, (None, DIRECT, Reason.DIRECT)),
        ([touch(BUYER, days=1, to=T), touch(A, days=2)], T, (A, "share", Reason.LAST_SHARE)),
        ([touch(BUYER, days=1), touch(source="wechat", days=3)], None, (None, "wechat", Reason.LAST_SOURCE)),
        ([touch(A, days=3, to=T), touch(B, days=2, to=T)], T, (B, "share", Reason.TEAM_SHARE)),
        ([touch(source=DIRECT, days=1)], None, (None, DIRECT, Reason.DIRECT)),
    ],
)
def test_the_worked_examples(
    touches: list[TouchView], team: uuid.UUID | None, wanted: tuple[uuid.UUID | None, str, Reason]
) -> None:
    assert found(*touches, team=team) == wanted
    assert found(*reversed(touches), team=team) == wanted, (
        "the order in which touches are read decides nothing"
    )


@pytest.mark.parametrize(
    ("days", "counts"), [(0, True), (WINDOW_DAYS, True), (WINDOW_DAYS + 0.001, False), (-0.001, False)]
)
def test_the_window_is_thirty_days_and_never_the_future(days: float, counts: bool) -> None:
    assert (found(touch(A, days=days))[0] == A) is counts


touches = st.lists(
    st.builds(
        touch,
        st.sampled_from([None, A, B, BUYER]),
        days=st.floats(-2, 40),
        to=st.sampled_from([T, PRODUCT, None]),
        source=st.sampled_from(["share", "wechat", DIRECT]),
    ),
    max_size=8,
)


@given(touches, st.sampled_from([None, T]))
def test_a_credit_is_backed_by_a_touch_in_the_window_and_never_goes_to_the_buyer(
    seen: list[TouchView], team: uuid.UUID | None
) -> None:
    credit = attribute(seen, buyer_id=BUYER, now=NOW, team_id=team)
    by_id = {one.id: one for one in seen}

    assert credit.sharer_id != BUYER
    if credit.reason is Reason.DIRECT:
        assert credit.touch_id is None
    else:
        assert credit.touch_id is not None
        backing = by_id[credit.touch_id]
        assert NOW - timedelta(days=WINDOW_DAYS) <= backing.at <= NOW
        if credit.sharer_id:
            assert (backing.sharer_id, backing.link_id) == (credit.sharer_id, credit.link_id)
        if credit.reason is Reason.TEAM_SHARE:
            assert backing.target_id == team
    shared = [
        one for one in seen if one.sharer_id in (A, B) and 0 <= (NOW - one.at) / timedelta(days=1) <= 30
    ]
    assert (credit.sharer_id is not None) == bool(shared)


@pytest.mark.parametrize(
    ("text", "name"),
    [("WeChat", "wechat"), (" xhs-note_1 ", "xhs-note_1"), ("<script>", "script"), ("微信", DIRECT), ("", DIRECT),
     ("a" * 99, "a" * SOURCE_LENGTH_MAX)],
)  # fmt: skip
def test_a_source_is_a_short_plain_name(text: str, name: str) -> None:
    assert clean_source(text) == name


@given(st.text(max_size=100))
def test_a_cleaned_source_stays_as_it_is(text: str) -> None:
    name = clean_source(text)
    assert clean_source(name) == name
    assert 1 <= len(name) <= SOURCE_LENGTH_MAX


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=6))
def test_refunds_never_take_back_more_than_was_credited(amount: int, refunds: list[int]) -> None:
    taken = 0
    for refunded in refunds:
        back = reversal_minor(amount_minor=amount, reversed_minor=taken, refunded_minor=refunded)
        assert 0 <= back <= refunded
        taken += back
    assert taken == min(amount, sum(refunds))
