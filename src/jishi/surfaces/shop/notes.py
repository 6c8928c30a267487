"""One note: its pictures with goods on them, its words, what others say, and buying from it in two taps."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.notes import say_below, tap_goods
from jishi.kernel.actor import Actor
from jishi.kernel.errors import Kind, NotFound, Refusal
from jishi.modules.catalog.public import ProductCard, cards_by_ids, product_page
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.media.public import MediaView, media_by_ids, private_path
from jishi.modules.notes.public import (
    COMMENT_MAX,
    Arm,
    CommentView,
    NoteState,
    NoteView,
    ReactionKind,
    arm_of,
    author_view,
    comments_of,
    hide_comment,
    note_look,
    note_view,
    react,
)
from jishi.modules.people.public import Person, people_by_ids
from jishi.platform.files import open_private
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces import note_words
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import ShareCard, absolute, go, is_swap, require_member, show, show_part
from jishi.surfaces.templatetags.pictures import still

COMMENTS_SHOWN = 20
QUANTITY_AT_ONCE_MAX = 99
_TYPES = {"webp": "image/webp", "avif": "image/avif", "mp4": "video/mp4"}


@require_safe
def note(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """Eleven queries for a member, whatever is on it."""
    actor = actor_of(request)
    found = note_view(note_id, by=actor)
    if is_swap(request):
        return show_part(request, "shop/parts/comments.html", _comment_values(request, found, by=actor))
    viewer = actor.id or actor.visitor_id
    if found.state is NoteState.PUBLISHED and viewer is not None and not actor.owns(found.author_id):
        note_look(note_id, viewer_id=viewer)
    media = media_by_ids(found.media_ids)
    goods = cards_by_ids([tag.product_id for tag in found.tags])
    author = people_by_ids([found.author_id]).get(found.author_id)
    arm = arm_of(note_id, viewer) if found.alt_title else Arm.A
    values: dict[str, Any] = {
        "note": found,
        "title": found.alt_title if arm is Arm.B else found.title,
        "paragraphs": [line for line in found.text.split("\n") if line.strip()],
        "slides": _slides(found, media, goods),
        "goods": [goods[key] for key in dict.fromkeys(tag.product_id for tag in found.tags) if key in goods],
        "tag_of": {tag.product_id: tag.id for tag in reversed(found.tags)},
        "author": author.nickname if author else _("邻居"),
        "standing": author_view(found.author_id, by=actor),
        "mark": note_words.cooperation_words(found.cooperation)
        if note_words.cooperation_mark(found.cooperation)
        else "",
        "state": note_words.state_words(found.state),
        "review": note_words.review_words(found.review_note),
        "is_mine": actor.owns(found.author_id),
        "is_shown": found.state is NoteState.PUBLISHED,
        "share": _share_card(found, media, author) if found.state is NoteState.PUBLISHED else None,
        **_comment_values(request, found, by=actor),
    }
    values["goods_rows"] = [{"card": card, "tag_id": values["tag_of"][card.id]} for card in values["goods"]]
    return show(request, "shop/note.html", values, tab="home")


@require_POST
def like(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    return _react(request, note_id, ReactionKind.LIKE)


@require_POST
def save(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    return _react(request, note_id, ReactionKind.SAVE)


@require_POST
def say(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """A comment, or an answer to one."""
    actor = require_member(request)
    answers = request.POST.get("answers", "")
    try:
        say_below(
            note_id,
            by=actor,
            words=request.POST.get("words", ""),
            answers=_id(answers) if answers else None,
        )
    except Refusal as refusal:
        if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED):
            raise
        messages.error(request, words_of(refusal))
    return go(f"{reverse('shop:note', args=[note_id])}#comments")


@require_POST
def unsay(request: HttpRequest, comment_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    hide_comment(comment_id, by=actor)
    messages.success(request, _("删掉了"))
    back = request.POST.get("note", "")
    return go(f"{reverse('shop:note', args=[_id(back)])}#comments")


@require_safe
def tap(request: HttpRequest, note_id: uuid.UUID, tag_id: uuid.UUID) -> HttpResponse:
    """Goods on the picture were tapped: a sheet to buy them from; without a script, their page."""
    actor = actor_of(request)
    found = note_view(note_id, by=actor)
    product_id = next((tag.product_id for tag in found.tags if tag.id == tag_id), None)
    card = cards_by_ids([product_id]).get(product_id) if product_id else None
    if card is None:
        raise NotFound()
    tap_goods(note_id, by=actor)
    if not is_swap(request):
        return go(reverse("shop:product", args=[card.handle]))
    page = product_page(handle=card.handle, by=actor)
    sellable = sellable_by_variant([variant.id for variant in page.variants])
    variants = [
        {"view": one, "left": sellable.get(one.id, 0), "is_off": sellable.get(one.id, 0) <= 0}
        for one in page.variants
        if one.is_for_sale
    ]
    first = next((row for row in variants if not row["is_off"]), None)
    values = {
        "card": card,
        "variants": variants,
        "first": first,
        "most": QUANTITY_AT_ONCE_MAX,
        "note_id": note_id,
    }
    return show_part(request, "shop/parts/note_buy_sheet.html", values)


@require_safe
def private_media(request: HttpRequest, media_id: uuid.UUID, name: str) -> HttpResponseBase:
    """A picture that is not published, for its owner and for staff."""
    path = private_path(media_id, name=name, by=actor_of(request))
    try:
        response = FileResponse(open_private(path), content_type=_TYPES[path.rsplit(".", 1)[-1]])
    except FileNotFoundError as error:
        raise NotFound() from error
    response["Cache-Control"] = "private, max-age=600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _react(request: HttpRequest, note_id: uuid.UUID, kind: ReactionKind) -> HttpResponse:
    actor = require_member(request)
    react(note_id, by=actor, kind=kind, is_on=request.POST.get("on", "1") == "1")
    if is_swap(request):
        values = {"note": note_view(note_id, by=actor), "is_shown": True}
        return show_part(request, "shop/parts/note_bar.html", values)
    return go(reverse("shop:note", args=[note_id]))


def _slides(
    found: NoteView, media: dict[uuid.UUID, MediaView], goods: dict[uuid.UUID, ProductCard]
) -> list[dict[str, Any]]:
    return [
        {
            "media": media[media_id],
            "tags": [
                {"tag": tag, "card": goods[tag.product_id], "is_right": tag.x_bp > 5_500}
                for tag in found.tags
                if tag.picture == place and tag.product_id in goods
            ],
        }
        for place, media_id in enumerate(found.media_ids)
        if media_id in media
    ]


def _comment_values(request: HttpRequest, found: NoteView, *, by: Actor) -> dict[str, Any]:
    if found.state is not NoteState.PUBLISHED:
        return {"comments": [], "next_url": None}
    after = key_of(request.GET.get("cursor", ""))
    rows = comments_of(found.id, by=by, after=after, limit=COMMENTS_SHOWN)
    people = people_by_ids(one.member_id for row in rows for one in (row, *row.replies))
    cursor = cursor_after(rows, limit=COMMENTS_SHOWN, field="at")
    return {
        "comments": [_comment(row, people, found, by) for row in rows],
        "comment_max": COMMENT_MAX,
        "next_url": f"{request.path}?cursor={cursor}" if cursor else None,
        "note": found,
    }


def _comment(row: CommentView, people: dict[uuid.UUID, Person], found: NoteView, by: Actor) -> dict[str, Any]:
    person = people.get(row.member_id)
    return {
        "row": row,
        "name": person.nickname if person else _("邻居"),
        "is_author": row.member_id == found.author_id,
        "may_hide": by.owns(row.member_id) or by.owns(found.author_id),
        "replies": [_comment(one, people, found, by) for one in row.replies],
    }


def _share_card(found: NoteView, media: dict[uuid.UUID, MediaView], author: Person | None) -> ShareCard:
    cover = media.get(found.cover_media_id) if found.cover_media_id else None
    image = still(cover)
    return ShareCard(
        title=found.title,
        description=" · ".join(part for part in (author.nickname if author else "", found.text[:60]) if part),
        url=absolute(reverse("shop:note", args=[found.id])),
        image=absolute(image) if image else "",
    )


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFound() from error
