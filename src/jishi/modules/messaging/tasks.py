"""Jobs of messaging."""

import uuid

from jishi.modules.messaging import operations
from jishi.platform import jobs


@jobs.task(name="messaging.send_outgoing", queue="messages")
def send_outgoing(*, outgoing_id: str) -> None:
    operations.send_outgoing(uuid.UUID(outgoing_id))
