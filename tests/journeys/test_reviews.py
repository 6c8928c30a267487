"""Reviews after receipt: who may, what waits, what is counted."""

import uuid
from typing import Any

import pytest

from jishi.flows.lifecycle import send_parcel
from jishi.flows.refunds import refund_order
from jishi.kernel.actor import Actor
from jishi.kernel.errors import IllegalStep, NotAllowed, NotFound
from jishi.modules.orders.public import OrderView, order_view, receive_order
from jishi.modules.reviews.operations import write
from jishi.modules.reviews.public import (
    AlreadyReviewed,
    BadStars,
    FollowedUp,
    NewPicture,
    NewReview,
    NotReviewable,
    OwnReview,
    ReviewSort,
    ReviewState,
    follow_up,
    hide_review,
    lines_to_review,
    reply_to_review,
    report_review,
    review_view,
    reviews_of_product,
    score_of,
    show_review,
    vote_helpful,
    write_review,
)
from jishi.platform.facts import facts_about
from jishi.platform.models import FactRow
from tests.world import makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = NewPicture("reviews/a.webp", 10, 10)


def received(variant_id: uuid.UUID | None = None, *, buyer: Actor | None = None) -> tuple[Actor, OrderView]:
    buyer = buyer or makers.make_member()
    order_id = makers.buy(buyer, variant_id or makers.make_product())
    makers.pay(buyer, order_id)
    send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number=f"SF{order_id.hex[:8]}")
    receive_order(order_id, by=buyer)
    return buyer, order_view(order_id, by=buyer)


def review(buyer: Actor, order: OrderView, *, stars: int = 5, **more: Any) -> uuid.UUID:
    return write_review(NewReview(order.id, order.lines[0].id, stars, "皮薄水多", **more), by=buyer)


def shown_facts() -> int:
    return FactRow.objects.filter(name="reviews.review_shown.v1").count()


def test_the_first_review_waits_and_the_next_is_shown_at_once() -> None:
    buyer, order = received()
    first = review(buyer, order)
    product = order.lines[0].product_id
    assert score_of(product).count == 0 and shown_facts() == 0
    show_review(first, by=makers.OWNER)
    assert score_of(product).count == 1 and shown_facts() == 1
    _, again = received(buyer=buyer)
    second = review(buyer, again)
    assert review_view(second, by=makers.make_member()).state is ReviewState.SHOWN


def test_counters_follow_every_state_and_the_fact_is_told_once() -> None:
    variant = makers.make_product()
    (buyer, order), (friend, other) = received(variant), received(variant)
    one = review(buyer, order, stars=4, pictures=(PICTURE,))
    two = review(friend, other, stars=1)
    for found in (one, two):
        show_review(found, by=makers.OWNER)
    product = order.lines[0].product_id
    assert (score_of(product).by_stars, score_of(product).average_tenths) == ((1, 0, 0, 1, 0), 25)
    assert score_of(product).with_pictures == 1
    hide_review(two, by=makers.OWNER, reason="广告")
    assert (score_of(product).count, score_of(product).star_sum) == (1, 4)
    show_review(two, by=makers.OWNER)
    assert score_of(product).count == 2 and shown_facts() == 2
    with pytest.raises(IllegalStep):
        show_review(two, by=makers.OWNER)


def test_one_review_per_line_by_its_buyer_after_receipt() -> None:
    buyer, order = received()
    review(buyer, order)
    with pytest.raises(AlreadyReviewed):
        review(buyer, order)
    with pytest.raises(NotFound):
        review(makers.make_member(), order)
    with pytest.raises(BadStars):
        review(*received(), stars=6)
    waiting = makers.buy(buyer, makers.make_product())
    with pytest.raises(NotReviewable):
        review(buyer, order_view(waiting, by=buyer))


def test_what_is_to_be_reviewed_is_what_was_received_and_not_yet_reviewed() -> None:
    buyer, order = received()
    assert [row.line_id for row in lines_to_review(by=buyer)] == [order.lines[0].id]
    review(buyer, order)
    assert lines_to_review(by=buyer) == []


def test_a_follow_up_comes_once_and_its_pictures_count() -> None:
    buyer, order = received()
    found = review(buyer, order)
    show_review(found, by=makers.OWNER)
    follow_up(found, by=buyer, words="吃完了，还要买", pictures=(PICTURE,))
    view = review_view(found, by=buyer)
    assert (view.followup_words, view.pictures[0].is_followup) == ("吃完了，还要买", True)
    assert score_of(order.lines[0].product_id).with_pictures == 1
    with pytest.raises(FollowedUp):
        follow_up(found, by=buyer, words="再说一次")


def test_a_vote_counts_once_and_can_be_taken_back() -> None:
    buyer, order = received()
    found = review(buyer, order)
    show_review(found, by=makers.OWNER)
    reader = makers.make_member()
    assert [vote_helpful(found, by=reader), vote_helpful(found, by=reader)] == [1, 1]
    assert vote_helpful(found, by=reader, is_helpful=False) == 0
    with pytest.raises(OwnReview):
        vote_helpful(found, by=buyer)


def test_three_reports_take_a_review_off_until_somebody_has_looked() -> None:
    buyer, order = received()
    found = review(buyer, order)
    show_review(found, by=makers.OWNER)
    readers = [makers.make_member() for _ in range(3)]
    assert [report_review(found, by=who, reason="fake") for who in readers[:2]] == [True, True]
    assert report_review(found, by=readers[0], reason="fake") is False
    report_review(found, by=readers[2], reason="rude")
    assert review_view(found, by=buyer).waits_for == "reported"
    assert score_of(order.lines[0].product_id).count == 0
    with pytest.raises(NotFound):
        review_view(found, by=readers[0])


def test_words_that_a_screen_stops_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    buyer, order = received()
    show_review(review(buyer, order), by=makers.OWNER)
    monkeypatch.setattr(write, "_screens", [lambda words: "watched" if "皮薄" in words else ""])
    _, again = received(buyer=buyer)
    assert review_view(review(buyer, again), by=buyer).waits_for == "stopped_words"


def test_a_refunded_line_keeps_its_review_with_a_mark() -> None:
    buyer, order = received()
    found = review(buyer, order)
    refund_order(order.id, by=makers.OWNER, reason="goodwill")
    run_jobs()
    assert review_view(found, by=buyer).is_refunded


def test_replies_and_moderation_take_the_permission() -> None:
    buyer, order = received()
    found = review(buyer, order)
    reader = makers.make_member(role="read_only")
    for act in (
        lambda: show_review(found, by=reader),
        lambda: hide_review(found, by=reader, reason="x"),
        lambda: reply_to_review(found, by=reader, words="谢谢"),
    ):
        with pytest.raises(NotAllowed):
            act()
    reply_to_review(found, by=makers.OWNER, words="谢谢")
    assert review_view(found, by=buyer).reply_words == "谢谢"
    assert [fact.name for fact in facts_about(subject_kind="review", subject_id=found)] == [
        "reviews.review_replied.v1"
    ]


def test_sorting_and_filters_and_a_constant_number_of_queries(django_assert_num_queries: Any) -> None:
    variant = makers.make_product()
    found = []
    for stars in (5, 3, 5):
        buyer, order = received(variant)
        found.append(review(buyer, order, stars=stars, pictures=(PICTURE,) if stars == 3 else ()))
        show_review(found[-1], by=makers.OWNER)
    vote_helpful(found[0], by=makers.make_member())
    product, reader = order.lines[0].product_id, makers.make_member()

    def ids_of(**wanted: Any) -> list[uuid.UUID]:
        return [row.id for row in reviews_of_product(product, by=reader, **wanted)]

    assert ids_of() == [found[0], found[2], found[1]]
    assert ids_of(sort=ReviewSort.NEWEST) == found[::-1]
    assert ids_of(stars=3) == ids_of(with_pictures=True) == [found[1]]
    with django_assert_num_queries(3):
        ids_of()
    with django_assert_num_queries(1):
        score_of(product)
