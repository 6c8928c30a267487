"""Telling members what happened in their communities, once per fact, and the digest of the week."""

import uuid

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.kernel.fact import RecordedFact
from jishi.modules.community.public import (
    communities_by_ids,
    community_view,
    excerpt_of,
    members_page,
    posts_by_ids,
    take_digests,
)
from jishi.modules.guard.public import hidden_authors
from jishi.modules.messaging.public import notify
from jishi.modules.people.public import people_by_ids
from jishi.platform import jobs

ANNOUNCE_PAGE = 200
ANNOUNCE_PAGES_MAX = 250
DIGEST_ROUNDS_MAX = 20


def tell_of_post(fact: RecordedFact) -> None:
    """post_published: whoever is named in it."""
    author, post_id = _id(fact, "member_id"), fact.payload["post_id"]
    if _is_hidden(fact):
        return
    _tell_mentioned(fact, author=author, told={author}, link=f"/posts/{post_id}/")


def tell_of_comment(fact: RecordedFact) -> None:
    """comment_made: who wrote the post, who is answered, who is named; each once."""
    author, link = _id(fact, "member_id"), f"/posts/{fact.payload['post_id']}/#c-{fact.payload['comment_id']}"
    if _is_hidden(fact):
        return
    told = {author}
    replied = fact.payload.get("replied_to_id")
    for kind, text in (("community_reply", replied), ("community_comment", fact.payload["post_author_id"])):
        member_id = uuid.UUID(text) if text else None
        if member_id is None or member_id in told:
            continue
        told.add(member_id)
        notify(
            member_id=member_id,
            kind=kind,
            key=f"{fact.id}:{member_id}",
            facts={"name": _name(author)},
            link=link,
        )
    _tell_mentioned(fact, author=author, told=told, link=link)


def tell_of_answer(fact: RecordedFact) -> None:
    """answer_accepted: who answered."""
    notify(
        member_id=_id(fact, "member_id"),
        kind="community_answer",
        key=f"{fact.id}",
        facts={"name": _name(_id(fact, "asker_id"))},
        link=f"/posts/{fact.payload['post_id']}/",
    )


def tell_of_trust(fact: RecordedFact) -> None:
    """trust_changed: up or down, with the page that says why."""
    community = community_view(_id(fact, "community_id"))
    order = ("newcomer", "member", "active", "core")
    is_up = order.index(fact.payload["after"]) > order.index(fact.payload["before"])
    notify(
        member_id=_id(fact, "member_id"),
        kind="community_level_up" if is_up else "community_level_down",
        key=f"{fact.id}",
        facts={"community": community.name},
        link=f"/communities/{community.handle}/trust/",
    )


def tell_who_was_let_in(fact: RecordedFact) -> None:
    """member_joined by request: you are in."""
    if fact.payload["way"] != "request":
        return
    community = community_view(_id(fact, "community_id"))
    notify(
        member_id=_id(fact, "member_id"),
        kind="community_accepted",
        key=f"{fact.id}",
        facts={"community": community.name},
        link=f"/communities/{community.handle}/",
    )


def announce_to_members(post_id: uuid.UUID, *, page: int) -> None:
    """A page of the members hears of a post; the next page is a job of its own."""
    post = posts_by_ids([post_id], by=SYSTEM).get(post_id)
    if post is None:
        return
    community = community_view(post.community_id)
    members, _ = members_page(post.community_id, page=page, limit=ANNOUNCE_PAGE)
    for member in members:
        if member.member_id != post.author_id:
            notify(
                member_id=member.member_id,
                kind="community_announced",
                key=f"announce:{post_id}:{member.member_id}",
                facts={"community": community.name, "title": excerpt_of(post.title or post.text, length=40)},
                link=f"/posts/{post_id}/",
            )
    if len(members) == ANNOUNCE_PAGE and page < ANNOUNCE_PAGES_MAX:
        jobs.defer("flows.announce_post", post_id=str(post_id), page=str(page + 1))


def send_digests() -> int:
    """The week of every membership that is due; bounded, the next run goes on. Returns how many were told."""
    told, week = 0, f"{clock.now():%G-%V}"
    for _ in range(DIGEST_ROUNDS_MAX):
        found = take_digests()
        if not found:
            break
        names = communities_by_ids({community_id for _, community_id, _, _ in found})
        for member_id, community_id, name, lines in found:
            told += notify(
                member_id=member_id,
                kind="community_digest",
                key=f"digest:{community_id}:{member_id}:{week}",
                facts={"community": name, "lines": "、".join(f"「{line}」" for line in lines)},
                link=f"/communities/{names[community_id].handle}/?sort=hot",
            )
    return told


def _tell_mentioned(fact: RecordedFact, *, author: uuid.UUID, told: set[uuid.UUID], link: str) -> None:
    name = ""
    for text in fact.payload["mentioned"]:
        member_id = uuid.UUID(text)
        if member_id in told:
            continue
        told.add(member_id)
        name = name or _name(author)
        notify(
            member_id=member_id,
            kind="community_mention",
            key=f"{fact.id}:{member_id}",
            facts={"name": name},
            link=link,
        )


def _name(member_id: uuid.UUID) -> str:
    found = people_by_ids([member_id]).get(member_id)
    return found.nickname if found else ""


def _id(fact: RecordedFact, name: str) -> uuid.UUID:
    return uuid.UUID(str(fact.payload[name]))


def _is_hidden(fact: RecordedFact) -> bool:
    """Whether nobody else sees at present what its member says there."""
    member_id = _id(fact, "member_id")
    return bool(hidden_authors([member_id], community_id=_id(fact, "community_id")))
