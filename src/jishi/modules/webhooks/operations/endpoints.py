"""Endpoints: made, changed, given a new secret, switched off and on, removed."""

import base64
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_noop

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.webhooks import rules
from jishi.modules.webhooks.errors import BadEndpoint, TooManyEndpoints, UnknownFact
from jishi.modules.webhooks.models import Delivery, Endpoint
from jishi.modules.webhooks.queries import view_of
from jishi.modules.webhooks.types import DeliveryState, EndpointView
from jishi.platform import history, locks, outbound
from jishi.platform.transactions import in_transaction

ENDPOINTS_MAX = 20
SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32
URL_LENGTH_MAX = 500
REASONS = {
    "bad_address": gettext_noop("请填完整的网址，不带用户名和密码"),
    "bad_port": gettext_noop("端口只能是 80、443、8080 或 8443"),
    "private_address": gettext_noop("不能指向内部网络"),
    "not_https": gettext_noop("要用 https 地址"),
}


@in_transaction
def create_endpoint(
    *, by: Actor, url: str, description: str = "", fact_names: Sequence[str] = ()
) -> tuple[EndpointView, str]:
    """(endpoint, secret); the secret is shown only now. No names means every public fact.

    Raises BadEndpoint, UnknownFact, TooManyEndpoints.
    """
    by.require("webhooks.manage")
    _check(url, fact_names)
    locks.lock_name("webhook_endpoints")
    if Endpoint.objects.filter(removed_at__isnull=True).count() >= ENDPOINTS_MAX:
        raise TooManyEndpoints(limit=ENDPOINTS_MAX)
    row = Endpoint.objects.create(
        id=ids.new_id(),
        url=url,
        description=description.strip()[:80],
        secret=_new_secret(),
        fact_names=sorted(set(fact_names)),
        created_at=clock.now(),
    )
    _note(row, "create", by=by)
    return view_of(row), row.secret


@in_transaction
def change_endpoint(
    endpoint_id: uuid.UUID,
    *,
    by: Actor,
    url: str | None = None,
    description: str | None = None,
    fact_names: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> EndpointView:
    """Only what is given changes. Switching off gives up what waits; switching on starts afresh."""
    by.require("webhooks.manage")
    _check(url, fact_names or ())
    row = _locked(endpoint_id)
    row.url = url if url is not None else row.url
    row.description = description.strip()[:80] if description is not None else row.description
    row.fact_names = sorted(set(fact_names)) if fact_names is not None else row.fact_names
    if is_active is True:
        row.is_active, row.failing_since, row.disabled_reason = True, None, ""
    row.save()
    if is_active is False:
        switch_off(row, reason="by_staff")
    _note(row, "change", by=by)
    return view_of(row)


@in_transaction
def rotate_secret(endpoint_id: uuid.UUID, *, by: Actor) -> str:
    """A new secret. The old one signs beside it for a day, so that receivers can change over without a gap."""
    by.require("webhooks.manage")
    row = _locked(endpoint_id)
    row.old_secret = row.secret
    row.old_secret_until = clock.now() + timedelta(hours=rules.OLD_SECRET_HOURS)
    row.secret = _new_secret()
    row.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _note(row, "rotate_secret", by=by)
    return row.secret


@in_transaction
def remove_endpoint(endpoint_id: uuid.UUID, *, by: Actor) -> None:
    """Its deliveries stay to be read."""
    by.require("webhooks.manage")
    row = _locked(endpoint_id)
    switch_off(row, reason="by_staff")
    row.removed_at, row.secret, row.old_secret = clock.now(), "", ""
    row.save(update_fields=["removed_at", "secret", "old_secret"])
    _note(row, "remove", by=by)


def switch_off(row: Endpoint, *, reason: str) -> None:
    """Nothing more is sent there, and what waits is given up."""
    row.is_active, row.disabled_reason = False, reason
    row.save(update_fields=["is_active", "disabled_reason"])
    Delivery.objects.filter(endpoint=row, state=DeliveryState.QUEUED.value).update(
        state=DeliveryState.GIVEN_UP.value
    )


def _check(url: str | None, fact_names: Sequence[str]) -> None:
    unknown = sorted(set(fact_names) - set(rules.PUBLIC_FACTS))
    if unknown:
        raise UnknownFact(fact_name=unknown[0])
    if url is not None:
        _check_url(url)


def _check_url(url: str) -> None:
    """What can be said without asking a name server; every delivery checks the rest again."""
    if len(url) > URL_LENGTH_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise BadEndpoint(reason=REASONS["bad_address"])
    try:
        scheme, host, _ = outbound.split_address(url)
    except outbound.AddressRefused as refused:
        raise BadEndpoint(reason=REASONS[refused.code]) from refused
    if scheme != "https" and not (settings.DEBUG or settings.JISHI_DEMO):
        raise BadEndpoint(reason=REASONS["not_https"])
    if outbound.is_literal(host) and not outbound.is_public(host) and not settings.DEBUG:
        raise BadEndpoint(reason=REASONS["private_address"])


def _locked(endpoint_id: uuid.UUID) -> Endpoint:
    row = locks.lock_one(Endpoint, endpoint_id)
    if row.removed_at is not None:
        raise NotFound()
    return row


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(chance.secret(SECRET_BYTES).encode()).decode()


def _note(row: Endpoint, verb: str, *, by: Actor) -> None:
    history.record_step(
        subject=("webhook_endpoint", row.id), verb=verb, by=by, details={"url": row.url}, note=row.description
    )
