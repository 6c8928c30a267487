"""Logs as structured lines with the request's id: JSON for machines, tidy colours for a person."""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog

from jishi.kernel import clock

request_id: ContextVar[str] = ContextVar("request_id", default="")
NOISY = ("procrastinate.connector", "httpx", "httpcore", "PIL", "jieba", "asyncio", "django.utils.autoreload")


def logging_config(*, log_format: str, level: str) -> dict[str, Any]:
    """A dictConfig for the standard library; structlog's own loggers go the same way."""
    configure_structlog()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "house": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": _last_steps(log_format),
                "foreign_pre_chain": [*_shared_steps(), structlog.stdlib.ExtraAdder()],
            }
        },
        "handlers": {
            "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "house"}
        },
        "root": {"handlers": ["out"], "level": level.upper()},
        "loggers": {
            **{name: {"level": "WARNING"} for name in NOISY},
            "django": {"handlers": [], "level": level.upper(), "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "_granian": {"handlers": [], "level": "WARNING", "propagate": True},
            "granian.access": {"handlers": [], "level": "WARNING", "propagate": True},
            "procrastinate": {"level": "WARNING"},
            "procrastinate.worker": {"level": "WARNING" if log_format == "console" else level.upper()},
        },
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[*_shared_steps(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


AccessLine = Callable[[str, str, int, float, str], None]


def access_log(*, log_format: str, level: str) -> AccessLine:
    """A writer of one line per request (method, path, status, milliseconds, client).

    It goes past the logging machinery, which would cost several times as much as the line itself.
    """
    if level not in ("debug", "info"):
        return lambda *_: None

    def tidy(method: str, path: str, status: int, milliseconds: float, client: str) -> None:
        at = clock.now().strftime("%H:%M:%S")
        sys.stdout.write(f"{at} {method:<4} {path} → {status}  {milliseconds:.1f} ms  {client}\n")

    def machine(method: str, path: str, status: int, milliseconds: float, client: str) -> None:
        line = {"event": "request", "level": "info", "logger": "jishi.front_door", "at": clock.now().isoformat(),
                "request_id": request_id.get(), "method": method, "path": path, "status": status,
                "ms": round(milliseconds, 1), "client": client}  # fmt: skip
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")

    return tidy if log_format == "console" else machine


def _shared_steps() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]


def _last_steps(log_format: str) -> list[Any]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "console":
        return [strip, _Tidy(colours=sys.stdout.isatty())]
    return [
        strip,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _add_request_id(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    if found := request_id.get():
        event.setdefault("request_id", found)
    return event


class _Tidy:
    """One short line per event: time, level when it matters, what happened, the rest as name=value."""

    _MARKS: tuple[tuple[str, str, str], ...] = (
        ("warning", "\033[33m", "!"),
        ("error", "\033[31m", "✗"),
        ("critical", "\033[31m", "✗"),
    )

    def __init__(self, *, colours: bool) -> None:
        self._colours = colours

    def __call__(self, _logger: Any, _method: str, event: dict[str, Any]) -> str:
        at = str(event.pop("at", ""))[11:19]
        level, _name = event.pop("level", "info"), event.pop("logger", "")
        event.pop("request_id", None)
        error = event.pop("exc_info", None)
        words = [str(event.pop("event", ""))]
        words += [f"{name}={value}" for name, value in event.items() if value not in (None, "")]
        line = " ".join(words)
        for name, colour, mark in self._MARKS:
            if level == name:
                line = f"{colour}{mark} {line}\033[0m" if self._colours else f"{mark} {line}"
        if error:
            found = sys.exc_info() if error is True else error
            line += "\n" + "".join(traceback.format_exception(*found)).rstrip()
        return f"{at} {line}"


def get_logger(name: str) -> Any:
    return structlog.get_logger(name)


def quiet_granian() -> dict[str, Any]:
    """Granian's own lines (spawned, stopping) only when something is wrong."""
    return {"loggers": {"_granian": {"handlers": [], "level": logging.WARNING, "propagate": True}}}
