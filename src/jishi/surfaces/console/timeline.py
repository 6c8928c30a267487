"""The history of a thing as a timeline."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from jishi.platform.history import Step, steps_of
from jishi.surfaces import note_words
from jishi.surfaces.console import words


def timeline(kind: str, key: uuid.UUID) -> list[dict[str, Any]]:
    """The history of a thing, newest first; one query."""
    return [
        {"label": words.step(step.verb, of=kind), "at": step.at, "who": _who(step), "note": _note(step)}
        for step in reversed(steps_of(subject=(kind, key)))
    ]


def _who(step: Step) -> str:
    return _("系统") if step.actor_kind == "system" else step.actor_label or _("会员")


def _note(step: Step) -> str:
    details = step.details
    parts = [note_words.review_words(words.reason(step.note))] if step.note else []
    if details.get("tracking_number"):
        parts.append(f"{details.get('carrier', '')} {details['tracking_number']}")
    return " · ".join(part for part in parts if part)
