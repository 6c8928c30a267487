"""State tables, actors and refusals."""

import uuid
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import IllegalStep, LoginRequired, NotAllowed, Refusal
from jishi.kernel.flow import advance, can


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


TABLE = {(Light.RED, "go"): Light.GREEN, (Light.GREEN, "stop"): Light.RED}
ME = uuid.UUID(int=1)
permissions = st.frozensets(st.sampled_from(["orders.view", "orders.refund", "catalog.edit"]))


@given(st.sampled_from(Light), st.sampled_from(["go", "stop", "fly", ""]))
def test_only_the_steps_of_the_table_are_taken(state: Light, verb: str) -> None:
    if (state, verb) in TABLE:
        assert can(TABLE, state, verb)
        assert advance(TABLE, state, verb) is TABLE[state, verb]
    else:
        assert not can(TABLE, state, verb)
        with pytest.raises(IllegalStep) as refused:
            advance(TABLE, state, verb)
        assert refused.value.facts == {"state": state.value, "verb": verb}


@given(st.sampled_from(ActorKind), permissions, st.sampled_from(["orders.view", "orders.refund"]))
def test_everyone_but_the_system_needs_the_permission(
    kind: ActorKind, held: frozenset[str], wanted: str
) -> None:
    actor = Actor(kind=kind, id=ME, permissions=held)
    allowed = kind is ActorKind.SYSTEM or wanted in held

    assert actor.may(wanted) is allowed
    if allowed:
        actor.require(wanted)
    else:
        with pytest.raises(LoginRequired if kind is ActorKind.VISITOR else NotAllowed):
            actor.require(wanted)


@pytest.mark.parametrize(
    ("actor", "is_member"),
    [
        (Actor(kind=ActorKind.VISITOR), False),
        (Actor(kind=ActorKind.VISITOR, id=ME), False),
        (Actor(kind=ActorKind.MEMBER), False),
        (Actor(kind=ActorKind.MEMBER, id=ME), True),
        (Actor(kind=ActorKind.STAFF, id=ME), True),
        (SYSTEM, False),
    ],
)
def test_a_member_is_a_person_with_an_account(actor: Actor, is_member: bool) -> None:
    assert actor.is_member is is_member
    assert actor.owns(ME) is is_member
    assert not actor.owns(None)
    assert not actor.owns(uuid.UUID(int=2))
    if is_member:
        assert actor.require_member() == ME
    else:
        with pytest.raises(LoginRequired):
            actor.require_member()


def test_a_refusal_carries_its_facts() -> None:
    refusal = NotAllowed(permission="orders.refund")

    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.facts) == ("not_allowed", {"permission": "orders.refund"})
    assert "orders.refund" in str(refusal)
