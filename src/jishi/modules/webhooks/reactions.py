"""Facts from everywhere, for those who listen outside."""

from jishi.kernel.fact import RecordedFact
from jishi.modules.webhooks.operations.deliveries import queue_deliveries


def tell_endpoints(fact: RecordedFact) -> None:
    queue_deliveries(fact)
