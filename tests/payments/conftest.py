"""One of the three providers behind a local server, and what a test needs to know of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from jishi.modules.payments.public import PaymentView
from tests.world.alipay_server import AlipayDesk
from tests.world.alipay_server import account as alipay_account
from tests.world.provider_server import Books, serving
from tests.world.stripe_server import StripeDesk
from tests.world.stripe_server import account as stripe_account
from tests.world.wechat_server import PLATFORM_PUBLIC, PLATFORM_SERIAL, WeChatDesk
from tests.world.wechat_server import account as wechat_account

PLACES = "jishi.modules.payments.providers"
ADDRESSES = {
    "stripe": f"{PLACES}.stripe_checkout.StripeProvider",
    "wechat": f"{PLACES}.wechat.WeChatProvider",
    "alipay": f"{PLACES}.alipay.AlipayProvider",
}
FEE = 18


@dataclass
class Place:
    """`ours` is how the provider writes our id; `is_heard`: the provider learns of a payment by our call."""

    name: str
    desk: Any
    answer: bytes

    @property
    def books(self) -> Books:
        found: Books = self.desk.books
        return found

    @property
    def is_heard(self) -> bool:
        return self.name != "alipay"

    def ours(self, key: Any) -> str:
        return str(key) if self.name == "stripe" else str(key.hex)

    def visit(self, payment: PaymentView) -> None:
        """The payer comes to the cashier."""
        if self.name == "alipay":
            self.desk.open_cashier(payment.pay_url)

    def pay(self, payment: PaymentView) -> None:
        self.visit(payment)
        self.books.pay(self.ours(payment.id), fee=FEE)

    def finish_refunds(self) -> None:
        for back in self.books.refunds.values():
            back.state = "done"

    def post(self, notice: tuple[dict[str, str], bytes]) -> Any:
        """A callback comes in over HTTP."""
        headers, body = notice
        kind = headers.get("Content-Type", "application/json")
        more = {name: value for name, value in headers.items() if name != "Content-Type"}
        return Client().post(f"/hooks/payments/{self.name}/", body, content_type=kind, headers=more)


@pytest.fixture
def place_of(settings: Any) -> Iterator[Callable[[str], Place]]:
    with ExitStack() as stack:

        def open_place(name: str) -> Place:
            desk: Any = {"stripe": StripeDesk, "wechat": WeChatDesk, "alipay": AlipayDesk}[name]()
            url = stack.enter_context(serving(desk)).url
            accounts = {
                "stripe": stripe_account(url),
                "wechat": wechat_account(url, public_key=PLATFORM_PUBLIC, public_key_id=PLATFORM_SERIAL),
                "alipay": alipay_account(url),
            }
            settings.JISHI_PAYMENT_ACCOUNTS = {name: accounts[name]}
            settings.JISHI_PAYMENT_PROVIDERS = {name: ADDRESSES[name]}
            answer = b"success" if name == "alipay" else b"SUCCESS" if name == "wechat" else b"ok"
            return Place(name, desk, answer)

        yield open_place


@pytest.fixture(params=list(ADDRESSES))
def place(request: pytest.FixtureRequest, place_of: Callable[[str], Place]) -> Place:
    return place_of(request.param)
