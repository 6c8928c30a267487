"""Makers of communities and what is said in them."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from jishi.flows.community import write_post
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.community.public import (
    CommunityForm,
    CommunityView,
    Joining,
    Openness,
    PollForm,
    PostForm,
    PostKind,
    create_community,
    join_community,
    make_invite,
)
from tests.world.makers import make_member

_count = itertools.count(1)


def make_community(
    owner: Actor, *, handle: str = "", name: str = "", is_secret: bool = False, **form: Any
) -> CommunityView:
    """A public one that anybody may join, or a secret one by invitation; its owner is in it."""
    number = next(_count)
    secret = {"openness": Openness.SECRET, "joining": Joining.INVITE} if is_secret else {}
    wanted = CommunityForm(
        name=name or f"社群{number}",
        handle=handle or f"place-{number}",
        audience="给邻居",
        promise="有人答话",
        **{**secret, **form},
    )
    return create_community(wanted, by=SYSTEM, owner_id=owner.id)


def let_in(community: CommunityView, *members: Actor) -> None:
    """By a code, whatever the community's way."""
    code = make_invite(community.id, by=SYSTEM, uses_max=1_000).code
    for member in members:
        join_community(community.id, by=member, code=code)


def make_members(community: CommunityView, count: int) -> list[Actor]:
    members = [make_member() for _ in range(count)]
    let_in(community, *members)
    return members


def say(
    author: Actor, community: CommunityView, text: str = "大家好", *, kind: str = "talk", **form: Any
) -> uuid.UUID:
    """A post; a question gets a title, a poll two options."""
    if kind == "question":
        form.setdefault("title", text)
    if kind == "poll":
        form.setdefault("poll", PollForm(("甲", "乙"), clock.now() + timedelta(days=1)))
    return write_post(PostForm(community_id=community.id, text=text, kind=PostKind(kind), **form), by=author)
