"""Codes, log-in, roles, visitors, addresses and tokens, in a real database."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import InvalidInput, LoginRequired, NotAllowed, NotFound
from jishi.modules.people import public as people
from jishi.modules.people.models import Address, ApiToken, Member, PhoneCode, Visitor
from jishi.modules.people.operations import addresses, phone_codes
from jishi.modules.people.types import Role
from jishi.platform.facts import facts_about
from jishi.platform.history import steps_of

pytestmark = pytest.mark.django_db
PHONE = "13800001234"
NUMBER = "+8613800001234"


def issue(phone: str = PHONE, *, address: str | None = None) -> people.IssuedCode:
    return people.issue_phone_code(phone=phone, address=address)


def log_in(code: str, *, phone: str = PHONE, visitor: uuid.UUID | None = None) -> people.LoggedIn:
    return people.log_in_by_code(phone=phone, code=code, visitor_id=visitor, language="zh-hans")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def make_member(*, role: Role = Role.NONE, phone: str = "") -> Actor:
    number = phone or f"139{ids.new_id().int % 10**8:08d}"
    member_id = people.enrol_member(by=SYSTEM, phone=number, nickname="邻居")
    if role:
        people.change_role(member_id, by=SYSTEM, role=role)
    return people.actor_of_id(member_id)


# ---- codes ------------------------------------------------------------------------------------------------


def test_a_new_number_becomes_a_member_and_a_known_one_finds_theirs() -> None:
    visitor = ids.new_id()
    first = log_in(issue().code, visitor=visitor)
    with clock.held_at(clock.now() + timedelta(seconds=phone_codes.RESEND_SECONDS)):
        again = log_in(issue("+86 138 0000 1234").code)

    assert (first.is_new, again.is_new, again.member_id) == (True, False, first.member_id)
    [joined] = facts_about(subject_kind="member", subject_id=first.member_id)
    assert joined.payload["visitor_id"] == str(visitor)


def test_the_code_itself_is_not_kept() -> None:
    issued = issue()
    kept = PhoneCode.objects.get(id=issued.code_id)
    assert issued.code not in kept.digest
    assert (len(issued.code), kept.phone) == (6, NUMBER)


def test_a_code_works_once() -> None:
    code = issue().code
    log_in(code)
    with pytest.raises(people.CodeWrong):
        log_in(code)
    assert Member.objects.count() == 1


def test_a_code_is_for_its_own_number() -> None:
    code = issue().code
    issue("13900001234")
    if code != "":
        with pytest.raises(people.CodeWrong):
            log_in(wrong(code), phone="13900001234")
    assert not Member.objects.exists()


@pytest.mark.parametrize(("seconds", "works"), [(299, True), (300, False)])
def test_a_code_is_good_for_five_minutes(seconds: int, works: bool) -> None:
    now = clock.now()
    with clock.held_at(now):
        code = issue().code
    with clock.held_at(now + timedelta(seconds=seconds)):
        if works:
            assert log_in(code).is_new
        else:
            with pytest.raises(people.CodeWrong):
                log_in(code)


def test_after_five_wrong_tries_the_right_code_does_not_help_either() -> None:
    code = issue().code
    for _ in range(phone_codes.CODE_TRIES_MAX):
        with pytest.raises(people.CodeWrong):
            log_in(wrong(code))
    with pytest.raises(people.CodeWrong):
        log_in(code)
    assert not Member.objects.exists()


def test_four_wrong_tries_are_forgiven() -> None:
    code = issue().code
    for _ in range(phone_codes.CODE_TRIES_MAX - 1):
        with pytest.raises(people.CodeWrong):
            log_in(wrong(code))
    assert log_in(code).is_new


def test_a_newer_code_replaces_the_older_one() -> None:
    now = clock.now()
    with clock.held_at(now):
        old = issue().code
    with clock.held_at(now + timedelta(seconds=60)):
        new = issue().code
        if old != new:
            with pytest.raises(people.CodeWrong):
                log_in(old)
        assert log_in(new).is_new


def test_codes_are_sent_once_a_minute_ten_times_a_day() -> None:
    now = clock.now()
    for minute in range(phone_codes.CODES_PER_PHONE_A_DAY):
        with clock.held_at(now + timedelta(minutes=minute)):
            issue()
            with pytest.raises(people.CodeTooSoon) as soon:
                issue()
            assert soon.value.facts == {"seconds": 60}
    with clock.held_at(now + timedelta(minutes=30)), pytest.raises(people.TooManyCodes):
        issue()
    with clock.held_at(now + timedelta(days=1, minutes=30)):
        assert issue().code


def test_one_address_cannot_ask_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_codes, "CODES_PER_ADDRESS_A_DAY", 3)
    for number in range(3):
        issue(f"1380000000{number}", address="203.0.113.9")
    with pytest.raises(people.TooManyCodes):
        issue("13800000009", address="203.0.113.9")
    issue("13800000009", address="203.0.113.10")
    assert PhoneCode.objects.count() == 4


def test_a_closed_account_stays_closed() -> None:
    member = log_in(issue().code)
    Member.objects.filter(id=member.member_id).update(is_active=False)
    with clock.held_at(clock.now() + timedelta(seconds=61)):
        code = issue().code
        with pytest.raises(people.AccountClosed):
            log_in(code)
    with pytest.raises(NotFound):
        people.actor_of_id(member.member_id)


# ---- roles ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_only_those_who_manage_staff_change_roles(role: Role) -> None:
    someone, target = make_member(role=role), make_member()
    with pytest.raises(NotAllowed):
        people.change_role(target.id, by=someone, role=Role.OWNER)  # type: ignore[arg-type]
    assert Member.objects.get(id=target.id).role == ""


def test_a_role_is_given_with_its_history_and_its_fact() -> None:
    owner, target = make_member(role=Role.OWNER), make_member()
    assert target.id is not None
    people.change_role(target.id, by=owner, role=Role.SERVICE)

    assert people.actor_of_id(target.id).permissions == people.permissions_of(Role.SERVICE)
    [step] = steps_of(subject=("member", target.id))
    assert (step.verb, step.before, step.after, step.actor_id) == ("change_role", "", "service", owner.id)
    told = facts_about(subject_kind="member", subject_id=target.id)
    assert told[-1].payload["after"] == "service"


def test_a_shop_keeps_its_last_owner() -> None:
    owner = make_member(role=Role.OWNER)
    assert owner.id is not None
    with pytest.raises(people.LastOwner):
        people.change_role(owner.id, by=owner, role=Role.OPERATOR)
    assert Member.objects.get(id=owner.id).role == "owner"

    second = make_member(role=Role.OWNER)
    people.change_role(owner.id, by=second, role=Role.OPERATOR)
    assert Member.objects.filter(role="owner").count() == 1


def test_a_closed_owner_is_no_owner() -> None:
    owner, closed = make_member(role=Role.OWNER), make_member(role=Role.OWNER)
    Member.objects.filter(id=closed.id).update(is_active=False)
    with pytest.raises(people.LastOwner):
        people.change_role(owner.id, by=owner, role=Role.NONE)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", ["enrol_member", "create_staff"])
def test_nobody_is_signed_up_by_a_shopper(make: str) -> None:
    words: dict[str, Any] = {"enrol_member": {"phone": PHONE}, "create_staff": {
        "email": "a@example.com", "password": "x", "role": Role.OWNER}}[make]  # fmt: skip
    before = make_member()
    with pytest.raises(NotAllowed):
        getattr(people, make)(by=before, nickname="小王", **words)
    assert Member.objects.count() == 1


def test_the_table_of_members_is_for_those_who_may_see_it() -> None:
    me, clerk = make_member(phone=PHONE), make_member(role=Role.SERVICE)
    with pytest.raises(NotAllowed):
        people.members_table(by=me)
    assert [row.id for row in people.members_table(by=clerk, text="1234")] == [me.id]
    assert people.member_row(me.id, by=me).phone == NUMBER  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        people.member_row(clerk.id, by=me)  # type: ignore[arg-type]


# ---- visitors ---------------------------------------------------------------------------------------------


def test_a_browser_is_recognised_once_and_may_change_hands() -> None:
    browser, first, second = ids.new_id(), make_member(), make_member()
    assert first.id is not None and second.id is not None

    answers = [people.recognise_visitor(visitor_id=browser, member_id=member)
               for member in (first.id, first.id, second.id, second.id)]  # fmt: skip

    assert answers == [True, False, True, False]
    assert Visitor.objects.get(id=browser).member_id == second.id
    assert len(facts_about(subject_kind="member", subject_id=second.id)) == 2  # joined, recognised


def test_a_visit_is_counted_once_a_day() -> None:
    browser, now = ids.new_id(), clock.now()
    for days in (0, 0, 1):
        with clock.held_at(now + timedelta(days=days)):
            people.note_visit(browser)
            people.note_visit(browser)
    period = {"since": now, "until": now + timedelta(days=1)}
    assert people.count_visitors(**period) == 1
    assert list(people.visitors_by_day(**period).values()) == [1, 1]


# ---- addresses --------------------------------------------------------------------------------------------

FORM = people.AddressForm("王 阿姨", "13900000000", "310101", "上海市", "上海市", "黄浦区", "南京东路 1 号")


def save(by: Actor, *, is_default: bool = False, **changes: str) -> people.AddressView:
    values = {
        name: getattr(FORM, name)
        for name in ("name", "phone", "region_code", "province", "city", "district", "line")
    }
    return people.save_address(people.AddressForm(**{**values, **changes}, is_default=is_default), by=by)


def test_there_is_always_one_default_address() -> None:
    me = make_member()
    first, second = save(me), save(me)
    assert (first.is_default, second.is_default) == (True, False)

    third = save(me, is_default=True)
    assert [row.id for row in people.addresses_of(by=me) if row.is_default] == [third.id]

    people.remove_address(third.id, by=me)
    assert [row.id for row in people.addresses_of(by=me) if row.is_default] == [second.id]
    with pytest.raises(NotFound):
        people.address_view(third.id, by=me)


def test_two_defaults_are_impossible() -> None:
    me = make_member()
    save(me), save(me)
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.filter(member_id=me.id).update(is_default=True)


def test_other_peoples_addresses_are_not_there() -> None:
    me, other = make_member(), make_member()
    mine = save(me)
    for act in (
        lambda: people.address_view(mine.id, by=other),
        lambda: people.remove_address(mine.id, by=other),
        lambda: people.save_address(FORM, by=other, address_id=mine.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert people.addresses_of(by=me) == [mine]
    with pytest.raises(LoginRequired):
        people.addresses_of(by=Actor(kind=ActorKind.VISITOR))


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("line", ""), ("province", ""), ("name", "王" * 41), ("line", "路" * 121), ("region_code", "shanghai"),
     ("region_code", "1"), ("region_code", "")],
)  # fmt: skip
def test_an_address_without_what_a_courier_needs_is_refused(field: str, value: str) -> None:
    me = make_member()
    with pytest.raises(InvalidInput) as refused:
        save(me, **{field: value})
    assert refused.value.facts["field"] == field
    assert people.addresses_of(by=me) == []


def test_twenty_addresses_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "ADDRESSES_MAX", 2)
    me = make_member()
    kept = save(me), save(me)
    with pytest.raises(people.TooManyAddresses):
        save(me)
    people.save_address(FORM, by=me, address_id=kept[1].id)  # changing is still possible
    people.remove_address(kept[0].id, by=me)
    save(me)
    assert len(people.addresses_of(by=me)) == 2


# ---- tokens -----------------------------------------------------------------------------------------------


def test_a_token_speaks_for_its_owner_within_its_scopes() -> None:
    clerk = make_member(role=Role.OPERATOR)
    token_id, secret = people.create_token(by=clerk, name=" 仓库 ", scopes=["orders.view", "shop.read"])

    found = people.actor_of_token(secret)

    assert found is not None
    actor, scopes = found
    assert (actor.id, actor.permissions, scopes) == (
        clerk.id,
        frozenset({"orders.view"}),
        frozenset({"orders.view", "shop.read"}),
    )
    assert secret not in str(ApiToken.objects.values().get(id=token_id))


def test_nobody_gives_a_token_more_than_they_may_do_nor_keeps_it_when_they_may_less() -> None:
    me = make_member()
    with pytest.raises(people.BadScope):
        people.create_token(by=me, name="x", scopes=["orders.refund"])
    assert people.tokens_of(by=me) == []

    clerk = make_member(role=Role.FINANCE)
    assert clerk.id is not None
    _, secret = people.create_token(by=clerk, name="x", scopes=["orders.refund"])
    people.change_role(clerk.id, by=SYSTEM, role=Role.NONE)
    found = people.actor_of_token(secret)
    assert found is not None and not found[0].may("orders.refund")


def test_a_token_ends_when_it_is_revoked_expires_or_its_owner_leaves() -> None:
    me, other = make_member(), make_member()
    ends = clock.now() + timedelta(days=1)
    revoked_id, revoked = people.create_token(by=me, name="a", scopes=[])
    _, expiring = people.create_token(by=me, name="b", scopes=[], expires_at=ends)

    with pytest.raises(NotFound):
        people.revoke_token(revoked_id, by=other)
    assert people.actor_of_token(revoked)
    people.revoke_token(revoked_id, by=me)
    with pytest.raises(NotFound):
        people.revoke_token(revoked_id, by=me)

    assert people.actor_of_token(revoked) is None
    assert people.actor_of_token(expiring)
    with clock.held_at(ends):
        assert people.actor_of_token(expiring) is None
    Member.objects.filter(id=me.id).update(is_active=False)
    assert people.actor_of_token(expiring) is None
    assert people.actor_of_token("jishi_guess") is None


@pytest.mark.parametrize("count", [1, 20])
def test_people_are_read_with_one_query_however_many(count: int, django_assert_num_queries: Any) -> None:
    wanted = [make_member().id for _ in range(count)]
    with django_assert_num_queries(1):
        assert len(people.people_by_ids([one for one in wanted if one])) == count
