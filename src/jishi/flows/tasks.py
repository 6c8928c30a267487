"""Jobs of the flows: ids in, one flow each, safe to run again."""

import uuid
from datetime import timedelta

from jishi.flows import (
    aftersales,
    bargains,
    budgets,
    community_notices,
    community_pictures,
    event_photos,
    flash_sales,
    import_catalogue,
    lifecycle,
    payment,
    refunds,
    statements,
    teams,
)
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.aftersales.public import due_case_ids
from jishi.modules.campaigns.public import advance_campaigns
from jishi.modules.community.public import communities_to_sweep, sweep_levels
from jishi.modules.orders.public import receive_order, shipped_order_ids, unpaid_order_ids
from jishi.modules.payments.public import payments_to_ask, refunds_to_ask
from jishi.modules.plays.bargain.public import due_bargain_ids
from jishi.modules.plays.bargain.public import settle_offers as settle_bargain_offers
from jishi.modules.plays.flash_sale.public import settle_closed_sales
from jishi.modules.plays.group_buy.public import (
    advance_offers,
    due_friend_seat_ids,
    due_team_ids,
    expire_friend_seat,
    nudge_team,
    teams_to_nudge,
)
from jishi.modules.plays.life.public import advance_plays
from jishi.platform import jobs, rush

SWEEP_MAX = 200
RECEIVED_AFTER_DAYS = 10


@jobs.task(name="flows.carry_out_refund", queue="money")
def carry_out_refund_job(*, refund_id: str) -> None:
    refunds.carry_out_refund(uuid.UUID(refund_id))


@jobs.task(name="flows.refund_failed_team_order", queue="money")
def refund_failed_team_order_job(*, order_id: str) -> None:
    teams.refund_failed_team_order(uuid.UUID(order_id))


@jobs.task(name="flows.import_catalogue", queue="imports")
def import_catalogue_job(*, run_id: str, with_stock: str) -> None:
    import_catalogue.run_requested_import(by=SYSTEM, run_id=uuid.UUID(run_id), with_stock=with_stock == "yes")


@jobs.task(name="flows.check_payment", queue="money")
def check_payment_job(*, payment_id: str) -> None:
    payment.check_payment(uuid.UUID(payment_id))


@jobs.task(name="flows.expire_order", queue="timers")
def expire_order_job(*, order_id: str) -> None:
    lifecycle.expire_order(uuid.UUID(order_id))


@jobs.task(name="flows.end_team", queue="timers")
def end_team_job(*, team_id: str) -> None:
    teams.end_due_team(uuid.UUID(team_id))


@jobs.task(name="flows.announce_post", queue="default")
def announce_post_job(*, post_id: str, page: str) -> None:
    community_notices.announce_to_members(uuid.UUID(post_id), page=int(page))


@jobs.task(name=community_pictures.SETTLE_JOB, queue="pictures")
def settle_pictures_job(*, community_id: str, after: str) -> None:
    """A page of the posts of a community whose door opened or closed; the next page is a job of its own."""
    if not after:
        event_photos.settle_photos_of_community(uuid.UUID(community_id))
    following = community_pictures.settle_page(
        uuid.UUID(community_id), after=uuid.UUID(after) if after else None
    )
    if following is not None:
        jobs.defer(community_pictures.SETTLE_JOB, community_id=community_id, after=str(following))


@jobs.task(name="flows.sweep_community", queue="timers")
def sweep_community_job(*, community_id: str) -> None:
    sweep_levels(uuid.UUID(community_id))


@jobs.task(name="flows.end_bargain", queue="timers")
def end_bargain_job(*, bargain_id: str) -> None:
    bargains.end_bargain(uuid.UUID(bargain_id))


@jobs.task(name="flows.expire_case", queue="timers")
def expire_case_job(*, case_id: str) -> None:
    aftersales.expire(uuid.UUID(case_id))


@jobs.periodic(cron="* * * * * */30", name="flows.sweep_cases")
def sweep_cases() -> None:
    """Every half a minute: after-sales cases whose waiting is over, each handed to a job of its own."""
    for case_id in due_case_ids(limit=SWEEP_MAX):
        jobs.defer_once(expire_case_job, lock=f"case:{case_id}", case_id=str(case_id))


@jobs.periodic(cron="* * * * * */10", name="flows.sweep_deadlines")
def sweep_deadlines() -> None:
    """Every ten seconds: unpaid orders, due teams, bargains and plays, each handed to a job of its own."""
    for order_id in unpaid_order_ids(limit=SWEEP_MAX):
        jobs.defer_once(expire_order_job, lock=f"expire:{order_id}", order_id=str(order_id))
    for team_id in due_team_ids(limit=SWEEP_MAX):
        jobs.defer_once(end_team_job, lock=f"team:{team_id}", team_id=str(team_id))
    for friend_seat_id in due_friend_seat_ids():
        expire_friend_seat(friend_seat_id)
    advance_offers()
    advance_plays()
    advance_campaigns()
    settle_closed_sales()
    for bargain_id in due_bargain_ids(limit=SWEEP_MAX):
        jobs.defer_once(end_bargain_job, lock=f"bargain:{bargain_id}", bargain_id=str(bargain_id))
    settle_bargain_offers()
    rush.expire_due_claims()


@jobs.periodic(cron="* * * * * */10", name="flows.ask_providers")
def ask_providers() -> None:
    """Every ten seconds: payments and refunds without a final word whose time to ask has come."""
    for payment_id in payments_to_ask():
        jobs.defer_once(check_payment_job, lock=f"ask:{payment_id}", payment_id=str(payment_id))
    for refund_id in refunds_to_ask():
        jobs.defer_once(carry_out_refund_job, lock=f"refund:{refund_id}", refund_id=str(refund_id))


@jobs.periodic(cron="*/2 * * * *", name="flows.nudge_teams")
def nudge_teams() -> None:
    """Every two minutes: teams that miss one or two people, told once."""
    for team_id in teams_to_nudge():
        nudge_team(team_id)


@jobs.periodic(cron="* * * * * */20", name="flows.remind_of_flash_sales")
def remind_of_flash_sales() -> None:
    """Every twenty seconds: members who asked hear of the sessions that open within a few minutes."""
    flash_sales.remind_members()


@jobs.periodic(cron="7 * * * *", name="flows.receive_old_parcels")
def receive_old_parcels() -> None:
    """Parcels on the road for ten days count as received."""
    before = clock.now() - timedelta(days=RECEIVED_AFTER_DAYS)
    for order_id in shipped_order_ids(shipped_before=before, limit=SWEEP_MAX):
        receive_order(order_id, by=SYSTEM, note="automatic")


@jobs.periodic(cron="40 1,3,10 * * *", name="flows.import_statements", queue="money")
def import_statements() -> None:
    """Yesterday's statement of every provider: after midnight, and again at ten in Beijing, when the bills there are out."""
    statements.import_yesterday()


@jobs.periodic(cron="*/5 * * * *", name="flows.watch_budgets")
def watch_budgets() -> None:
    """Every five minutes: budgets that went past 50, 80 or 100 per cent."""
    budgets.watch_budgets()


@jobs.periodic(cron="*/10 18,19 * * *", name="flows.sweep_communities")
def sweep_communities() -> None:
    """At night in Beijing: communities whose trust nobody has looked at today, each a job of its own."""
    for community_id in communities_to_sweep(limit=SWEEP_MAX):
        jobs.defer_once(sweep_community_job, lock=f"community:{community_id}", community_id=str(community_id))


@jobs.periodic(cron="*/10 1 * * *", name="flows.send_digests")
def send_digests() -> None:
    """At nine in Beijing: who has not heard of their communities for a week."""
    community_notices.send_digests()
