"""Notes of the demo: written, looked at, liked, talked about, and bought from, each at its held moment."""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.flows.notes import agree_to_feed, publish_own_note, say_below, tap_goods
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.kernel.errors import Refusal
from jishi.modules.media.public import store_picture
from jishi.modules.notes.public import (
    Cooperation,
    NewTag,
    NoteDraft,
    NoteState,
    ReactionKind,
    approve_note,
    follow_author,
    note_look,
    react,
    refresh_quality,
    start_note,
)
from jishi.runtime.demo.notes import ANSWERS, IDEAS, SAYINGS, Idea
from jishi.runtime.demo.scenes import draw_scene
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import attempt, let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street

AUTHORS = 12
PUBLISHED = len(IDEAS) - 3  # one waits for a look, one for its time, one is a draft
LOOKS, ORDERS_MAX = 15, 3
WAITING, SCHEDULED = PUBLISHED, PUBLISHED + 1


@dataclass(frozen=True, slots=True)
class _Stage:
    shop: Shop
    street: Street
    dice: random.Random
    now: datetime


def play_notes(*, shop: Shop, street: Street, dice: random.Random) -> None:
    now = clock.now()
    authors = street.neighbours[:AUTHORS]
    for number, idea in enumerate(IDEAS):
        author = authors[number % AUTHORS]
        age = timedelta(hours=2 + number * 11 + dice.uniform(0, 6))
        with clock.held_at(now - age if number < PUBLISHED else now - timedelta(hours=1)):
            note_id = _write(idea, author, shop=shop, dice=dice)
            if number == SCHEDULED:
                publish_own_note(note_id, by=author.actor, publish_at=now + timedelta(days=2, hours=3))
            elif number <= WAITING:
                state = publish_own_note(note_id, by=author.actor)
                if state is NoteState.IN_REVIEW and number < PUBLISHED:
                    approve_note(note_id, by=SYSTEM)
        if number < PUBLISHED:
            _live(note_id, idea, author, stage=_Stage(shop, street, dice, now), age=age)
    _follow(authors, street=street, dice=dice)
    for neighbour in street.neighbours[:2]:
        agree_to_feed(by=neighbour.actor, is_personal=True, is_near=True)
    let_it_sink_in()
    refresh_quality()


def _write(idea: Idea, author: Neighbour, *, shop: Shop, dice: random.Random) -> uuid.UUID:
    media, tags = [], []
    for place, (shape, handles) in enumerate(idea.pictures):
        shelves = [shop.shelf_of(handle) for handle in handles]
        scene = draw_scene(tuple(shelf.product.picture for shelf in shelves), shape=shape, dice=dice)
        media.append(store_picture(scene.content, by=author.actor).id)
        tags += [
            NewTag(place, x, y, shelf.product_id) for shelf, (x, y) in zip(shelves, scene.places, strict=True)
        ]
    draft = NoteDraft(
        title=idea.title,
        text=idea.text,
        topics=idea.topics,
        media_ids=tuple(media),
        tags=tuple(tags),
        cooperation=Cooperation(idea.cooperation),
    )
    return start_note(by=author.actor, draft=draft)


def _live(note_id: uuid.UUID, idea: Idea, author: Neighbour, *, stage: _Stage, age: timedelta) -> None:
    street, dice = stage.street, stage.dice
    count = int(LOOKS * idea.charm * dice.uniform(0.7, 1.1))
    readers = [
        one for one in dice.sample(street.neighbours, min(count, len(street.neighbours))) if one is not author
    ]
    bought = 0
    for reader in readers:
        with clock.held_at(stage.now - age * dice.uniform(0.02, 0.97)):
            if reader.joined_at > clock.now():
                continue
            note_look(note_id, viewer_id=reader.actor.require_member())
            if dice.random() < 0.42:
                react(note_id, by=reader.actor, kind=ReactionKind.LIKE)
            if dice.random() < 0.2:
                react(note_id, by=reader.actor, kind=ReactionKind.SAVE)
            if dice.random() < 0.11:
                _talk(note_id, reader, author, dice=dice)
            if bought < ORDERS_MAX * idea.charm / 2 and dice.random() < 0.14:
                bought += _buy(note_id, idea, reader, shop=stage.shop)


def _talk(note_id: uuid.UUID, reader: Neighbour, author: Neighbour, *, dice: random.Random) -> None:
    try:
        said = say_below(note_id, by=reader.actor, words=dice.choice(SAYINGS))
        if dice.random() < 0.4:
            say_below(note_id, by=author.actor, words=dice.choice(ANSWERS), answers=said)
    except Refusal:
        return


def _buy(note_id: uuid.UUID, idea: Idea, reader: Neighbour, *, shop: Shop) -> bool:
    """Tapped on the picture, ordered and paid."""
    variant = shop.shelf_of(idea.pictures[0][1][0]).variants[0]
    try:
        with attempt():
            tap_goods(note_id, by=reader.actor)
            acts.pay(acts.order(reader, [(variant.id, 1)]))
    except Refusal:
        return False
    let_it_sink_in()
    return True


def _follow(authors: list[Neighbour], *, street: Street, dice: random.Random) -> None:
    for number, author in enumerate(authors):
        for reader in dice.sample(street.neighbours, 40 - 3 * number):
            if reader is not author:
                follow_author(author.actor.require_member(), by=reader.actor)
