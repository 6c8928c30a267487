"""Ways to send a text message. A sender returns an empty string, or why it failed; it never raises."""

import logging

log = logging.getLogger("jishi.sms")


def console_sender(phone: str, text: str) -> str:
    """For demo and development: the text appears in the log and in the console's outbox."""
    log.info("text message", extra={"to": phone, "text": text})
    return ""
