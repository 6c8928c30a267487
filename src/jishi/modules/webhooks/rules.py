"""Which facts leave the house, when a delivery is tried again, and what it looks like (docs/guides/webhooks.md)."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

# Ids and amounts only: nothing here tells a name, a phone or an address.
PUBLIC_FACTS: Final = (
    "promotions.offer_published.v1",
    "promotions.offer_closed.v1",
    "promotions.coupon_claimed.v1",
    "promotions.coupon_used.v1",
    "promotions.coupon_returned.v1",
    "aftersales.case_moved.v1",
    "aftersales.case_opened.v1",
    "aftersales.message_sent.v1",
    "bargain.bargain_bought.v1",
    "bargain.bargain_expired.v1",
    "bargain.bargain_helped.v1",
    "bargain.bargain_launched.v1",
    "campaigns.campaign_closed.v1",
    "campaigns.campaign_opened.v1",
    "campaigns.campaign_published.v1",
    "catalog.import_finished.v1",
    "catalog.product_created.v1",
    "catalog.product_published.v1",
    "catalog.product_updated.v1",
    "catalog.product_withdrawn.v1",
    "catalog.variant_priced.v1",
    "community.answer_accepted.v1",
    "community.comment_made.v1",
    "community.member_joined.v1",
    "community.post_published.v1",
    "community.post_reacted.v1",
    "community.trust_changed.v1",
    "flash_sale.unit_ordered.v1",
    "flash_sale.unit_paid.v1",
    "flash_sale.units_changed.v1",
    "flash_sale.units_returned.v1",
    "group_buy.offer_closed.v1",
    "group_buy.offer_published.v1",
    "group_buy.seat_paid.v1",
    "group_buy.team_failed.v1",
    "group_buy.team_formed.v1",
    "group_buy.team_nearly_full.v1",
    "group_buy.team_succeeded.v1",
    "inventory.stock_moved.v1",
    "loyalty.badge_won.v1",
    "loyalty.membership_started.v1",
    "loyalty.points_adjusted.v1",
    "loyalty.reward_taken.v1",
    "loyalty.tier_fallen.v1",
    "loyalty.tier_risen.v1",
    "loyalty.tier_will_fall.v1",
    "lucky_draw.draw_revealed.v1",
    "lucky_draw.prize_won.v1",
    "orders.order_cancelled.v1",
    "orders.order_paid.v1",
    "orders.order_placed.v1",
    "orders.order_ready.v1",
    "orders.order_received.v1",
    "orders.order_refunded.v1",
    "orders.order_shipped.v1",
    "orders.refund_requested.v1",
    "payments.payment_failed.v1",
    "payments.payment_succeeded.v1",
    "payments.refund_failed.v1",
    "payments.refund_succeeded.v1",
    "people.member_joined.v1",
    "plays.play_closed.v1",
    "plays.play_opened.v1",
    "plays.play_published.v1",
    "plays.play_settled.v1",
    "red_packet.packet_ended.v1",
    "red_packet.packet_sent.v1",
    "red_packet.share_opened.v1",
    "reviews.review_hidden.v1",
    "reviews.review_replied.v1",
    "reviews.review_shown.v1",
    "notes.note_commented.v1",
    "notes.note_liked.v1",
    "notes.note_published.v1",
    "notes.note_returned.v1",
    "notes.note_saved.v1",
)
# These stay inside: plumbing between rooms, and who may do what.
PRIVATE_FACTS: Final = (
    "promotions.coupon_expiring.v1",
    "approvals.approval_asked.v1",
    "approvals.approval_decided.v1",
    "catalog.import_requested.v1",
    "events.event_cancelled.v1",
    "events.event_ended.v1",
    "events.event_published.v1",
    "events.member_attended.v1",
    "events.photo_added.v1",
    "events.place_cancelled.v1",
    "events.place_given.v1",
    "events.place_taken.v1",
    "events.reminder_due.v1",
    "finance.budget_alarm.v1",
    "finance.day_closed.v1",
    "finance.difference_found.v1",
    "guard.appeal_made.v1",
    "guard.content_decided.v1",
    "guard.content_hidden.v1",
    "guard.item_opened.v1",
    "guard.sanction_ended.v1",
    "guard.sanction_set.v1",
    "incentives.thanks_given.v1",
    "inventory.holds_released.v1",
    "loyalty.checked_in.v1",
    "loyalty.points_expiring.v1",
    "lucky_draw.ticket_earned.v1",
    "people.role_changed.v1",
    "people.visitor_recognised.v1",
    "red_packet.packet_ending.v1",
    "sharing.link_visited.v1",
)
TEST_FACT: Final = "webhooks.test.v1"

# From one try to the next; after the last one a delivery is given up. About three days altogether.
RETRY_AFTER_SECONDS: Final = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
ATTEMPTS_MAX: Final = len(RETRY_AFTER_SECONDS) + 1
FAILING_DAYS_MAX: Final = 5
OLD_SECRET_HOURS: Final = 24
GONE: Final = 410


def next_try_at(*, now: datetime, attempts: int) -> datetime | None:
    """When to try again after so many attempts; None after the last."""
    if attempts >= ATTEMPTS_MAX:
        return None
    return now + timedelta(seconds=RETRY_AFTER_SECONDS[attempts - 1])


def is_hopeless(*, failing_since: datetime | None, now: datetime, status: int | None) -> bool:
    """Whether to switch an endpoint off: it says that it is gone, or nothing has arrived for days."""
    if status == GONE:
        return True
    return failing_since is not None and now - failing_since > timedelta(days=FAILING_DAYS_MAX)


def body_of(*, fact_name: str, at: datetime, fact_id: uuid.UUID, payload: dict[str, Any]) -> dict[str, Any]:
    """What is sent: the shape that Standard Webhooks recommends."""
    return {"type": fact_name, "timestamp": at.isoformat(), "id": str(fact_id), "data": payload}
