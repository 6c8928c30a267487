"""Phone numbers, names, and who may do what."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.people.errors import BadNickname, BadPhone
from jishi.modules.people.rules import (
    AVATAR_COLORS,
    NICKNAME_LENGTH_MAX,
    PERMISSIONS,
    PERMISSIONS_OF_ROLE,
    clean_nickname,
    clean_phone,
    color_of,
    mask_phone,
    permissions_of,
)
from jishi.modules.people.types import Role


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800001234", "+8613800001234"),
        (" 138 0000-1234 ", "+8613800001234"),
        ("+86 138 0000 1234", "+8613800001234"),
        ("008613800001234", "+8613800001234"),
        ("１３８００００１２３４", "+8613800001234"),
        ("(138)00001234", "+8613800001234"),
        ("+1 415 555 2671", "+14155552671"),
        ("+447911123456", "+447911123456"),
    ],
)
def test_numbers_as_people_type_them(text: str, number: str) -> None:
    assert clean_phone(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "12800001234", "1380000123", "138000012345", "+8612800001234", "+86138", "4155552671", "+0123456789",
     "phone", "+123456789012345678", "138\n00001234x"],
)  # fmt: skip
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(BadPhone):
        clean_phone(text)


@given(st.text(max_size=30))
def test_a_cleaned_number_is_e164_and_stays_as_it_is(text: str) -> None:
    try:
        number = clean_phone(text)
    except BadPhone:
        return
    assert re.fullmatch(r"\+[1-9]\d{6,14}", number, re.ASCII)
    assert clean_phone(number) == number


@pytest.mark.parametrize(
    ("phone", "shown"), [("+8613800001234", "138****1234"), ("+14155552671", "+14****2671"), ("", "")]
)
def test_a_number_is_shown_masked(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("text", "name"),
    [(" 小  王 ", "小 王"), ("A\u200bB\u202e", "AB"), ("a\tb", "ab"), ("团" * 24, "团" * 24)],
)
def test_a_name_is_trimmed_and_printable(text: str, name: str) -> None:
    assert clean_nickname(text) == name


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200e", "团" * (NICKNAME_LENGTH_MAX + 1)])
def test_an_empty_or_endless_name_is_refused(text: str) -> None:
    with pytest.raises(BadNickname) as refused:
        clean_nickname(text)
    assert refused.value.facts == {"limit": NICKNAME_LENGTH_MAX}


MAY = {  # what each role may not do of what matters most: money, staff, secrets
    Role.NONE: set(),
    Role.OWNER: set(PERMISSIONS),
    Role.OPERATOR: set(PERMISSIONS) - {"ledger.view", "ledger.adjust", "approvals.decide", "staff.manage",
                                         "settings.edit", "webhooks.manage", "tokens.manage"},
    Role.FINANCE: {name for name in PERMISSIONS if name.endswith(".view")}
    | {"orders.refund", "ledger.adjust", "approvals.decide"},
    Role.SERVICE: {"console.view", "members.contact", "members.view", "orders.cancel", "orders.fulfil", "orders.refund",
                   "orders.view", "cases.view", "cases.decide", "reviews.view", "reviews.moderate"},
    Role.READ_ONLY: {name for name in PERMISSIONS if name.endswith(".view")} - {"ledger.view"},
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_what_each_role_may_do(role: Role) -> None:
    assert permissions_of(role.value) == MAY[role]


def test_every_role_is_in_the_table_and_only_owners_manage_staff() -> None:
    assert set(PERMISSIONS_OF_ROLE) == set(Role)
    assert len(set(PERMISSIONS)) == len(PERMISSIONS)
    assert [role for role in Role if "staff.manage" in permissions_of(role)] == [Role.OWNER]
    assert not any(name.endswith((".edit", ".manage")) for name in permissions_of(Role.READ_ONLY))


@given(st.integers(0, 2**128))
def test_everybody_has_a_colour(number: int) -> None:
    assert color_of(number) in AVATAR_COLORS
