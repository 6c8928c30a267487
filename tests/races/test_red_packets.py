"""Many phones, one share."""

import pytest
from django.db import IntegrityError

from jishi.modules.ledger.public import available_in, trial_balance
from jishi.modules.plays.red_packet.models import Packet, Share
from jishi.modules.plays.red_packet.operations import open as opening
from jishi.modules.plays.red_packet.public import (
    close_packets,
    open_packet,
    packet_view,
    purse_of,
    send_packet,
)
from jishi.modules.wallet.public import balance_minor
from jishi.platform.rush import ClaimOutcome
from tests.world import makers
from tests.world.luck import TERMS, make_packet
from tests.world.races import at_once, crashes, line_up, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_pool_and_counter_two_phones_take_the_same_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: everybody is let in, and the number is read before it is written. Only the unique row is left."""
    packet = make_packet(total_minor=500, share_count=1)
    both_have_read = line_up(2)

    def read_then_write(packet_id: object) -> tuple[int, int]:
        row = Packet.objects.get(id=packet_id)
        both_have_read()
        return row.opened_count + 1, row.plan[row.opened_count]

    monkeypatch.setattr(opening, "next_share", read_then_write)
    monkeypatch.setattr(
        opening.rush, "claim_units", lambda **values: ClaimOutcome(values["claim_id"], replayed=False)
    )
    phones = [makers.make_member(), makers.make_member()]

    answers = at_once(*[lambda p=p: open_packet(packet.id, by=p) for p in phones])

    assert [type(error) for error in crashes(answers)] == [IntegrityError]


def test_two_phones_and_the_last_share() -> None:
    packet = make_packet(total_minor=500, share_count=1)
    phones = [makers.make_member(), makers.make_member()]

    answers = at_once(*[lambda p=p: open_packet(packet.id, by=p) for p in phones])

    assert (refusals(answers), crashes(answers)) == (["sold_out"], [])
    assert sorted(balance_minor(phone.id, currency="CNY") for phone in phones) == [0, 500]


def test_sixteen_phones_open_ten_shares_in_their_planned_order() -> None:
    packet = make_packet(total_minor=5_000, share_count=10)
    phones = [makers.make_member() for _ in range(16)]

    answers = at_once(*[lambda p=p: open_packet(packet.id, by=p) for p in phones])

    assert (refusals(answers), crashes(answers)) == (["sold_out"] * 6, [])
    plan = Packet.objects.get(id=packet.id).plan
    found = Share.objects.filter(packet_id=packet.id).order_by("share_no")
    assert [(share.share_no, share.amount_minor) for share in found] == list(enumerate(plan, start=1))
    assert sum(balance_minor(phone.id, currency="CNY") for phone in phones) == 5_000
    assert trial_balance(unit="CNY") == 0


def test_one_person_on_six_phones_opens_one_share() -> None:
    packet = make_packet(total_minor=5_000, share_count=10)
    person = makers.make_member()

    answers = at_once(*[lambda: open_packet(packet.id, by=person) for _ in range(6)])

    assert (refusals(answers), crashes(answers)) == ([], [])
    assert {answer.share_no for answer in answers} == {1}  # type: ignore[attr-defined]
    assert packet_view(packet.id).opened_count == 1


def test_opening_and_ending_at_once_never_loses_a_cent() -> None:
    packet = make_packet(total_minor=5_000, share_count=10)
    play_id = packet.play_id
    assert play_id is not None
    phones = [makers.make_member() for _ in range(6)]

    answers = at_once(
        *[lambda p=p: open_packet(packet.id, by=p) for p in phones],
        lambda: close_packets(play_id, by=makers.OWNER),
    )

    assert crashes(answers) == [] and set(refusals(answers)) <= {"too_late"}
    opened = sum(balance_minor(phone.id, currency="CNY") for phone in phones)
    assert packet_view(packet.id).opened_minor == opened
    assert available_in(code=purse_of(play_id).code, unit="CNY") == 0
    assert trial_balance(unit="CNY") == 0


def test_one_balance_sends_one_packet() -> None:
    sender = makers.make_member()
    makers.fill_wallet(sender, 1_000)

    answers = at_once(*[lambda: send_packet(TERMS, by=sender, currency="CNY") for _ in range(4)])

    assert (refusals(answers), crashes(answers)) == (["wallet_too_small"] * 3, [])
    assert balance_minor(sender.id, currency="CNY") == 0
