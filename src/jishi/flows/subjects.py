"""What members write, for the moderation queue: how each is described, hidden and shown."""

import uuid
from contextlib import suppress

from jishi.flows import event_photos
from jishi.flows.community_pictures import settle_pictures
from jishi.flows.moderation import SUBJECTS, SubjectDoor
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import IllegalStep
from jishi.modules.community import public as community
from jishi.modules.guard.public import Decision, ItemView, NewItem
from jishi.modules.notes import public as notes
from jishi.modules.reviews.public import hide_review, review_view, show_review

POST, COMMENT, NOTE, NOTE_COMMENT, REVIEW = "post", "comment", "note", "note_comment", "review"
NO_WORDS = "—"


def post_item(post_id: uuid.UUID, by: Actor) -> NewItem:
    post = community.post_view(post_id, by=by)
    words = f"{post.title}\n{post.text}".strip()
    return NewItem(POST, post_id, post.author_id, words, f"/posts/{post_id}/", post.community_id)


def comment_item(comment_id: uuid.UUID, by: Actor) -> NewItem:
    said = community.comment_view(comment_id, by=by)
    community.post_view(said.post_id, by=by)  # who may not read the post may not read what is said below
    link = f"/posts/{said.post_id}/#c-{comment_id}"
    return NewItem(COMMENT, comment_id, said.author_id, said.text, link, said.community_id)


def note_item(note_id: uuid.UUID, by: Actor) -> NewItem:
    note = notes.note_view(note_id, by=by)
    words = f"{note.draft.title}\n{note.draft.text}".strip()
    return NewItem(NOTE, note_id, note.author_id, words, f"/n/{note_id}/")


def note_comment_item(comment_id: uuid.UUID, by: Actor) -> NewItem:
    said = notes.comment_view(comment_id, by=by)
    return NewItem(NOTE_COMMENT, comment_id, said.member_id, said.words, f"/n/{said.note_id}/")


def review_item(review_id: uuid.UUID, by: Actor) -> NewItem:
    review = review_view(review_id, by=by)
    return NewItem(REVIEW, review_id, review.member_id, review.words)


def _hide_post(item: ItemView) -> None:
    community.hide_post(item.subject_id, by=SYSTEM, reason=item.reason, for_good=_is_for_good(item))
    settle_pictures([item.subject_id])


def _show_post(item: ItemView) -> None:
    community.show_post(item.subject_id, by=SYSTEM)
    settle_pictures([item.subject_id])


def _hide_comment(item: ItemView) -> None:
    community.hide_comment(item.subject_id, by=SYSTEM, reason=item.reason, for_good=_is_for_good(item))


def _hide_note(item: ItemView) -> None:
    with suppress(IllegalStep):  # hidden already, or withdrawn by its author
        notes.hide_note(item.subject_id, by=SYSTEM, reason=item.reason or NO_WORDS)


def _show_note(item: ItemView) -> None:
    with suppress(IllegalStep):
        notes.show_note(item.subject_id, by=SYSTEM)


def _hide_review(item: ItemView) -> None:
    with suppress(IllegalStep):
        hide_review(item.subject_id, by=SYSTEM, reason=item.reason or NO_WORDS)


def _show_review(item: ItemView) -> None:
    with suppress(IllegalStep):
        show_review(item.subject_id, by=SYSTEM)


def _is_for_good(item: ItemView) -> bool:
    return item.decision is Decision.REMOVE


def plug_in() -> None:
    """Once, when the process starts: what is not plugged in cannot be reported."""
    SUBJECTS.update(
        {
            POST: SubjectDoor(post_item, _hide_post, _show_post),
            COMMENT: SubjectDoor(
                comment_item, _hide_comment, lambda item: community.show_comment(item.subject_id, by=SYSTEM)
            ),
            NOTE: SubjectDoor(note_item, _hide_note, _show_note),
            NOTE_COMMENT: SubjectDoor(
                note_comment_item,
                lambda item: notes.hide_comment(item.subject_id, by=SYSTEM),
                lambda item: notes.show_comment(item.subject_id, by=SYSTEM),
            ),
            event_photos.EVENT_PHOTO: SubjectDoor(
                event_photos.photo_item, event_photos.hide, event_photos.show
            ),
            REVIEW: SubjectDoor(review_item, _hide_review, _show_review),
        }
    )
