"""The worker: takes jobs from the database and runs them; a stop lets the running ones finish."""

import asyncio
import os

from procrastinate import App

from jishi.runtime.environment import environment
from jishi.runtime.logs import get_logger

SHUTDOWN_SECONDS_MAX = 6.0
POLL_SECONDS = 2.0


def run() -> None:
    """Blocks until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app

    asyncio.run(_work(app, concurrency=environment().worker_concurrency))


async def _work(app: App, *, concurrency: int) -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as workers_app:
        async with workers_app.open_async():
            get_logger("jishi.worker").info("worker ready", concurrency=concurrency)
            await workers_app.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=POLL_SECONDS,
                shutdown_graceful_timeout=SHUTDOWN_SECONDS_MAX,
                install_signal_handlers=True,
                delete_jobs="never",
            )
