"""Jobs of the catalogue."""

from jishi.modules.catalog.operations.images import FETCH_JOB, fetch_waiting_pictures
from jishi.modules.catalog.operations.search_index import refresh_terms
from jishi.platform import jobs

ROUNDS_MAX = 50


@jobs.task(name=FETCH_JOB, queue="pictures", lock=FETCH_JOB)
def fetch_pictures() -> None:
    """Pictures waiting for their first try; bounded, the next job or the timer goes on."""
    for _ in range(ROUNDS_MAX):
        if not fetch_waiting_pictures():
            return


@jobs.periodic(cron="*/7 * * * *", name="catalog.fetch_pictures_again", queue="pictures")
def fetch_pictures_again() -> None:
    """Pictures whose host did not answer before."""
    fetch_waiting_pictures()


@jobs.periodic(cron="*/20 * * * *", name="catalog.refresh_search_terms")
def refresh_search_terms() -> None:
    """Suggestions follow what is for sale."""
    refresh_terms()
