"""Campaigns on real tables: life, editors who collide, arms that are kept, and the report."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from jishi.insight.campaign_report import campaign_report
from jishi.kernel import clock, ids
from jishi.kernel.errors import IllegalStep, NotAllowed
from jishi.modules.campaigns.public import (
    Arm,
    BadCampaign,
    Block,
    BlockKind,
    CampaignChanged,
    CampaignForm,
    CampaignState,
    CampaignView,
    SlugTaken,
    advance_campaigns,
    arm_of,
    campaign_view,
    change_campaign,
    close_campaign,
    members_by_arm,
    note_sight,
    publish_campaign,
    sight_counts,
)
from jishi.platform.facts import facts_about
from tests.world import makers

pytestmark = pytest.mark.django_db


def form_of(found: CampaignView) -> CampaignForm:
    names = CampaignForm.__dataclass_fields__
    return CampaignForm(**{name: getattr(found, name) for name in names})


def test_a_campaign_opens_and_closes_by_the_clock() -> None:
    with clock.held_at(clock.now()):
        draft = makers.draft_campaign()
        later = replace(form_of(draft), opens_at=clock.now() + timedelta(hours=1))
        change_campaign(draft.id, later, version=1, by=makers.OWNER)
        assert publish_campaign(draft.id, by=makers.OWNER).state is CampaignState.SCHEDULED
        clock.advance_held(timedelta(hours=1))
        assert (advance_campaigns(), campaign_view(draft.id).state) == (1, CampaignState.OPEN)
        clock.advance_held(timedelta(days=4))
        advance_campaigns()
        assert campaign_view(draft.id).state is CampaignState.SETTLED
    names = [fact.name.split(".")[1] for fact in facts_about(subject_kind="campaign", subject_id=draft.id)]
    assert names == ["campaign_published", "campaign_opened", "campaign_closed"]


def test_two_editors_do_not_overwrite_each_other() -> None:
    found = makers.draft_campaign()
    first = change_campaign(found.id, replace(form_of(found), name="甲"), version=1, by=makers.OWNER)
    with pytest.raises(CampaignChanged):
        change_campaign(found.id, replace(form_of(found), name="乙"), version=1, by=makers.OWNER)
    assert campaign_view(found.id).name == "甲"
    assert first.version == 2


def test_an_address_belongs_to_one_campaign() -> None:
    makers.draft_campaign(slug="twelve")
    with pytest.raises(SlugTaken):
        makers.draft_campaign(slug="twelve")


def test_what_is_over_stays_as_it_was_and_what_runs_is_never_emptied() -> None:
    found = makers.make_campaign()
    with pytest.raises(BadCampaign):
        change_campaign(found.id, replace(form_of(found), blocks=()), version=found.version, by=makers.OWNER)
    close_campaign(found.id, by=makers.OWNER)
    with pytest.raises(IllegalStep):
        change_campaign(found.id, form_of(found), version=found.version, by=makers.OWNER)
    with pytest.raises(NotAllowed):
        publish_campaign(makers.draft_campaign(slug="other").id, by=makers.make_member())


def two_people(found: CampaignView) -> tuple[uuid.UUID, uuid.UUID]:
    """(somebody who sees it, somebody who is held out)."""
    arms: dict[Arm, uuid.UUID] = {}
    while len(arms) < 2:
        one = ids.new_id()
        arms.setdefault(arm_of(found.id, one, holdout_bps=found.holdout_bps), one)
    return arms[Arm.SHOWN], arms[Arm.HOLDOUT]


def test_a_first_sight_is_kept_once_and_crossing_over_is_noted() -> None:
    found = makers.make_campaign(holdout_bps=5_000)
    shown, held = two_people(found)
    for _ in range(2):
        assert note_sight(found, member_id=shown, visitor_id=None, came_by_address=False) is Arm.SHOWN
        assert note_sight(found, member_id=held, visitor_id=None, came_by_address=False) is Arm.HOLDOUT
    assert sight_counts(found.id) == (1, 1, 0)
    note_sight(found, member_id=held, visitor_id=None, came_by_address=True)
    assert sight_counts(found.id) == (1, 1, 1)
    assert members_by_arm(found.id) == {Arm.SHOWN: [shown], Arm.HOLDOUT: [held]}
    note_sight(found, member_id=None, visitor_id=None, came_by_address=True)
    assert sum(sight_counts(found.id)[:2]) == 2, "whom we cannot tell apart is not counted"


def test_the_page_shows_its_blocks_and_a_draft_to_nobody() -> None:
    variant = makers.make_product(title="琯溪蜜柚")
    offer = makers.make_bargain_offer(variant)
    makers.make_campaign(slug="pomelo", ids=(makers.product_of(variant),), plays=(offer.id,))
    makers.draft_campaign(slug="hidden")
    browser = Client()
    page = browser.get("/x/pomelo/").content.decode()
    assert "琯溪蜜柚" in page and offer.play.name in page
    assert browser.get("/x/hidden/").status_code == 404
    assert "邻居节" in browser.get("/").content.decode()


def test_the_front_page_keeps_the_campaign_from_those_held_out() -> None:
    found = makers.make_campaign(slug="held", holdout_bps=5_000)
    seen = set()
    for _ in range(12):
        browser = Client()
        browser.get("/")  # gets its visitor cookie
        seen.add("邻居节" in browser.get("/").content.decode())
    assert seen == {True, False}
    shown, held, _crossed = sight_counts(found.id)
    assert shown > 0 and held > 0


@pytest.mark.django_db(transaction=True)
def test_the_report_adds_up_what_its_plays_sold() -> None:
    offer = makers.make_bargain_offer(makers.make_product(price_minor=4_200))
    found = makers.make_campaign(slug="sold", plays=(offer.id,))
    buyer = makers.make_member()
    order_id = makers.buy_bargained(buyer, makers.launch(buyer, offer))
    makers.pay(buyer, order_id)
    alone = makers.make_member()
    makers.pay(alone, makers.buy(alone, makers.make_product()))  # not of the campaign
    report = campaign_report(found.id, by=makers.OWNER)
    assert (report.order_count, report.buyer_count) == (1, 1)
    assert report.waterfall.net_minor == report.by_play[offer.id].net_minor > 0
    assert report.goal_percent == report.waterfall.net_minor * 100 // 1_000_000
    assert report.uplift.per_person_minor is None, "nothing is claimed of so few people"


def test_blocks_of_the_builder_are_added_moved_and_taken_away() -> None:
    from jishi.surfaces.console.campaign_edit import arrange

    blocks = (Block(BlockKind.BANNER), Block(BlockKind.TEXT, text="a"))
    assert [one.kind for one in arrange(blocks, "add:products")] == ["banner", "text", "products"]
    assert arrange(blocks, "up:1") == blocks[::-1] == arrange(blocks, "down:0")
    assert arrange(blocks, "drop:0") == blocks[1:]
    for nonsense in ("up:0", "down:1", "drop:9", "add:nothing", "drop:x", "", "fly:1"):
        assert arrange(blocks, nonsense) == blocks
    assert len(arrange(blocks * 10, "add:text")) == 20
