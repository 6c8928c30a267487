"""Signatures, amounts and files whose answers are known beforehand."""

import hashlib
import hmac
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.money import exponent_of
from jishi.modules.payments.providers import accounts, wechat
from jishi.modules.payments.providers.bills import UnreadableBill, read_wechat_bill, yuan_of
from jishi.modules.payments.providers.stripe_checkout import NotChargeable, minor_of, stripe_amount
from jishi.modules.payments.public import OutcomeKind, provider_named
from tests.payments.conftest import ADDRESSES, Place
from tests.payments.test_providers import start
from tests.world.provider_server import serving
from tests.world.wechat_server import HEAD, SUMS, WeChatDesk, account

SHARED = os.environ.get("JISHI_SHARED_DATA", "") or Path(__file__).resolve().parents[3] / "shared" / "data"
VECTORS = Path(SHARED) / "signatures" / "vectors.json"


def vectors(name: str) -> Any:
    if not VECTORS.exists():
        pytest.skip("the shared signatures are not here (JISHI_SHARED_DATA)")
    return json.loads(VECTORS.read_text())[name]


def test_stripes_scheme_gives_the_known_header() -> None:
    known = vectors("stripe_scheme")
    at, payload = known["timestamp"], known["payload"]
    digest = hmac.new(known["secret"].encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    assert f"t={at},v1={digest}" == known["expected_header"]

    far = 100 * 365 * 86_400  # the library looks at the wall clock: ask it about the signature alone
    assert stripe.WebhookSignature.verify_header(payload, known["expected_header"], known["secret"], far)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(payload + " ", known["expected_header"], known["secret"], far)


@pytest.mark.parametrize(
    ("minor", "currency", "theirs"),
    [
        (1099, "USD", 1099),
        (500, "JPY", 500),
        (5, "ISK", 500),  # no minor unit in ISO, two places at Stripe
        (5, "UGX", 500),
        (5120, "KWD", 5120),
        (500, "MGA", 5),  # two places in ISO, none at Stripe
        (2990, "CNY", 2990),
    ],
)
def test_amounts_in_stripes_units(minor: int, currency: str, theirs: int) -> None:
    assert stripe_amount(minor, currency=currency) == theirs
    assert minor_of(theirs, currency=currency) == minor


@pytest.mark.parametrize(("minor", "currency"), [(5121, "KWD"), (501, "MGA"), (1, "BHD")])
def test_what_stripe_cannot_charge_is_said_before_it_is_called(minor: int, currency: str) -> None:
    with pytest.raises(NotChargeable):
        stripe_amount(minor, currency=currency)


@given(
    st.integers(1, 10**12), st.sampled_from(["USD", "JPY", "KWD", "ISK", "UGX", "MGA", "CNY", "XOF", "TND"])
)
def test_there_and_back_is_the_same_amount(minor: int, currency: str) -> None:
    try:
        theirs = stripe_amount(minor, currency=currency)
    except NotChargeable:
        return
    assert minor_of(theirs, currency=currency) == minor


def test_minor_units_are_those_of_iso_4217() -> None:
    assert [exponent_of(code) for code in ("CNY", "JPY", "KWD", "ISK", "UGX", "IQD", "CLF", "MGA")] == [
        *(2, 0, 3, 0, 0, 3, 4, 2)
    ]


@given(st.integers(0, 10**11))
def test_yuan_are_written_with_two_places_and_no_float(minor: int) -> None:
    units, _, cents = yuan_of(minor).partition(".")
    assert len(cents) == 2
    assert int(units) * 100 + int(cents) == minor


def wechat_file(*rows: str, count: int | None = None) -> str:
    sums = ",".join(f"`{value}" for value in (count if count is not None else len(rows), 0, 0, 0, 0, 0, 0))
    return "\r\n".join([HEAD, *rows, SUMS, sums])


def test_a_bill_of_wechat_is_read_as_it_is_documented() -> None:
    row = (
        "`2021-01-28 17:07:11,`wx81,`1601959334,`0,`,`4200000925202101284997714292,`0198a0c0d1e27a3b8c4d5e6f70819203,"
        "`ofyak5,`NATIVE,`SUCCESS,`OTHERS,`CNY,`29.90,`0.00,`0,`0,`0.00,`0.00,`,`,`脐橙,`,`0.17940,`0.60%,`29.90,`0.00,`"
    )
    (line,) = read_wechat_bill(wechat_file(row))

    assert line.intent_id == "0198a0c0-d1e2-7a3b-8c4d-5e6f70819203"
    assert (line.about, line.amount_minor, line.fee_minor) == ("payment", 2990, 18)
    assert line.at == datetime(2021, 1, 28, 9, 7, 11, tzinfo=UTC)


def test_a_bill_that_is_cut_short_is_not_read() -> None:
    for text in ("", HEAD, wechat_file(count=1), "a,b\r\n1,2"):
        with pytest.raises(UnreadableBill):
            read_wechat_bill(text)


@pytest.mark.django_db(transaction=True)
def test_wechat_by_certificates_fetches_them_and_verifies(settings: Any) -> None:
    """A merchant without the platform's public key: certificates come encrypted, and answers are checked by them."""
    desk = WeChatDesk()
    with serving(desk) as books:
        settings.JISHI_PAYMENT_ACCOUNTS = {"wechat": account(books.url, kind="native")}
        settings.JISHI_PAYMENT_PROVIDERS = {"wechat": ADDRESSES["wechat"]}
        place = Place("wechat", desk, b"SUCCESS")
        _, _, payment = start(place)
        place.pay(payment)

        assert books.calls[0] == "GET /v3/certificates"
        assert "/native/?code=weixin" in payment.pay_url
        assert place.post(desk.notice(payment.id.hex)).status_code == 200
        books.faults.bad_signature = True
        assert provider_named("wechat").ask(payment).kind is OutcomeKind.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_inside_wechat_the_payer_must_be_known_and_the_bridge_is_signed(settings: Any) -> None:
    desk = WeChatDesk()
    with serving(desk) as books:
        settings.JISHI_PAYMENT_ACCOUNTS = {"wechat": account(books.url, kind="jsapi")}
        settings.JISHI_PAYMENT_PROVIDERS = {"wechat": ADDRESSES["wechat"]}
        place = Place("wechat", desk, b"SUCCESS")
        _, _, unknown = start(place)
        assert unknown.failure == "open_id_missing"
        with accounts.payer_known(open_id="oUpF8"):
            _, _, payment = start(place)
        assert "/jsapi/?code=wx" in payment.pay_url
        bridge = wechat.bridge_of(payment)
        assert bridge is not None
        assert bridge["package"] == f"prepay_id=wx{payment.id.hex}"
        assert len(bridge["paySign"]) == 344


def test_a_provider_that_does_not_take_the_currency_is_not_offered(
    place_of: Callable[[str], Place],
) -> None:
    from jishi.modules.payments.public import providers_for

    place_of("wechat")
    assert (providers_for("CNY"), providers_for("JPY")) == (["wechat"], [])
