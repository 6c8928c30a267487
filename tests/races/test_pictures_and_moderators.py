"""Two at the same moment: posts that want the same picture, moderators of a community at the same item, the ninth photo."""

import io
import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PIL import Image

from jishi.flows.community import write_post
from jishi.flows.community_moderation import decide_here
from jishi.flows.community_pictures import keep_pictures
from jishi.flows.event_photos import add_event_photos
from jishi.flows.moderation import report_subject
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.community.models import Post
from jishi.modules.community.public import CommunityRole, PostForm, set_role
from jishi.modules.events.models import Photo
from jishi.modules.events.operations import photos as photo_operations
from jishi.modules.events.public import EventForm, check_in, create_event, publish_event, take_place
from jishi.modules.guard.operations import decisions
from jishi.modules.guard.public import Decision, ReportReason, item_of
from jishi.modules.media.operations import life
from jishi.platform.models import FactRow
from tests.world.makers import make_member
from tests.world.races import at_once, crashes, refusals, take_locks_away
from tests.world.talk import let_in, make_community, say

pytestmark = pytest.mark.django_db(transaction=True)


def drawing(shade: int = 1) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade * 20 % 256, 60, 90)).save(out, "PNG")
    return out.getvalue()


def two_posts_with_one_picture() -> tuple[list[object], int]:
    owner = make_member()
    place = make_community(owner)
    form = PostForm(community_id=place.id, text="看图", media_ids=keep_pictures([drawing()], by=owner))
    answers = at_once(*[lambda: write_post(form, by=owner) for _ in range(2)])
    return answers, Post.objects.filter(community_id=place.id).count()


def test_a_picture_goes_into_one_of_two_posts() -> None:
    answers, posts = two_posts_with_one_picture()

    assert (refusals(answers), crashes(answers), posts) == (["media_in_use"], [], 1)


def test_when_nobody_asks_whether_it_is_used_both_posts_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the picture is taken without the condition."""

    def take_without_asking(media_ids: Iterable[uuid.UUID], *, by: Actor) -> None:
        del by
        life.use_media(media_ids)

    monkeypatch.setattr("jishi.flows.community_pictures.take_media", take_without_asking)

    assert two_posts_with_one_picture()[1] == 2


def two_moderators_decide(*, before: Callable[[], None] = lambda: None) -> list[object]:
    owner, other, author, reader = (make_member() for _ in range(4))
    place = make_community(owner)
    let_in(place, other, author, reader)
    set_role(place.id, other.require_member(), role=CommunityRole.MODERATOR, by=SYSTEM)
    post_id = say(author, place)
    report_subject("post", post_id, by=reader, reason=ReportReason.SPAM)
    item = item_of("post", post_id)
    assert item is not None

    def decide(by: Actor, decision: Decision) -> object:
        return decide_here(
            item.id,
            by=by,
            community_id=place.id,
            version=item.version,
            decision=decision,
            reason="看法不同",
        )

    before()
    return at_once(lambda: decide(owner, Decision.KEEP), lambda: decide(other, Decision.HIDE))


def test_two_moderators_of_a_community_never_both_succeed() -> None:
    answers = two_moderators_decide()

    assert (refusals(answers), crashes(answers)) == (["item_moved"], [])
    assert FactRow.objects.filter(name="guard.content_decided.v1").count() == 1


def test_without_the_lock_both_moderators_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both have read the item before either decides."""
    answers = two_moderators_decide(before=lambda: take_locks_away(monkeypatch, decisions, readers=2))

    assert refusals(answers) == []


def two_send_their_ninth_photo() -> int:
    member = make_member()
    begun = clock.now() - timedelta(days=1)
    form = EventForm("采摘", "", False, "果园", "", begun, begun + timedelta(hours=2), 5)
    with clock.held_at(begun - timedelta(hours=1)):
        event_id = create_event(form, by=SYSTEM)
        publish_event(event_id, by=SYSTEM)
        check_in(take_place(event_id, by=member).id, by=SYSTEM)
    kept = [keep_pictures([drawing(number)], by=member)[0] for number in range(10)]
    add_event_photos(event_id, kept[:8], by=member)

    def send(media_id: uuid.UUID) -> object:
        return add_event_photos(event_id, [media_id], by=member)

    at_once(lambda: send(kept[8]), lambda: send(kept[9]))
    return Photo.objects.filter(event_id=event_id).count()


def test_nobody_gets_past_nine_photos_by_sending_two_at_once() -> None:
    assert two_send_their_ninth_photo() == 9


def test_without_the_lock_the_tenth_photo_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both have counted eight before either is kept."""
    both_have_counted = threading.Barrier(2)

    def id_of_a_row() -> uuid.UUID:
        if Photo.objects.count() >= 8:
            both_have_counted.wait(10)
        return ids.new_id()

    monkeypatch.setattr("jishi.modules.events.operations.photos.locks.lock_name", lambda name: None)
    monkeypatch.setattr(photo_operations, "ids", SimpleNamespace(new_id=id_of_a_row))

    assert two_send_their_ninth_photo() == 10
