"""What happens after parcels have arrived: reviews with photos, and after-sales cases in every state."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.flows.aftersales import accept_return, agree
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.kernel.errors import Refusal
from jishi.modules.aftersales.public import (
    Answer,
    Ask,
    CaseKind,
    escalate_case,
    note_arrival,
    open_case,
    refuse_case,
    say,
    send_back,
    withdraw_case,
)
from jishi.modules.orders.public import (
    OrderState,
    OrderView,
    order_view,
    orders_of_member,
    receive_order,
)
from jishi.modules.reviews.public import (
    NewPicture,
    NewReview,
    ReviewState,
    follow_up,
    reply_to_review,
    review_view,
    show_review,
    vote_helpful,
    write_review,
)
from jishi.platform.files import store_photo
from jishi.platform.transactions import in_transaction
from jishi.runtime.demo.reviews import FOLLOWUPS, REPLIES, TAILS, THANKS, WORDS
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import attempt, let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street
from jishi.runtime.demo.snapshots import snapshot

SHARE_REVIEWED = 0.6
PHOTOS_MAX = 60
WAITING_LEFT = 4
K = CaseKind


@dataclass(frozen=True, slots=True)
class _Parcel:
    """An order that somebody has received."""

    buyer: Neighbour
    order: OrderView
    at: datetime


@in_transaction
def play_aftersales(*, shop: Shop, street: Street, dice: random.Random) -> None:
    parcels = _received(street)
    _review(shop, parcels, street=street, dice=dice)
    _open_cases(shop, _of_the_shopper(shop, street) + parcels, dice=dice)
    let_it_sink_in()


def _received(street: Street) -> list[_Parcel]:
    """Oldest first."""
    found = []
    for neighbour in street.neighbours:
        for summary in orders_of_member(by=neighbour.actor, states=(OrderState.RECEIVED,), limit=40):
            order = order_view(summary.id, by=neighbour.actor)
            if order.received_at is not None and order.total_minor:
                found.append(_Parcel(neighbour, order, order.received_at))
    return sorted(found, key=lambda parcel: parcel.at)


def _of_the_shopper(shop: Shop, street: Street) -> list[_Parcel]:
    """What the log-ins of the demo have received, so that they find cases and something to review of their own."""
    found, now = [], clock.now()
    for number, (buyer, shelf) in enumerate(zip(street.neighbours[:3] * 2, shop.shelves[6:12], strict=True)):
        with clock.held_at(now - timedelta(days=5, hours=number)):
            order_id = acts.order(buyer, [(shelf.variants[0].id, 2)])
            clock.advance_held(timedelta(minutes=4))
            acts.pay(order_id)
            clock.advance_held(timedelta(hours=9))
            acts.ship(order_id, number=91_000 + number)
            clock.advance_held(timedelta(days=2))
            receive_order(order_id, by=buyer.actor)
            order = order_view(order_id, by=buyer.actor)
            found.append(_Parcel(buyer, order, clock.now()))
    let_it_sink_in()
    return found


def _review(shop: Shop, parcels: list[_Parcel], *, street: Street, dice: random.Random) -> None:
    """Most people say something after a day or some; the first time somebody looks, and then it is shown."""
    shelves = {shelf.product_id: shelf.product for shelf in shop.shelves}
    photos, now, written = 0, clock.now(), list[tuple[uuid.UUID, datetime, Neighbour]]()
    said: set[tuple[uuid.UUID, str]] = set()
    for parcel in parcels:
        at = parcel.at + timedelta(hours=dice.uniform(6, 96))
        line = parcel.order.lines[0]
        if dice.random() > SHARE_REVIEWED or at > now - timedelta(hours=2) or line.product_id not in shelves:
            continue
        product = shelves[line.product_id]
        stars, words = _say(product.category, line.product_id, said=said, dice=dice)
        if not words:
            continue
        pictures: tuple[NewPicture, ...] = ()
        if photos < PHOTOS_MAX and dice.random() < 0.4:
            count = dice.choice((1, 1, 2, 3))
            photos += count
            pictures = tuple(_photo(snapshot(product.picture, dice=dice)) for _ in range(count))
        new = NewReview(
            order_id=parcel.order.id,
            line_id=line.id,
            stars=stars,
            words=words,
            match=min(5, stars + dice.choice((0, 0, 1))),
            delivery=dice.choice((5, 5, 4)),
            service=5,
            is_anonymous=dice.random() < 0.2,
            pictures=pictures,
        )
        with clock.held_at(at):
            written.append((write_review(new, by=parcel.buyer.actor), at, parcel.buyer))
    _look_at(written, street=street, dice=dice)


def _say(
    category: str, product_id: uuid.UUID, *, said: set[tuple[uuid.UUID, str]], dice: random.Random
) -> tuple[int, str]:
    """Stars and words that nobody has used for this product; nothing when all is said."""
    stars, words = dice.choice(WORDS[category])
    tail, other = dice.sample(TAILS[1:], 2)
    if (product_id, words) in said:
        stars, words = 5, other
    if {(product_id, words), (product_id, tail)} & said:
        return stars, ""
    said |= {(product_id, words), (product_id, tail)}
    return stars, words + tail


def _look_at(
    written: list[tuple[uuid.UUID, datetime, Neighbour]], *, street: Street, dice: random.Random
) -> None:
    now = clock.now()
    for number, (review_id, at, writer) in enumerate(sorted(written, key=lambda row: row[1])):
        view = review_view(review_id, by=writer.actor)
        is_new = len(written) - number <= WAITING_LEFT
        moment = min(at + timedelta(hours=dice.uniform(0.2, 3)), now - timedelta(minutes=30))
        with clock.held_at(moment):
            if view.state is ReviewState.WAITING and not is_new:
                show_review(review_id, by=SYSTEM)
            elif view.state is ReviewState.WAITING:
                continue
            reply = next((answer for words, answer in REPLIES.items() if view.words.startswith(words)), "")
            if reply or (view.stars == 5 and dice.random() < 0.1):
                reply_to_review(review_id, by=SYSTEM, words=reply or THANKS)
            for reader in dice.sample(street.neighbours, min(int(dice.expovariate(0.5)), 12)):
                if reader.actor.id != writer.actor.id and reader.joined_at < moment:
                    vote_helpful(review_id, by=reader.actor)
        later = at + timedelta(days=dice.randint(2, 9))
        if dice.random() < 0.1 and view.stars >= 4 and later < now:
            with clock.held_at(later):
                follow_up(review_id, by=writer.actor, words=dice.choice(FOLLOWUPS))


def _open_cases(shop: Shop, parcels: list[_Parcel], *, dice: random.Random) -> None:
    """Each story takes the newest parcel that is old enough for it, of a buyer who has no case yet."""
    now = clock.now()
    art = {shelf.product_id: shelf.product.picture for shelf in shop.shelves}
    first = {_to_be_sent: 1, _offered: 0, _all_done: 2}  # whose case it should be, of the log-ins of the demo
    free = [
        parcel
        for parcel in parcels
        if parcel.at > now - timedelta(days=14) and parcel.order.lines[0].product_id in art
    ]
    for hours_ago, story in _STORIES:
        opened = now - timedelta(hours=hours_ago)
        fit = [
            parcel for parcel in free if opened - timedelta(days=6) < parcel.at < opened - timedelta(hours=1)
        ]
        if not fit:
            continue
        parcel = fit[-1] if story not in first else parcels[first[story]]
        free = [other for other in free if other.buyer.actor.id != parcel.buyer.actor.id]
        photo = store_photo(
            content=snapshot(art[parcel.order.lines[0].product_id], dice=dice, is_damaged=True),
            folder="cases",
            is_private=True,
        )
        try:
            with clock.held_at(opened), attempt():
                story(parcel, photo.path)
        except Refusal:
            continue
        let_it_sink_in()


def _ask(
    parcel: _Parcel, kind: CaseKind, reason: str, *, words: str = "", photo: str = "", percent: int = 100
) -> uuid.UUID:
    line = parcel.order.lines[0]
    worth = line.refundable_minor // line.quantity
    wish = Ask(
        kind=kind,
        reason=reason,
        has_goods=True,
        units={line.id: 1},
        amounts={line.id: worth * percent // 100} if percent < 100 else {},
        words=words,
        evidence=(photo,) if photo else (),
    )
    return open_case(parcel.order.id, wish, by=parcel.buyer.actor)


def _just_asked(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.RETURN_REFUND, "damaged", words="打开就破了一角，想退。", photo=photo)
    clock.advance_held(timedelta(minutes=20))
    say(case_id, by=parcel.buyer.actor, text="外箱也有点湿，要不要再拍一张？")


def _asked_long_ago(parcel: _Parcel, photo: str) -> None:
    _ask(parcel, K.REFUND_ONLY, "quality", words="有两处坏了，补一点差价就行。", photo=photo, percent=30)


def _complains(parcel: _Parcel, photo: str) -> None:
    del photo
    _ask(parcel, K.COMPLAINT, "service", words="问了两天客服没人回，希望有人跟进。", percent=0)


def _parcel_on_its_way(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.RETURN_REFUND, "not_as_described", words="和介绍的规格不一样。", photo=photo)
    _agree_and_send(parcel, case_id, laid_out_minor=1_200)


def _parcel_arrived(parcel: _Parcel, photo: str) -> None:
    del photo
    case_id = _ask(parcel, K.EXCHANGE, "wrong_size", words="想换一个同款，包装没拆。")
    _agree_and_send(parcel, case_id)
    clock.advance_held(timedelta(hours=30))
    note_arrival(case_id, by=SYSTEM)


def _at_the_platform(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.REFUND_ONLY, "quality", words="坏了一半，不能吃。", photo=photo)
    clock.advance_held(timedelta(hours=4))
    refuse_case(case_id, by=SYSTEM, words="照片里看着是正常的，请补一张切开的。")
    clock.advance_held(timedelta(hours=2))
    escalate_case(case_id, by=parcel.buyer.actor, words="切开也拍了，商家没看，请平台看看。")


def _offered(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.REFUND_ONLY, "damaged", words="压坏了几个。", photo=photo)
    clock.advance_held(timedelta(hours=3))
    line = parcel.order.lines[0]
    answer = Answer(
        "坏的部分我们全赔，好的您留着吃，可以吗？", {line.id: line.refundable_minor // line.quantity // 2}
    )
    agree(case_id, answer, by=SYSTEM)


def _refused(parcel: _Parcel, photo: str) -> None:
    del photo
    case_id = _ask(parcel, K.RETURN_REFUND, "no_reason", words="不太喜欢。")
    clock.advance_held(timedelta(hours=5))
    refuse_case(case_id, by=SYSTEM, words="生鲜拆封后不支持无理由退货，下单页有写，抱歉。")


def _to_be_sent(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.RETURN_REFUND, "damaged", words="寄来时就裂了。", photo=photo)
    clock.advance_held(timedelta(hours=2))
    agree(case_id, Answer("非常抱歉，请寄回，运费我们出。"), by=SYSTEM)


def _all_done(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.RETURN_REFUND, "damaged", words="漏了，箱子里都是。", photo=photo)
    _agree_and_send(parcel, case_id, laid_out_minor=1_000)
    clock.advance_held(timedelta(hours=26))
    line = parcel.order.lines[0]
    accept_return(case_id, by=SYSTEM, fates={line.id: (0, 1)}, words="确实破损，已报损。")


def _part_refunded(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.REFUND_ONLY, "quality", words="有三个坏的。", photo=photo, percent=25)
    clock.advance_held(timedelta(hours=1))
    agree(case_id, Answer("坏果包赔，说到做到。"), by=SYSTEM)


def _exchanged(parcel: _Parcel, photo: str) -> None:
    case_id = _ask(parcel, K.EXCHANGE, "wrong_goods", words="发成了另一个规格。", photo=photo)
    _agree_and_send(parcel, case_id)
    clock.advance_held(timedelta(hours=20))
    view = accept_return(case_id, by=SYSTEM, fates={parcel.order.lines[0].id: (1, 0)})
    clock.advance_held(timedelta(hours=3))
    if view.replacement_id is not None:
        acts.ship(view.replacement_id, number=90_001)


def _withdrawn(parcel: _Parcel, photo: str) -> None:
    del photo
    case_id = _ask(parcel, K.RETURN_REFUND, "no_reason")
    clock.advance_held(timedelta(hours=1))
    withdraw_case(case_id, by=parcel.buyer.actor)


def _agree_and_send(parcel: _Parcel, case_id: uuid.UUID, *, laid_out_minor: int = 0) -> None:
    clock.advance_held(timedelta(hours=2))
    agree(case_id, Answer("好的，请寄回。"), by=SYSTEM)
    clock.advance_held(timedelta(hours=14))
    send_back(
        case_id,
        by=parcel.buyer.actor,
        carrier="中通快递",
        tracking_number=f"ZT{parcel.order.number[-7:]}",
        laid_out_minor=laid_out_minor,
    )


Story = Callable[[_Parcel, str], None]
# hours before now, and what happens then
_STORIES: tuple[tuple[int, Story], ...] = (
    (2, _just_asked),
    (44, _asked_long_ago),
    (20, _complains),
    (30, _parcel_on_its_way),
    (60, _parcel_arrived),
    (26, _at_the_platform),
    (14, _offered),
    (24, _refused),
    (10, _to_be_sent),
    (46, _all_done),
    (70, _part_refunded),
    (100, _exchanged),
    (52, _withdrawn),
)


def _photo(content: bytes) -> NewPicture:
    stored = store_photo(content=content, folder="reviews")
    return NewPicture(stored.path, stored.width, stored.height)
