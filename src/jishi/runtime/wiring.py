"""Which fact goes to which reaction, and which routes are served without Django.

`REACTIONS` maps a fact's name to its readers by reader name; `*` is every fact. What begins with
`HOT_PREFIX` is answered on the event loop, before every layer of the front door; `NATIVE_LIFESPANS` are opened with
the front door and closed with it.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from jishi.flows import (
    aftersales,
    announcements,
    community_notices,
    coupons,
    events,
    hidden_authors,
    incentives,
    loyalty,
    moderation,
    moderation_news,
    note_notices,
    prizes,
    promises,
    reactions,
    reviews,
    subjects,
)
from jishi.flows.screening import words_to_wait_for
from jishi.modules.guard.public import has_words
from jishi.modules.incentives.public import FIRST_RULES
from jishi.modules.plays.lucky_draw.public import counts_shares, has_running_draw
from jishi.modules.reviews.public import connect_screen
from jishi.modules.webhooks.public import PUBLIC_FACTS, anybody_listens
from jishi.modules.webhooks.reactions import tell_endpoints
from jishi.platform.facts import Reader, connect_reader
from jishi.surfaces.rush import routes as rush_routes

REACTIONS: dict[str, dict[str, Reader]] = {
    "reviews.review_shown.v1": {"loyalty.reward_review": reviews.reward_review},
    "loyalty.reward_taken.v1": {"promotions.hand_out_reward": coupons.hand_out_reward},
    "promotions.coupon_expiring.v1": {"messaging.coupon_expiring": announcements.announce_coupon_expiring},
    "people.member_joined.v1": {
        "sharing.introduce_member": reactions.introduce_new_member,
        "loyalty.welcome": loyalty.welcome_into_loyalty,
        "promotions.welcome": coupons.welcome_with_coupons,
    },
    "people.visitor_recognised.v1": {
        "orders.keep_cart": reactions.keep_visitors_cart,
        "sharing.keep_touches": reactions.keep_visitors_touches,
    },
    "catalog.import_requested.v1": {"flows.start_import": reactions.start_import},
    "orders.order_paid.v1": {
        "sharing.credit": reactions.credit_sharers,
        "catalog.count_sold": reactions.count_units_sold,
        "messaging.order_paid": announcements.announce_payment,
        "loyalty.earn": loyalty.earn_by_order,
    },
    "orders.order_shipped.v1": {
        "messaging.order_shipped": announcements.announce_parcel,
        "aftersales.finish_replaced": aftersales.finish_replaced_case,
    },
    "orders.order_received.v1": {"loyalty.ripen": loyalty.let_points_ripen},
    "orders.order_cancelled.v1": {"messaging.order_cancelled": announcements.announce_cancellation},
    "orders.order_refunded.v1": {
        "flows.give_promises_back": promises.give_promises_back,
        "sharing.reverse": reactions.take_credits_back,
        "messaging.order_refunded": announcements.announce_refund,
        "loyalty.take_back": loyalty.take_points_back,
        "aftersales.finish_refunded": aftersales.finish_refunded_case,
        "reviews.mark_refunded": reviews.mark_refunded_reviews,
    },
    "aftersales.case_moved.v1": {
        "messaging.case_moved": announcements.announce_case,
        "loyalty.give_points_back": promises.give_points_of_case_back,
    },
    "reviews.review_replied.v1": {"messaging.review_replied": announcements.announce_review_reply},
    "reviews.review_hidden.v1": {"messaging.review_hidden": announcements.announce_review_hidden},
    "aftersales.message_sent.v1": {"messaging.case_message": announcements.announce_case_message},
    "group_buy.team_formed.v1": {"messaging.team_formed": announcements.announce_team_formed},
    "group_buy.team_nearly_full.v1": {"messaging.team_nearly_full": announcements.announce_team_nearly_full},
    "bargain.bargain_helped.v1": {
        "messaging.bargain_helped": announcements.announce_help,
        "promotions.thank_helper": coupons.thank_helper,
    },
    "bargain.bargain_expired.v1": {"messaging.bargain_expired": announcements.announce_bargain_expired},
    "group_buy.team_succeeded.v1": {
        "messaging.team_succeeded": announcements.announce_team_success,
        "loyalty.reward_leader": loyalty.reward_leader,
    },
    "lucky_draw.prize_won.v1": {"messaging.prize_won": announcements.announce_prize},
    "red_packet.packet_ending.v1": {"messaging.packet_ending": announcements.announce_packet_ending},
    "red_packet.packet_ended.v1": {"messaging.packet_ended": announcements.announce_packet_ended},
    "sharing.link_visited.v1": {"loyalty.link_visited": loyalty.count_visited_link},
    "loyalty.points_expiring.v1": {"messaging.points_expiring": announcements.announce_expiring_points},
    "loyalty.tier_risen.v1": {"messaging.tier_risen": announcements.announce_tier},
    "loyalty.tier_will_fall.v1": {"messaging.tier_will_fall": announcements.announce_tier_warning},
    "loyalty.tier_fallen.v1": {"messaging.tier_fallen": announcements.announce_tier},
    "loyalty.badge_won.v1": {"messaging.badge_won": announcements.announce_badge},
    "events.place_given.v1": {"messaging.place_given": events.announce_place},
    "events.reminder_due.v1": {"messaging.event_soon": events.remind_people},
    "events.event_cancelled.v1": {"messaging.event_cancelled": events.announce_cancelled_event},
    "events.event_ended.v1": {"promotions.thank_who_came": events.thank_who_came},
    "guard.content_decided.v1": {"messaging.content_decided": moderation_news.announce_decision},
    "guard.content_hidden.v1": {"messaging.content_hidden": moderation_news.announce_hidden},
    "guard.sanction_set.v1": {
        "messaging.sanction_set": moderation_news.announce_sanction,
        "media.settle_pictures": hidden_authors.settle_pictures,
    },
    "guard.sanction_ended.v1": {
        "messaging.sanction_ended": moderation_news.announce_sanction_end,
        "media.show_pictures_again": hidden_authors.settle_pictures,
    },
    "community.post_published.v1": {"messaging.community_post": community_notices.tell_of_post},
    "community.comment_made.v1": {"messaging.community_comment": community_notices.tell_of_comment},
    "community.answer_accepted.v1": {"messaging.community_answer": community_notices.tell_of_answer},
    "community.trust_changed.v1": {"messaging.community_trust": community_notices.tell_of_trust},
    "community.member_joined.v1": {"messaging.community_joined": community_notices.tell_who_was_let_in},
    "notes.note_returned.v1": {"messaging.note_returned": note_notices.tell_of_return},
    "notes.note_commented.v1": {"messaging.note_comment": note_notices.tell_of_note_comment},
    "group_buy.team_failed.v1": {"messaging.team_failed": announcements.announce_team_failure},
}
# Most days no draw runs, and then no jobs are made for its tickets.
WHILE_A_DRAW_RUNS: dict[str, tuple[str, Reader, Callable[[], bool]]] = {
    "orders.order_paid.v1": ("lucky_draw.earn_by_order", prizes.earn_by_order, has_running_draw),
    "orders.order_refunded.v1": ("lucky_draw.lose_by_refund", prizes.lose_by_refund, has_running_draw),
    "sharing.link_visited.v1": ("lucky_draw.earn_by_share", prizes.earn_by_share, counts_shares),
}
# An import of a whole shop makes no jobs where there is nothing to look for.
WHILE_WORDS_ARE_WATCHED: dict[str, tuple[str, Reader, Callable[[], bool]]] = {
    "catalog.product_published.v1": ("guard.look_at_product", moderation.look_at_product, has_words),
    "catalog.product_updated.v1": (
        "guard.look_at_changed_product",
        moderation.look_at_changed_product,
        has_words,
    ),
}
# past every layer of the front door
HOT_PREFIX, HOT_CLIENT, answer_hot = (
    rush_routes.PREFIX,
    rush_routes.CLIENT,
    rush_routes.answer,
)
NATIVE_LIFESPANS: list[Callable[[], AbstractAsyncContextManager[None]]] = [rush_routes.lane_lifespan]


def connect_readers() -> None:
    connect_screen(words_to_wait_for)
    subjects.plug_in()
    for rule in FIRST_RULES:  # which of them count, and for how much, is a table
        connect_reader(
            fact_name=rule.fact_name,
            reader_name="incentives.reward_contribution",
            reader=incentives.reward_contribution,
        )
    for fact_name, readers in REACTIONS.items():
        for reader_name, reader in readers.items():
            connect_reader(fact_name=fact_name, reader_name=reader_name, reader=reader)
    for fact_name, (reader_name, reader, gate) in [
        *WHILE_A_DRAW_RUNS.items(),
        *WHILE_WORDS_ARE_WATCHED.items(),
    ]:
        connect_reader(fact_name=fact_name, reader_name=reader_name, reader=reader, gate=gate)
    for fact_name in PUBLIC_FACTS:  # no job is made for them unless somebody listens
        connect_reader(
            fact_name=fact_name,
            reader_name="webhooks.tell_endpoints",
            reader=tell_endpoints,
            gate=anybody_listens,
        )
