"""Campaigns of the demo: one that is on and gathers all plays, one that is being prepared for the next festival."""

from datetime import timedelta

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.campaigns.public import (
    Block,
    BlockKind,
    CampaignForm,
    Theme,
    create_campaign,
    festivals_between,
    note_sight,
    publish_campaign,
)
from jishi.modules.notes.public import best_notes
from jishi.modules.plays.group_buy.public import selling_offers
from jishi.modules.plays.life.public import PlayKind, PlayState, plays_table
from jishi.platform.transactions import in_transaction
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Street

LIVING = (PlayState.SCHEDULED, PlayState.OPEN)


@in_transaction
def play_campaigns(*, shop: Shop, street: Street) -> None:
    now = clock.now()
    plays = plays_table(states=LIVING, limit=20)
    others = [play.id for play in plays if play.kind is not PlayKind.RED_PACKET][:5]
    offers = [offer.id for offer in selling_offers(limit=3)]
    packets = [play.id for play in plays if play.kind is PlayKind.RED_PACKET][:1]
    blocks = (
        Block(
            BlockKind.BANNER,
            title="邻居节",
            text="邻居一起买，凑满就发，凑不满就退。\n每个价格都讲清楚，每次抽奖都能验。",
        ),
        Block(BlockKind.COUNTDOWN),
        Block(BlockKind.PLAYS, title="一起玩", ids=tuple(others + offers)),
        Block(BlockKind.PACKET, title="拆个红包", ids=tuple(packets)),
        Block(
            BlockKind.PRODUCTS,
            title="大家在囤",
            ids=tuple(shelf.product_id for shelf in shop.shelves[3:11]),
        ),
        Block(BlockKind.NOTES, title="邻居怎么说", ids=tuple(note.id for note in best_notes(limit=6))),
        Block(BlockKind.TEXT, title="说明白", text="库存是真的，卖完立刻告诉你。\n没凑满自动原路退款。"),
    )
    with clock.held_at(now - timedelta(days=1)):
        draft = create_campaign(
            CampaignForm(
                name="邻居节",
                slug="neighbours",
                headline="冬天第一锅，和邻居一起买",
                theme=Theme.PERSIMMON,
                opens_at=now - timedelta(days=1),
                closes_at=now + timedelta(days=4),
                blocks=blocks,
                goal_minor=2_000_000,
                budget_minor=500_000,
                holdout_bps=1_000,
            ),
            by=SYSTEM,
        )
        running = publish_campaign(draft.id, by=SYSTEM)
        for neighbour in street.neighbours:
            note_sight(running, member_id=neighbour.actor.id, visitor_id=None, came_by_address=False)
        let_it_sink_in()
    _prepare_next(shop)


def _prepare_next(shop: Shop) -> None:
    today = clock.now().date()
    found = festivals_between(today + timedelta(days=8), today + timedelta(days=90))
    if not found:
        return
    festival = found[0]
    opens = clock.now().replace(year=festival.day.year, month=festival.day.month, day=festival.day.day)
    create_campaign(
        CampaignForm(
            name=festival.name,
            slug=f"{festival.key.replace('_', '-')}-{festival.day.year}",
            headline=f"{festival.name}，和邻居一起买",
            theme=festival.theme,
            opens_at=opens - timedelta(days=2),
            closes_at=opens + timedelta(days=1),
            blocks=(
                Block(BlockKind.BANNER, title=festival.name, text=festival.idea),
                Block(BlockKind.PRODUCTS, title="先囤起来", ids=(shop.shelves[0].product_id,)),
            ),
            holdout_bps=1_000,
            festival=f"{festival.key}-{festival.day.year}",
        ),
        by=SYSTEM,
    )
