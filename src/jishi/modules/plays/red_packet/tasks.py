"""Jobs of red packets."""

from jishi.modules.plays.red_packet.operations.settle import sweep_packets
from jishi.platform import jobs


@jobs.periodic(cron="* * * * * */10", name="red_packet.sweep")
def sweep() -> None:
    """Every ten seconds: packets and plays whose time is over."""
    sweep_packets()
