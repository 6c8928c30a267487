"""One of everything: a small shop in which every route of the API finds what it is about."""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from jishi.flows.approvals import APPLIERS
from jishi.flows.community_pictures import keep_pictures
from jishi.flows.event_photos import add_event_photos
from jishi.flows.lifecycle import send_parcel
from jishi.flows.refunds import carry_out_refund, refund_order
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.aftersales.public import Ask, CaseKind, case_view, open_case
from jishi.modules.approvals.public import ask_approval
from jishi.modules.catalog.public import (
    NewVariant,
    archive_product,
    create_product,
    publish_product,
    request_import,
)
from jishi.modules.events import public as events
from jishi.modules.finance.public import DifferenceKind, NewDifference, differences, record_differences
from jishi.modules.guard import public as guard
from jishi.modules.loyalty.public import (
    Cadence,
    DeedKind,
    MissionTerms,
    PlanTerms,
    RewardKind,
    RewardTerms,
    TierTerms,
    grant_points,
    note_deed,
    save_mission,
    save_plan,
    save_reward,
    set_ladder,
    take_reward,
)
from jishi.modules.orders.public import order_view, receive_order
from jishi.modules.payments.public import payments_of_order
from jishi.modules.people.public import create_token
from jishi.modules.plays.flash_sale.public import ItemForm, create_sale
from jishi.modules.plays.group_buy.public import OfferForm, create_offer
from jishi.modules.plays.life.public import PlayHead
from jishi.modules.plays.lucky_draw.public import (
    PrizeForm,
    PrizeKind,
    create_draw,
    own_vouchers,
    spin_ticket,
)
from jishi.modules.plays.red_packet.public import create_packets
from jishi.modules.promotions import public as promotions
from jishi.modules.reviews.public import NewReview, show_review, write_review
from jishi.modules.sharing.public import Channel, TargetKind, share
from jishi.modules.webhooks.public import create_endpoint, send_test
from jishi.platform.files import store_photo
from tests.world import content, fake_provider, luck, makers
from tests.world.web import new_visitor, token_for

STAFF_ROLES = ("service", "operator", "finance", "read_only", "owner")
KINDS = ("visitor", "member", "other", "narrowed", *STAFF_ROLES)


@dataclass
class Town:
    """`tokens` by kind of caller; `names` fill the addresses and bodies of requests."""

    member: Actor
    tokens: dict[str, str]
    visitor: str
    names: dict[str, str] = field(default_factory=dict)


def build_town() -> Town:
    member, other = makers.make_member(nickname="阿苏"), makers.make_member(nickname="林果")
    staff = {role: makers.make_member(role=role) for role in STAFF_ROLES}
    tokens = {
        "visitor": "",
        "member": token_for(member),
        "other": token_for(other),
        "narrowed": token_for(member, "shop.read"),
        **{role: token_for(actor) for role, actor in staff.items()},
    }
    town = Town(member=member, tokens=tokens, visitor=new_visitor())
    town.names["member"] = str(member.id)
    town.names["address"] = str(makers.make_address(member))
    town.names["own_token"] = str(create_token(by=member, name="x", scopes=["shop.read"])[0])
    _goods(town)
    _orders(town)
    _teams(town)
    _flash_sales(town)
    _bargains(town)
    _campaigns(town)
    _luck(town)
    _aftersales(town)
    town.names |= content.talked(town.member, other)
    town.names |= content.noted(town.member)
    _staff_things(town)
    _difference(town)
    _approvals(town, staff)
    _loyalty(town)
    _prices(town)
    _moderation(town, staff)
    return town


def _goods(town: Town) -> None:
    variant = makers.make_product(stock=100)
    town.names["variant"] = str(variant)
    town.names["product"] = str(makers.product_of(variant))
    for name in ("draft", "live", "away"):
        product_id = create_product(
            by=makers.OWNER,
            title=name,
            handle=f"{name}-goods",
            variants=[NewVariant(price_minor=900, sku=f"TOWN-{name}")],
        )
        if name == "live":
            publish_product(by=makers.OWNER, product_id=product_id)
        if name == "away":
            archive_product(by=makers.OWNER, product_id=product_id)


def _orders(town: Town) -> None:
    member, variant = town.member, uuid.UUID(town.names["variant"])
    orders = {
        name: makers.buy(member, variant, quantity=2) for name in ("placed", "paid", "shipped", "refused")
    }
    for name in ("paid", "shipped", "refused"):
        makers.pay(member, orders[name])
    send_parcel(orders["shipped"], by=makers.OWNER, carrier="顺丰", tracking_number="SF-TOWN")
    fake_provider.book.refuse_refunds = 1
    plan = refund_order(orders["refused"], by=makers.OWNER, reason="test")
    carry_out_refund(plan.refund_id)
    town.names |= {name: str(order_id) for name, order_id in orders.items()}
    town.names["refund"] = str(plan.refund_id)
    town.names["payment"] = str(payments_of_order(orders["paid"])[0].id)
    link = share(
        by=member,
        target_kind=TargetKind.PRODUCT,
        target_id=uuid.UUID(town.names["product"]),
        channel=Channel.LINK,
    )
    town.names["code"] = link.code


def _teams(town: Town) -> None:
    variant = uuid.UUID(town.names["variant"])
    offer = makers.make_offer(variant, budget_minor=1_000_000, allows_merchant_completion=True)
    now = clock.now()
    draft = create_offer(
        OfferForm(
            product_id=offer.product_id,
            name="草稿",
            currency="CNY",
            team_size=2,
            team_hours=24,
            member_limit=0,
            leader_discount_minor=0,
            budget_minor=None,
            opens_at=now,
            closes_at=now + timedelta(days=1),
            allows_merchant_completion=False,
            prices={variant: 2000},
        ),
        by=makers.OWNER,
    )
    seat = makers.take_seat(town.member, offer)
    makers.pay(town.member, seat)
    team_id = order_view(seat, by=town.member).team_id
    town.names |= {"offer": str(offer.id), "draft_offer": str(draft.id), "team": str(team_id)}


def _flash_sales(town: Town) -> None:
    """One that runs with a claim of the member's, one that comes, one that is a draft."""
    variant = makers.make_product(stock=60)
    running = makers.make_sale(variant, units=5, member_limit=9)
    coming = makers.make_sale(variant, units=5, opens_in=timedelta(hours=2))
    head = PlayHead("草稿", "CNY", clock.now(), clock.now() + timedelta(hours=2))
    draft = create_sale(head, [ItemForm(variant, 1990, 5)], by=makers.OWNER)
    town.names |= {
        "flash_play": str(running.id),
        "flash_item": str(running.items[0].id),
        "flash_coming": str(coming.id),
        "flash_draft": str(draft.id),
        "flash_variant": str(variant),
        "claim": str(makers.tap(town.member, running.items[0].id)),
    }


def _campaigns(town: Town) -> None:
    """One that is on, one that is a draft."""
    found = makers.make_campaign(slug="town-days", ids=(uuid.UUID(town.names["product"]),))
    draft = makers.draft_campaign(slug="draft-days")
    town.names |= {"campaign": str(found.id), "draft_campaign": str(draft.id)}


def _bargains(town: Town) -> None:
    """One that runs, launched by the member; one that is still a draft."""
    variant = makers.make_product(stock=20)
    offer = makers.make_bargain_offer(variant, budget_minor=100_000)
    draft = makers.draft_bargain_offer(variant)
    town.names |= {
        "play": str(offer.id),
        "draft_play": str(draft.id),
        "bargain": str(makers.launch(town.member, offer)),
        "bargain_variant": str(variant),
        "bargain_product": str(offer.terms.product_id),
    }


def _luck(town: Town) -> None:
    """A packet and a draw that run, drafts of both, a ticket to spin and goods that were won."""
    packet = luck.make_packet(share_count=50, total_minor=5_000)
    variant = uuid.UUID(town.names["variant"])
    goods = PrizeForm(
        name="一箱", kind=PrizeKind.PRODUCT, stock=9, odds_bp=10_000, variant_id=variant, value_minor=4_200
    )
    won = luck.earn(luck.make_draw(prizes=(goods,)).id, town.member)
    spin_ticket(won.id, by=town.member, client_seed="x")
    draw = luck.make_draw()
    head = luck.packet_head()
    town.names |= {
        "packet": str(packet.id),
        "packet_play": str(packet.play_id),
        "packet_draft": str(create_packets(head, luck.TERMS, by=makers.OWNER).id),
        "draw": str(draw.id),
        "draw_draft": str(create_draw(head, luck.DRAW_TERMS, by=makers.OWNER).id),
        "ticket": str(luck.earn(draw.id, town.member).id),
        "voucher": str(own_vouchers(by=town.member)[0].id),
    }


def _aftersales(town: Town) -> None:
    """Two orders that were received: one with a case that waits for the shop, one with a review that is shown."""
    member = town.member
    for name in ("received", "reviewed"):
        order_id = makers.buy(member, makers.make_product(stock=9), quantity=3)
        makers.pay(member, order_id)
        send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number=f"SF-{name}")
        receive_order(order_id, by=member)
        line = order_view(order_id, by=member).lines[0].id
        town.names |= {name: str(order_id), f"{name}_line": str(line)}
    line = uuid.UUID(town.names["received_line"])
    photo = store_photo(content=makers.picture(), folder="cases", is_private=True)
    wish = Ask(CaseKind.RETURN_REFUND, "damaged", True, {line: 1}, evidence=(photo.path,))
    case_id = open_case(uuid.UUID(town.names["received"]), wish, by=member)
    new = NewReview(uuid.UUID(town.names["reviewed"]), uuid.UUID(town.names["reviewed_line"]), 5, "好")
    review_id = write_review(new, by=member)
    show_review(review_id, by=makers.OWNER)
    town.names |= {
        "case": str(case_id),
        "evidence": str(case_view(case_id, by=member).evidence[0].id),
        "review": str(review_id),
    }


def _staff_things(town: Town) -> None:
    run = request_import(by=makers.OWNER, filename="a.csv", content=b"Handle,Title\n")
    endpoint, _ = create_endpoint(by=makers.OWNER, url="https://hooks.example/jishi")
    town.names |= {
        "run": str(run.id),
        "endpoint": str(endpoint.id),
        "delivery": str(send_test(endpoint.id, by=makers.OWNER)),
        "fresh": str(ids.new_id()),
    }


def _difference(town: Town) -> None:
    """A payment that we say moved for another sum than the provider says."""
    found = NewDifference(
        kind=DifferenceKind.AMOUNT_DIFFERS,
        about="payment",
        intent_id=town.names["payment"],
        reference="F1",
        currency="CNY",
        ours_minor=100,
        theirs_minor=200,
        order_id=uuid.UUID(town.names["paid"]),
    )
    record_differences("fake", date(2026, 5, 1), [found])
    (row,) = differences(by=makers.OWNER)
    town.names["difference"] = str(row.id)


def _approvals(town: Town, staff: dict[str, Actor]) -> None:
    """One that the house asked for, one that finance asked for."""
    APPLIERS.setdefault("try", lambda view: None)
    for name, by in (("approval", SYSTEM), ("own_approval", staff["finance"])):
        request_id = ask_approval(
            kind="try",
            subject=("order", uuid.UUID(town.names["paid"]) if name == "approval" else ids.new_id()),
            amount=100,
            unit="CNY",
            payload={},
            reason="test",
            by=by,
        )
        town.names[name] = str(request_id)


def _prices(town: Town) -> None:
    """An offer that waits and one that counts; coupons of a batch, by code, and one in the member's hands."""
    draft = promotions.Offer(
        uuid.UUID(int=0), "满减", promotions.Stage.ORDER, promotions.PercentOff(500), least_minor=10**9
    )
    batch = makers.make_coupon_offer(
        promotions.AmountOff(100), way=promotions.CouponWay.PUBLIC, batch={"member_limit": 0}
    )
    codes = makers.make_coupon_offer(promotions.AmountOff(100), way=promotions.CouponWay.CODE)
    town.names |= {
        "price_offer": str(promotions.create_offer(promotions.OfferForm("草稿", draft), by=makers.OWNER).id),
        "live_price_offer": str(makers.make_price_offer(promotions.PercentOff(1), least_minor=10**9).id),
        "coupon_offer": str(batch.offer.id),
        "coupon_batch": str(batch.id),
        "code_batch": str(codes.id),
        "held_coupon": str(makers.give(batch, town.member)),
    }


def _loyalty(town: Town) -> None:
    """Points for the member, a ladder, a finished mission, a plan, and a reward that waits for its parcel."""
    member_id = uuid.UUID(town.names["member"])
    set_ladder([TierTerms("first", "新邻居", 0), TierTerms("second", "老街坊", 300)], by=makers.OWNER)
    mission = MissionTerms("joined", "加入", "加入集市", DeedKind.JOINED, 1, Cadence.ONCE, 10)
    plan = PlanTerms("month", "月卡", 990, "CNY", 30)
    cup = RewardTerms("搪瓷杯", RewardKind.GOODS, 100, stock=50)
    town.names |= {
        "mission": str(save_mission(mission, by=makers.OWNER)),
        "plan": str(save_plan(plan, by=makers.OWNER)),
        "reward": str(save_reward(None, cup, by=makers.OWNER)),
        "exchange": str(ids.new_id()),
        "fresh_exchange": str(ids.new_id()),
    }
    source = ("gift", ids.new_id())
    grant_points(member_id=member_id, points=1_000, source=source, available_at=clock.now())
    note_deed(member_id, DeedKind.JOINED)
    take_reward(
        uuid.UUID(town.names["reward"]),
        by=town.member,
        exchange_id=uuid.UUID(town.names["exchange"]),
        address_note="阿苏 13900000000 上海市黄浦区南京东路",
    )


def _past_event(member: Actor) -> dict[str, str]:
    """It is over and the member was there: one photo added, one sent and not added yet."""
    begun = clock.now() - timedelta(days=1)
    form = events.EventForm("尝鲜", "", False, "小集", "", begun, begun + timedelta(hours=2), 5)
    with clock.held_at(begun - timedelta(hours=1)):
        event_id = events.create_event(form, by=SYSTEM)
        events.publish_event(event_id, by=SYSTEM)
        events.check_in(events.take_place(event_id, by=member).id, by=SYSTEM)
    sent = [keep_pictures([makers.picture(size=(60, 40))], by=member)[0] for _ in range(2)]
    (photo,) = add_event_photos(event_id, sent[:1], by=member)
    return {"past_event": str(event_id), "photo": str(photo.id), "member_media": str(sent[1])}


def _moderation(town: Town, staff: dict[str, Actor]) -> None:
    """One item that waits, one that was decided against the member, and a sanction of somebody else."""
    reporter = makers.make_member()
    for name, author in (("item", ids.new_id()), ("decided_item", town.member.id)):
        new = guard.NewItem("post", ids.new_id(), author, "加我", "/")
        done = guard.report_content(new, by=reporter, reason=guard.ReportReason.SPAM)
        town.names[name] = str(done.item_id)
    guard.decide_item(
        uuid.UUID(town.names["decided_item"]),
        by=staff["operator"],
        version=1,
        decision=guard.Decision.HIDE,
        reason="x",
    )
    soon = clock.now() + timedelta(days=3)
    meeting = events.EventForm("采摘", "", False, "果园", "", soon, soon + timedelta(hours=2), 5)
    for name in ("event", "draft_event"):
        town.names[name] = str(events.create_event(meeting, by=SYSTEM))
    events.publish_event(uuid.UUID(town.names["event"]), by=SYSTEM)
    place = events.take_place(uuid.UUID(town.names["event"]), by=reporter)
    town.names["event_place"] = str(place.id)
    town.names |= _past_event(town.member)
    form = guard.SanctionForm(guard.SanctionKind.MUTE, 1, "x")
    town.names["sanction"] = str(guard.set_sanction(form, by=SYSTEM, member_id=ids.new_id()).id)
