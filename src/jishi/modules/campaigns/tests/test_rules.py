"""Arms, pages, and the calendar (docs/algorithms/campaigns.md)."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance, can
from jishi.modules.campaigns import rules
from jishi.modules.campaigns.errors import BadCampaign
from jishi.modules.campaigns.queries.festivals import festivals_between
from jishi.modules.campaigns.types import Arm, Block, BlockKind, CampaignForm, CampaignState, Theme

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FORM = CampaignForm(
    name="双十二",
    slug="double-12",
    headline="邻居一起买",
    theme=Theme.PERSIMMON,
    opens_at=NOW,
    closes_at=NOW + timedelta(days=3),
    blocks=(Block(BlockKind.BANNER, title="欢迎"),),
)
MANY = tuple(uuid.UUID(int=n) for n in range(1, 14))


def test_the_holdout_is_as_large_as_asked_for_and_always_the_same_people() -> None:
    campaign, people = uuid.UUID(int=7), [uuid.uuid5(uuid.NAMESPACE_URL, str(n)) for n in range(20_000)]
    held = {one for one in people if rules.arm_of(campaign, one, holdout_bps=1_000) is Arm.HOLDOUT}
    assert abs(len(held) / len(people) - 0.1) < 0.0085  # four standard errors
    assert held == {one for one in people if rules.arm_of(campaign, one, holdout_bps=1_000) is Arm.HOLDOUT}
    wider = {one for one in people if rules.arm_of(campaign, one, holdout_bps=2_000) is Arm.HOLDOUT}
    assert held < wider, "a larger share only adds people"
    other = {one for one in people if rules.arm_of(uuid.UUID(int=8), one, holdout_bps=1_000) is Arm.HOLDOUT}
    assert abs(len(held & other) / len(people) - 0.01) < 0.003, "another campaign holds out others"


@pytest.mark.parametrize("share", [0, 10_000])
def test_nobody_or_everybody(share: int) -> None:
    arms = {rules.arm_of(uuid.UUID(int=1), uuid.UUID(int=n), holdout_bps=share) for n in range(500)}
    assert arms == {Arm.HOLDOUT if share else Arm.SHOWN}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"slug": "Doppel 12"}, "slug"),
        ({"slug": "ab"}, "slug"),
        ({"slug": "-abc"}, "slug"),
        ({"closes_at": NOW}, "closes_at"),
        ({"goal_minor": 0}, "goal_minor"),
        ({"holdout_bps": 5_001}, "holdout_bps"),
        ({"blocks": (Block(BlockKind.TEXT, text="x"),) * 21}, "blocks"),
        ({"blocks": (Block(BlockKind.TEXT),)}, "blocks"),
        ({"blocks": (Block(BlockKind.PRODUCTS, ids=MANY),)}, "blocks"),
        ({"blocks": (Block(BlockKind.PACKET, ids=MANY[:2]),)}, "blocks"),
        ({"blocks": (Block(BlockKind.BANNER, ids=MANY[:1]),)}, "blocks"),
    ],
)
def test_a_wrong_form_is_refused_by_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(BadCampaign) as refusal:
        rules.check_form(replace(FORM, **change))  # type: ignore[arg-type]  # one wrong value at a time
    assert refusal.value.facts["field"] == field


def test_an_empty_page_is_not_shown_to_people() -> None:
    rules.check_form(replace(FORM, blocks=()))
    with pytest.raises(BadCampaign):
        rules.check_ready(())
    with pytest.raises(BadCampaign):
        rules.check_ready((Block(BlockKind.PRODUCTS),))


@pytest.mark.parametrize("state", list(CampaignState))
@pytest.mark.parametrize("verb", ["schedule", "open", "withdraw", "close", "settle"])
def test_every_step_outside_the_table_is_refused(state: CampaignState, verb: str) -> None:
    if can(rules.LIFECYCLE, state, verb):
        assert advance(rules.LIFECYCLE, state, verb) is rules.LIFECYCLE[state, verb]
    else:
        with pytest.raises(IllegalStep):
            advance(rules.LIFECYCLE, state, verb)


@pytest.mark.parametrize(
    ("key", "day"),
    [  # dates of the almanac
        ("spring_festival", date(2025, 1, 29)),
        ("spring_festival", date(2026, 2, 17)),
        ("spring_festival", date(2027, 2, 6)),
        ("new_years_eve", date(2026, 2, 16)),
        ("lantern", date(2026, 3, 3)),
        ("dragon_boat", date(2026, 6, 19)),
        ("qixi", date(2026, 8, 19)),
        ("mid_autumn", date(2026, 9, 25)),
        ("double_ninth", date(2026, 10, 18)),
        ("laba", date(2026, 1, 26)),
        ("qingming", date(2026, 4, 5)),
        ("qingming", date(2028, 4, 4)),
        ("winter_solstice_week", date(2026, 12, 22)),
        ("mothers_day", date(2026, 5, 10)),
        ("fathers_day", date(2026, 6, 21)),
        ("thanksgiving", date(2026, 11, 26)),
    ],
)
def test_festivals_fall_on_the_days_of_the_almanac(key: str, day: date) -> None:
    found = [
        one.day for one in festivals_between(date(day.year, 1, 1), date(day.year, 12, 31)) if one.key == key
    ]
    assert day in found
    assert len(found) == len(set(found)) <= 2


def test_the_calendar_is_in_order_and_bounded() -> None:
    found = festivals_between(date(2026, 1, 1), date(2040, 1, 1))
    assert [one.day for one in found] == sorted(one.day for one in found)
    assert found[-1].day <= date(2026, 1, 1) + timedelta(days=400)
