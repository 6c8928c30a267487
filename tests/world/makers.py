"""Makers: each call makes one thing in its ordinary state."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from jishi.flows.bargains import launch_with_stock
from jishi.flows.checkout import Delivery, SeatWish, order_bargained, order_items, order_seat
from jishi.flows.flash_sales import FlashWish, order_flash
from jishi.flows.payment import pay_order, take_outcome
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.modules.campaigns import public as campaigns
from jishi.modules.catalog.public import (
    NewVariant,
    create_product,
    product_page,
    publish_product,
    variants_by_ids,
)
from jishi.modules.inventory.public import Figure, count_stock
from jishi.modules.ledger.public import AccountKind, AccountRef
from jishi.modules.orders.public import add_to_cart
from jishi.modules.payments.public import PaymentView
from jishi.modules.people.public import (
    AddressForm,
    Role,
    actor_of_id,
    change_role,
    enrol_member,
    permissions_of,
    save_address,
)
from jishi.modules.plays.bargain import public as bargain
from jishi.modules.plays.flash_sale.public import ItemForm, SaleView, create_sale, item_view, publish_sale
from jishi.modules.plays.group_buy.public import LateChoice, OfferForm, OfferView, create_offer, publish_offer
from jishi.modules.plays.life.public import PlayHead
from jishi.modules.promotions import public as promotions
from jishi.modules.wallet.public import Move, put_into_wallet
from jishi.platform import rush
from tests.world import fake_provider
from tests.world.jobs import run_jobs

_count = itertools.count(1)
OWNER = Actor(
    kind=ActorKind.STAFF, id=uuid.UUID(int=7), permissions=permissions_of(Role.OWNER), label="owner"
)


def make_member(*, nickname: str = "", role: str = "") -> Actor:
    number = next(_count)
    member_id = enrol_member(by=SYSTEM, phone=f"1390{number:07d}", nickname=nickname or f"邻居{number}")
    if role:
        change_role(member_id, by=SYSTEM, role=Role(role))
    return actor_of_id(member_id, visitor_id=ids.new_id())


def make_address(actor: Actor, *, region_code: str = "310101") -> uuid.UUID:
    form = AddressForm(
        "王阿姨", "13900000000", region_code, "上海市", "上海市", "黄浦区", "南京东路 1 号", True
    )
    return save_address(form, by=actor).id


def make_product(
    *, price_minor: int = 4200, cost_minor: int | None = 2000, stock: int = 100, title: str = ""
) -> uuid.UUID:
    """A published product with one variant; returns the variant's id."""
    number = next(_count)
    product_id = create_product(
        by=OWNER,
        title=title or f"赣南脐橙 {number}",
        handle=f"orange-{number}",
        variants=[
            NewVariant(price_minor=price_minor, sku=f"SKU-{number}", cost_minor=cost_minor, weight_grams=500)
        ],
    )
    publish_product(by=OWNER, product_id=product_id)
    variant = product_page(handle=f"orange-{number}", by=OWNER).variants[0]
    count_stock(
        by=OWNER,
        figures=[Figure(variant_id=variant.id, product_id=product_id, sku=variant.sku, quantity=stock)],
        key=f"make:{number}",
    )
    return variant.id


def product_of(variant_id: uuid.UUID) -> uuid.UUID:
    from jishi.modules.catalog.public import variants_by_ids

    return variants_by_ids([variant_id])[variant_id].product_id


def make_offer(
    variant_id: uuid.UUID,
    *,
    price_minor: int = 2990,
    team_size: int = 3,
    team_hours: int = 24,
    member_limit: int = 0,
    leader_discount_minor: int = 0,
    budget_minor: int | None = None,
    allows_merchant_completion: bool = False,
    **more: Any,
) -> OfferView:
    now = clock.now()
    form = OfferForm(
        product_id=product_of(variant_id),
        name="赣南脐橙 3 人团",
        currency="CNY",
        team_size=team_size,
        team_hours=team_hours,
        member_limit=member_limit,
        leader_discount_minor=leader_discount_minor,
        budget_minor=budget_minor,
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(days=7),
        allows_merchant_completion=allows_merchant_completion,
        prices={variant_id: price_minor},
        **more,
    )
    return publish_offer(create_offer(form, by=OWNER).id, by=OWNER)


def make_bargain_offer(
    variant_id: uuid.UUID,
    *,
    floor_minor: int = 2200,
    helpers: int = 4,
    units: int = 10,
    budget_minor: int | None = None,
    **terms: Any,
) -> bargain.OfferView:
    """An open bargain on a product made by `make_product`."""
    draft = draft_bargain_offer(
        variant_id, floor_minor=floor_minor, helpers=helpers, units=units, budget_minor=budget_minor, **terms
    )
    return bargain.publish_offer(draft.id, by=OWNER)


def draft_bargain_offer(
    variant_id: uuid.UUID,
    *,
    floor_minor: int = 2200,
    helpers: int = 4,
    units: int = 10,
    budget_minor: int | None = None,
    **terms: Any,
) -> bargain.OfferView:
    now = clock.now()
    head = PlayHead(
        name="脐橙砍价",
        currency="CNY",
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(days=7),
        budget_minor=budget_minor,
    )
    wanted = bargain.BargainTerms(
        product_id=product_of(variant_id),
        variant_id=variant_id,
        floor_minor=floor_minor,
        helpers=helpers,
        units=units,
        **terms,
    )
    return bargain.create_offer(head, wanted, by=OWNER)


def launch(actor: Actor, offer: bargain.OfferView) -> uuid.UUID:
    return launch_with_stock(offer.id, by=actor, trace=trace_of(actor))


def trace_of(actor: Actor) -> bargain.Trace:
    """A browser and a network of one's own."""
    return bargain.Trace(visitor_id=actor.visitor_id, address_mark=str(actor.id)[:32])


def buy_bargained(actor: Actor, bargain_id: uuid.UUID) -> uuid.UUID:
    """An order at the bargained price that waits for payment."""
    delivery = Delivery(address_id=make_address(actor))
    return order_bargained(bargain_id, by=actor, delivery=delivery, expected_total_minor=None)


def draft_campaign(
    *, slug: str = "days", blocks: tuple[campaigns.Block, ...] = (), holdout_bps: int = 0
) -> campaigns.CampaignView:
    now = clock.now()
    form = campaigns.CampaignForm(
        name="邻居节",
        slug=slug,
        headline="和邻居一起买",
        theme=campaigns.Theme.PERSIMMON,
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(days=3),
        blocks=blocks or (campaigns.Block(campaigns.BlockKind.BANNER, title="欢迎"),),
        goal_minor=1_000_000,
        budget_minor=100_000,
        holdout_bps=holdout_bps,
    )
    return campaigns.create_campaign(form, by=OWNER)


def make_campaign(
    *,
    slug: str = "days",
    ids: tuple[uuid.UUID, ...] = (),
    plays: tuple[uuid.UUID, ...] = (),
    holdout_bps: int = 0,
) -> campaigns.CampaignView:
    """A campaign that is on, with a banner, some products and some plays."""
    blocks = (
        campaigns.Block(campaigns.BlockKind.BANNER, title="欢迎"),
        campaigns.Block(campaigns.BlockKind.PRODUCTS, title="好物", ids=ids),
        campaigns.Block(campaigns.BlockKind.PLAYS, title="玩起来", ids=plays),
    )
    draft = draft_campaign(slug=slug, blocks=blocks, holdout_bps=holdout_bps)
    return campaigns.publish_campaign(draft.id, by=OWNER)


def buy(actor: Actor, variant_id: uuid.UUID, *, quantity: int = 1) -> uuid.UUID:
    """An order that waits for payment."""
    delivery = Delivery(address_id=make_address(actor))
    return order_items([(variant_id, quantity)], by=actor, delivery=delivery, expected_total_minor=None)


def fill_wallet(actor: Actor, amount_minor: int) -> None:
    """Money out of nowhere: from an account of the tests."""
    source = AccountRef(code="test_gifts", kind=AccountKind.EXPENSE)
    member_id = actor.require_member()
    put_into_wallet(Move(ids.new_id(), member_id, source, amount_minor, "CNY", "gift", ("member", member_id)))


def take_seat(
    actor: Actor,
    offer: OfferView,
    *,
    team_id: uuid.UUID | None = None,
    quantity: int = 1,
    late_choice: LateChoice = LateChoice.REFUND,
    friend_code: str = "",
    finds_team: bool = False,
) -> uuid.UUID:
    """An order for a seat that waits for payment."""
    variant_id = offer.prices[0].variant_id
    wish = SeatWish(offer.id, team_id, variant_id, quantity, late_choice, friend_code, finds_team)
    delivery = Delivery(address_id=make_address(actor))
    return order_seat(wish, by=actor, delivery=delivery, expected_total_minor=None)


def make_sale(
    *variant_ids: uuid.UUID,
    price_minor: int = 2990,
    units: int = 5,
    member_limit: int = 1,
    budget_minor: int | None = None,
    opens_in: timedelta = timedelta(minutes=-1),
    hours: int = 2,
    new_member_units: int = 0,
    split_from_units: int = 0,
) -> SaleView:
    """A published flash sale; it runs unless it opens later. Units of new members are theirs for half an hour."""
    opens_at = clock.now() + opens_in
    head = PlayHead("整点秒杀", "CNY", opens_at, opens_at + timedelta(hours=hours), budget_minor=budget_minor)
    items = [
        ItemForm(
            variant_id, price_minor, units, member_limit, new_member_units, 30 if new_member_units else 0
        )
        for variant_id in variant_ids
    ]
    return publish_sale(create_sale(head, items, by=OWNER).id, by=OWNER, split_from_units=split_from_units)


def tap(actor: Actor, item_id: uuid.UUID, *, quantity: int = 1, minutes: int = 15) -> uuid.UUID:
    """A claim as the hot lane grants it; the pipeline has not seen it yet."""
    member_id, claim_id = actor.require_member(), ids.new_id()
    rush.claim_units(
        pool_id=item_view(item_id).pool_id,  # type: ignore[arg-type]
        member_id=member_id,
        quantity=quantity,
        claim_id=claim_id,
        expires_at=clock.now() + timedelta(minutes=minutes),
    )
    return claim_id


def buy_flash(actor: Actor, item_id: uuid.UUID, *, quantity: int = 1) -> uuid.UUID:
    """An order by the ordinary road that waits for payment."""
    delivery = Delivery(address_id=make_address(actor))
    return order_flash(FlashWish(item_id, quantity), by=actor, delivery=delivery, expected_total_minor=None)


def start_paying(actor: Actor, order_id: uuid.UUID) -> PaymentView:
    return pay_order(order_id, by=actor, provider="fake")


def pay(actor: Actor, order_id: uuid.UUID) -> PaymentView:
    """Pay at the cashier and let the callback arrive."""
    payment = start_paying(actor, order_id)
    fake_provider.pay_at_cashier(payment.id)
    take_outcome(payment.id, fake_provider.outcome_of(payment.id))
    return payment


def put_in_cart(actor: Actor, variant_id: uuid.UUID, *, quantity: int = 1) -> None:
    add_to_cart(
        by=actor,
        product_id=product_of(variant_id),
        variant_id=variant_id,
        quantity=quantity,
        price_minor=variants_by_ids([variant_id])[variant_id].price_minor,
    )


def make_price_offer(
    benefit: promotions.Benefit, *, stage: promotions.Stage = promotions.Stage.ORDER, **rule: Any
) -> promotions.OfferView:
    """A live offer."""
    written = promotions.Offer(
        uuid.UUID(int=0), rule.pop("label", f"优惠 {next(_count)}"), stage, benefit, **rule
    )
    made = promotions.create_offer(promotions.OfferForm("优惠", written), by=OWNER)
    return promotions.publish_offer(made.id, by=OWNER, currency="CNY")


def make_coupon_offer(
    benefit: promotions.Benefit,
    *,
    way: promotions.CouponWay = promotions.CouponWay.TARGETED,
    capacity: int = 100,
    batch: dict[str, Any] | None = None,
    **rule: Any,
) -> promotions.BatchView:
    """An open batch of coupons that compete with one another."""
    rule.setdefault("group", "coupon")
    offer = make_price_offer(benefit, stage=promotions.Stage.COUPON, **rule)
    terms = {"valid_days": 7} | (batch or {})
    form = promotions.BatchForm(offer_id=offer.id, name="券", way=way, capacity=capacity, **terms)
    return promotions.open_batch(promotions.create_batch(form, by=OWNER).id, by=OWNER)


def give(batch: promotions.BatchView, actor: Actor, *, key: str = "gift") -> uuid.UUID:
    """One coupon of the batch in the member's hands."""
    coupon_id = promotions.issue_coupon(batch.id, member_id=actor.require_member(), key=key)
    assert coupon_id is not None
    return coupon_id


__all__ = [
    "OWNER",
    "SYSTEM",
    "Actor",
    "PaymentView",
    "actor_of_id",
    "buy",
    "buy_flash",
    "fill_wallet",
    "make_address",
    "make_member",
    "make_offer",
    "make_product",
    "make_sale",
    "pay",
    "run_jobs",
    "start_paying",
    "take_seat",
    "tap",
    "uuid",
]
