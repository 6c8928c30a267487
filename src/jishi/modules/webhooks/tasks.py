"""Jobs of outgoing webhooks."""

import uuid

from jishi.modules.webhooks.operations.deliveries import deliver
from jishi.modules.webhooks.queries import due_delivery_ids
from jishi.platform import jobs

SWEEP_MAX = 200


@jobs.task(name="webhooks.deliver", queue="webhooks", retries=False)
def deliver_job(*, delivery_id: str) -> None:
    deliver(uuid.UUID(delivery_id))


@jobs.periodic(cron="* * * * * */10", name="webhooks.sweep")
def sweep_deliveries() -> None:
    """Every ten seconds: deliveries whose next try has come, also those whose job was lost."""
    for delivery_id in due_delivery_ids(limit=SWEEP_MAX):
        jobs.defer_once(deliver_job, lock=f"webhook:{delivery_id}", delivery_id=str(delivery_id))
