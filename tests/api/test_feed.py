"""The feed on the wire: written without the schema for speed, and what the schema says all the same."""

from typing import Any

import pytest
from django.test import Client

from jishi.modules.media.public import store_picture
from jishi.modules.notes.public import NoteDraft, approve_note, forget_feed, publish_note, start_note
from jishi.surfaces.api.common import Page
from jishi.surfaces.api.note_schemas import NoteCardOut
from tests.world import makers
from tests.world.web import API

pytestmark = pytest.mark.django_db


def one_note(title: str) -> None:
    author = makers.make_member()
    picture = store_picture(makers.picture(size=(60, 40)), by=author)
    note_id = start_note(by=author, draft=NoteDraft(title=title, text="甜", media_ids=(picture.id,)))
    publish_note(note_id, by=author)
    approve_note(note_id, by=makers.OWNER)


def test_the_feed_is_what_its_schema_says_and_pages_on(django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        one_note(f"笔记 {number}")
    forget_feed()
    with django_assert_max_num_queries(6):
        answer = Client().get(f"{API}/feed?limit=2")
    assert answer["Content-Type"] == "application/json" and answer["Cache-Control"] == "no-store"
    page = Page[NoteCardOut].model_validate_json(answer.content)
    told = answer.json()
    assert set(told) == {"items", "next"} and set(told["items"][0]) == set(NoteCardOut.model_fields)
    assert page.items[0].cover is not None and page.items[0].cover.files
    one_note("后来的")
    rest = Client().get(told["next"]).json()
    titles = {card["title"] for card in (*told["items"], *rest["items"])}
    assert titles == {"笔记 0", "笔记 1", "笔记 2"} and rest["next"] is None
