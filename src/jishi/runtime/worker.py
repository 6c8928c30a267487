"""The worker: takes jobs from the database and runs them; a stop lets the running ones finish."""

import asyncio
import os
import threading
import time
from contextlib import suppress

from procrastinate import App

from jishi.runtime.environment import environment
from jishi.runtime.logs import get_logger

SHUTDOWN_SECONDS_MAX = 6.0
POLL_SECONDS = 2.0
PIPELINE_SECONDS = (
    0.15  # a claim waits no longer than this for its order when the worker is not busy with others
)
PIPELINE_REST_SECONDS = 1.0
TALLY_SECONDS = 1.0


def run() -> None:
    """Blocks until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app

    over = threading.Event()
    pipeline = threading.Thread(target=run_pipeline, args=(over,), name="pipeline", daemon=True)
    pipeline.start()
    try:
        asyncio.run(_work(app, concurrency=environment().worker_concurrency))
    finally:
        over.set()
        pipeline.join(SHUTDOWN_SECONDS_MAX)


def run_pipeline(over: threading.Event) -> None:
    """Turn granted claims into orders until the event is set; any number of workers may do it side by side."""
    from django.db import DatabaseError, close_old_connections, connection

    from jishi.flows.pipeline import order_waiting_claims
    from jishi.platform import rush

    told_at = time.monotonic()
    try:
        while not over.is_set():
            try:
                pause = 0.0 if order_waiting_claims() else PIPELINE_SECONDS
                if time.monotonic() - told_at >= TALLY_SECONDS:
                    told_at = time.monotonic()
                    rush.write_tally()
            except (
                Exception
            ) as error:  # whatever it is, the claims are as they were and the next round tries again
                get_logger("jishi.pipeline").error("claims not ordered", error=repr(error))
                close_old_connections()
                pause = PIPELINE_REST_SECONDS
            over.wait(pause)
        with suppress(DatabaseError):
            rush.write_tally()
    finally:
        connection.close()


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
