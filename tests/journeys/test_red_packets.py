"""Red packets end to end: funded, opened, guarded, ended to the cent (docs/algorithms/red-packet.md)."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from jishi.kernel import clock, ids
from jishi.kernel.errors import LoginRequired, NotAllowed, NotFound
from jishi.kernel.proof import commitment_of
from jishi.modules.ledger.public import available_in, balances, transfers_of, trial_balance
from jishi.modules.plays.life.public import (
    PlayIsFixed,
    PlayState,
    advance_plays,
    budget_left_minor,
    play_view,
)
from jishi.modules.plays.red_packet.public import (
    Audience,
    BadPacket,
    OnlyForCommunity,
    OnlyForNewMembers,
    PacketKind,
    PacketState,
    PasswordWrong,
    TooManyTries,
    change_packets,
    close_packets,
    create_packets,
    current_drop,
    offered_packets,
    open_packet,
    packet_view,
    packets_of_play,
    plan_shares,
    purse_of,
    sealed_text,
    send_packet,
    shares_of,
    sweep_packets,
    terms_of,
)
from jishi.modules.wallet.public import WalletTooSmall, balance_minor, own_statement
from jishi.platform.rush import SoldOut, TooEarly, TooLate
from tests.world import makers
from tests.world.luck import TERMS, make_packet, packet_head

pytestmark = pytest.mark.django_db(transaction=True)


def wallet_of(actor: makers.Actor) -> int:
    return balance_minor(actor.require_member(), currency="CNY")


def test_the_money_is_there_before_anyone_opens_and_the_rest_goes_back_to_the_cent() -> None:
    packet = make_packet(total_minor=1_000, share_count=5, budget_minor=1_500)
    play_id = packet.play_id
    assert play_id is not None
    assert available_in(code=purse_of(play_id).code, unit="CNY") == 1_000
    assert budget_left_minor(play_view(play_id)) == 500
    assert (packet.seed, packet.plan) == ("", ())

    people = [makers.make_member() for _ in range(3)]
    opened = [open_packet(packet.id, by=person) for person in people]
    assert [share.share_no for share in opened] == [1, 2, 3]
    assert open_packet(packet.id, by=people[0]) == opened[0], "the same phone again finds the same share"

    with clock.held_at(packet.closes_at):
        with pytest.raises(TooLate):
            open_packet(packet.id, by=makers.make_member())
        advance_plays()
        assert sweep_packets() == 2 and sweep_packets() == 0

    ended = packet_view(packet.id)
    spent = sum(share.amount_minor for share in opened)
    assert commitment_of(sealed_text(seed=ended.seed, plan=ended.plan)) == packet.commitment
    assert ended.plan == plan_shares(
        kind=PacketKind.RANDOM, total_minor=1_000, share_count=5, seed=ended.seed
    )
    assert [share.amount_minor for share in opened] == list(ended.plan[:3])
    assert [wallet_of(person) for person in people] == list(ended.plan[:3])
    assert available_in(code=purse_of(play_id).code, unit="CNY") == 0
    sums = {(one.code, one.unit): one.net_minor for one in balances()}
    assert sums["marketing:red_packet", "CNY"] == spent == sums["wallet", "CNY"]
    assert trial_balance(unit="CNY") == 0 == trial_balance(unit="CNY.b")
    play = play_view(play_id)
    assert (play.state, budget_left_minor(play)) == (PlayState.SETTLED, 1_500 - spent)
    kinds = [
        row.kind for row in transfers_of(subject_kind="play", subject_ids=[play_id]) if row.unit == "CNY"
    ]
    assert sorted(kinds) == ["red_packet_fund", *["red_packet_open"] * 3, "red_packet_return"]


def test_all_opened_shows_the_luckiest_and_the_next_is_told_so() -> None:
    packet = make_packet(total_minor=1_000, share_count=3)
    for _ in range(3):
        open_packet(packet.id, by=makers.make_member())
    with pytest.raises(SoldOut):
        open_packet(packet.id, by=makers.make_member())
    shares = shares_of(packet_view(packet.id))
    assert sum(share.amount_minor for share in shares) == 1_000
    assert [share.is_best for share in sorted(shares, key=lambda s: -s.amount_minor)] == [True, False, False]


def test_a_password_bears_five_tries_that_a_refusal_does_not_forget() -> None:
    packet = make_packet(password="集市 大吉")
    guesser, friend = makers.make_member(), makers.make_member()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(PasswordWrong) as refusal:
            open_packet(packet.id, by=guesser, password=f"猜{left}")
        assert refusal.value.facts == {"left": left}
    with pytest.raises(TooManyTries):
        open_packet(packet.id, by=guesser, password="集市 大吉")
    assert open_packet(packet.id, by=friend, password=" 集市  大吉").share_no == 1
    assert (wallet_of(guesser), packet_view(packet.id).opened_count) == (0, 1)


def test_new_members_only_and_the_door_of_a_community() -> None:
    newcomers = make_packet(audience=Audience.NEW_MEMBER, new_within_days=7)
    buyer, fresh, old = (makers.make_member() for _ in range(3))
    makers.pay(buyer, makers.buy(buyer, makers.make_product()))
    with pytest.raises(OnlyForNewMembers):
        open_packet(newcomers.id, by=buyer)
    assert open_packet(newcomers.id, by=fresh).amount_minor > 0
    with clock.held_at(clock.now() + timedelta(days=8)):
        later = make_packet(audience=Audience.NEW_MEMBER, new_within_days=7)
        with pytest.raises(OnlyForNewMembers):
            open_packet(later.id, by=old)

    community = ids.new_id()
    inside = make_packet(community_id=community)
    with pytest.raises(OnlyForCommunity):
        open_packet(inside.id, by=fresh)
    with pytest.raises(OnlyForCommunity):
        open_packet(inside.id, by=fresh, communities=frozenset({ids.new_id()}))
    assert open_packet(inside.id, by=fresh, communities=frozenset({community})).share_no == 1
    assert inside.id not in {packet.id for packet in offered_packets()}


def test_a_rain_opens_drop_by_drop_from_one_purse() -> None:
    packet = make_packet(total_minor=600, share_count=3, drops=3, drop_seconds=60)
    play_id = packet.play_id
    assert play_id is not None
    drops = packets_of_play(play_id)
    assert [drop.drop_no for drop in drops] == [1, 2, 3] and len({drop.commitment for drop in drops}) == 3
    assert available_in(code=purse_of(play_id).code, unit="CNY") == 1_800
    member = makers.make_member()
    with clock.held_at(drops[0].opens_at + timedelta(seconds=1)):
        first = current_drop(drops)
        assert first is not None and first.drop_no == 1
        assert open_packet(drops[0].id, by=member).share_no == 1
        with pytest.raises(TooEarly):
            open_packet(drops[1].id, by=member)
        clock.advance_held(timedelta(seconds=60))
        second = current_drop(drops)
        assert second is not None and second.drop_no == 2
        assert open_packet(drops[1].id, by=member).share_no == 1
        close_packets(play_id, by=makers.OWNER)
        for drop in drops:
            with pytest.raises(TooLate):
                open_packet(drop.id, by=makers.make_member())
    assert {drop.state for drop in packets_of_play(play_id)} == {PacketState.CLOSED}
    assert play_view(play_id).state is PlayState.SETTLED
    assert available_in(code=purse_of(play_id).code, unit="CNY") == 0
    assert trial_balance(unit="CNY") == 0


def test_a_member_sends_from_the_wallet_is_warned_and_gets_the_rest_after_a_day() -> None:
    sender, friend = makers.make_member(), makers.make_member()
    makers.fill_wallet(sender, 1_000)
    with pytest.raises(WalletTooSmall):
        send_packet(replace(TERMS, total_minor=1_001), by=sender, currency="CNY")
    key = ids.new_id()
    packet = send_packet(
        replace(TERMS, total_minor=1_000, share_count=4), by=sender, currency="CNY", packet_id=key
    )
    again = send_packet(
        replace(TERMS, total_minor=1_000, share_count=4), by=sender, currency="CNY", packet_id=key
    )
    assert (again.id, wallet_of(sender)) == (packet.id, 0)
    share = open_packet(packet.id, by=friend)

    with clock.held_at(packet.closes_at - timedelta(hours=1)):
        sweep_packets()
        sweep_packets()
        clock.advance_held(timedelta(hours=1))
        sweep_packets()
        makers.run_jobs(twice=True)

    assert wallet_of(sender) == 1_000 - share.amount_minor
    assert [row.kind for row in own_statement(by=sender, currency="CNY")] == [
        "red_packet_return",
        "red_packet_send",
        "gift",
    ]
    assert trial_balance(unit="CNY") == 0
    from jishi.modules.messaging.public import notices_of

    told = [notice.kind for notice in notices_of(by=sender)]
    assert sorted(told) == ["packet_ended", "packet_ending"]


def test_a_published_packet_is_fixed_and_only_staff_make_them() -> None:
    head = packet_head()
    member = makers.make_member()
    with pytest.raises(NotAllowed):
        create_packets(head, TERMS, by=member)
    with pytest.raises(BadPacket):
        create_packets(replace(head, budget_minor=TERMS.total_minor - 1), TERMS, by=makers.OWNER)
    draft = create_packets(head, TERMS, by=makers.OWNER)
    change_packets(draft.id, head, replace(TERMS, greeting="新年好"), by=makers.OWNER)
    assert terms_of(draft.id).greeting == "新年好" and packets_of_play(draft.id) == []
    packet = make_packet()
    assert packet.play_id is not None
    with pytest.raises(PlayIsFixed):
        change_packets(packet.play_id, head, TERMS, by=makers.OWNER)
    with pytest.raises(NotAllowed):
        close_packets(packet.play_id, by=member)
    with pytest.raises(LoginRequired):
        open_packet(packet.id, by=makers.Actor(kind=member.kind.VISITOR))
    with pytest.raises(NotFound):
        open_packet(uuid.UUID(int=5), by=member)
    assert packet_view(packet.id).opened_count == 0
