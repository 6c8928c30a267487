"""Campaigns on real tables: life, editors who collide, arms that are kept, and the report."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

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
from jishi.modules.media.public import store_picture
from jishi.modules.notes.public import NoteDraft, approve_note, hide_note, publish_note, start_note
from jishi.platform.facts import facts_about
from jishi.surfaces.shop.campaigns import forget_campaigns
from tests.flows.test_moderation import logged_in
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


def _published(title: str, *, topics: tuple[str, ...] = ()) -> uuid.UUID:
    author = makers.make_member()
    media = store_picture(makers.picture(size=(60, 40)), by=author).id
    note = start_note(by=author, draft=NoteDraft(title=title, text="甜", media_ids=(media,), topics=topics))
    publish_note(note, by=author)
    approve_note(note, by=makers.OWNER)
    return note


def test_a_block_of_notes_shows_the_chosen_and_then_the_newest_of_its_topic() -> None:
    chosen = _published("选中的笔记")
    for number in range(10):
        _published(f"年货{number:02d}", topics=("年货",))
    _published("别的话题", topics=("水果",))
    blocks = (
        Block(BlockKind.NOTES, title="邻居怎么说", ids=(chosen,), topic="年货"),
        Block(BlockKind.NOTES, topic="没有人写"),
    )
    found = makers.draft_campaign(slug="told")
    change_campaign(found.id, replace(form_of(found), blocks=blocks), version=1, by=makers.OWNER)
    assert campaign_view(found.id).blocks == blocks
    publish_campaign(found.id, by=makers.OWNER)
    body = Client().get("/x/told/").content.decode()
    shown = [one for number in range(10) if (one := f"年货{number:02d}") in body]
    assert shown == [f"年货{number:02d}" for number in range(3, 10)], (
        "seven beside the chosen one, the newest"
    )
    assert body.index("选中的笔记") < body.index("年货09") < body.index("年货03")
    assert "别的话题" not in body and "没有人写" not in body
    hide_note(chosen, by=makers.OWNER, reason="不合适")
    forget_campaigns()
    assert "选中的笔记" not in Client().get("/x/told/").content.decode()


def test_a_page_of_notes_costs_as_much_with_one_block_as_with_ten() -> None:
    for number in range(10):
        _published(f"话题笔记{number}", topics=(f"话题{number}",))
    counts = []
    for number, count in enumerate((1, 10)):
        blocks = tuple(Block(BlockKind.NOTES, topic=f"话题{place}") for place in range(count))
        found = makers.make_campaign(slug=f"many-{number}")
        change_campaign(
            found.id, replace(form_of(found), blocks=blocks), version=found.version, by=makers.OWNER
        )
        Client().get(f"/x/many-{number}/")
        with CaptureQueriesContext(connection) as asked:
            assert Client().get(f"/x/many-{number}/").content.decode().count("话题笔记") >= count
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "block",
    [Block(BlockKind.PRODUCTS, topic="年货"), Block(BlockKind.NOTES, topic="长" * 17)],
)
def test_a_topic_is_of_notes_and_of_a_topics_length(block: Block) -> None:
    found = makers.draft_campaign()
    with pytest.raises(BadCampaign):
        change_campaign(found.id, replace(form_of(found), blocks=(block,)), version=1, by=makers.OWNER)
    assert campaign_view(found.id).version == 1


def test_the_builder_offers_notes_and_keeps_what_was_chosen() -> None:
    note = _published("可以选的笔记", topics=("年货",))
    found = makers.draft_campaign(slug="built")
    staff = logged_in(makers.make_member(role="operator"))
    page = f"/console/campaigns/{found.id}/edit/"
    sent = {"act": "add:notes", "name": "邻居节", "slug": "built", "b-0-kind": "banner", "b-0-title": "好"}
    assert "可以选的笔记" in staff.post(page, sent).content.decode()
    version = str(campaign_view(found.id).version)
    form = form_of(found)
    local = {
        "opens_at": f"{form.opens_at.astimezone():%Y-%m-%dT%H:%M}",
        "closes_at": f"{form.closes_at.astimezone():%Y-%m-%dT%H:%M}",
    }
    notes = {"b-1-kind": "notes", "b-1-ids": str(note), "b-1-topic": "#年货"}
    more = {"act": "save", "theme": "jade", "holdout": "0", "version": version}
    assert staff.post(page, sent | local | notes | more).status_code == 302
    assert campaign_view(found.id).blocks[1] == Block(BlockKind.NOTES, ids=(note,), topic="年货")
    assert "checked" in staff.get(page).content.decode()
