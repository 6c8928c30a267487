"""Jobs of approvals."""

from jishi.modules.approvals.operations import expire_requests
from jishi.platform import jobs


@jobs.periodic(cron="23 * * * *", name="approvals.expire_requests")
def expire_old_requests() -> None:
    """Every hour: requests that nobody answered in their time."""
    expire_requests()
