"""Writing a note on a phone: pictures, goods on them, words; it keeps itself, and works without a script."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.notes import publish_own_note, save_own_note, screen_draft
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import IllegalStep, Kind, NotFound, Refusal
from jishi.modules.catalog.public import ProductCard, ProductFilter, Sort, cards_by_ids, list_products
from jishi.modules.media.public import VIDEO_BYTES_MAX, MediaKind, media_by_ids, store_pictures, store_video
from jishi.modules.notes.public import (
    PICTURES_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Cooperation,
    NewTag,
    NoteDraft,
    NoteState,
    NoteView,
    TooManyNotePictures,
    author_view,
    note_view,
    own_notes,
    popular_topics,
    remove_note,
    saved_notes,
    start_note,
    take_back_note,
)
from jishi.modules.orders.public import lines_by_order, orders_of_member
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces import note_words
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.feed import note_markup
from jishi.surfaces.shop.frame import go, require_member, show, show_part

GOODS_SHOWN, ORDERS_LOOKED_AT, OWN_SHOWN, EMPTY_ROWS = 24, 20, 20, 3
TEXT_LENGTH_MAX = 60
MIDDLE_BP = 5_000
TOPIC_DAYS = 30


@require_safe
def my_notes(request: HttpRequest) -> HttpResponse:
    """What one wrote, with what came of it; what one saved."""
    actor = require_member(request)
    start = offset_of(request.GET.get("cursor", ""))
    if request.GET.get("tab") == "saved":
        cards = saved_notes(by=actor, offset=start, limit=OWN_SHOWN + 1)
        values: dict[str, Any] = {
            "tab_on": "saved",
            "notes": note_markup(cards[:OWN_SHOWN], by=actor),
            "next_url": f"?tab=saved&cursor={offset_cursor(start + OWN_SHOWN)}"
            if len(cards) > OWN_SHOWN
            else None,
        }
        return show(request, "shop/my_notes.html", values, tab="me")
    rows = own_notes(by=actor, offset=start, limit=OWN_SHOWN + 1)
    media = media_by_ids(row.cover_media_id for row in rows if row.cover_media_id)
    shown = rows[:OWN_SHOWN]
    values = {
        "tab_on": "own",
        "standing": author_view(actor.require_member(), by=actor),
        "rows": [
            {
                "note": row,
                "cover": media.get(row.cover_media_id) if row.cover_media_id else None,
                "state": note_words.state_words(row.state),
                "review": note_words.review_words(row.review_note),
                "is_out": row.state is NoteState.PUBLISHED,
            }
            for row in shown
        ],
        "sums": {
            "views": sum(row.counts.views for row in shown),
            "saves": sum(row.counts.saves for row in shown),
            "orders": sum(row.counts.orders for row in shown),
            "net_minor": sum(row.counts.net_minor for row in shown),
        },
        "next_url": f"?cursor={offset_cursor(start + OWN_SHOWN)}" if len(rows) > OWN_SHOWN else None,
    }
    return show(request, "shop/my_notes.html", values, tab="me")


def new_note(request: HttpRequest) -> HttpResponse:
    """An empty editor; the first thing that is sent makes the draft."""
    actor = require_member(request)
    if request.method != "POST":
        return _editor(request, None, NoteDraft(), by=actor)
    return _take(request, None, by=actor)


def edit_note(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    found = _own(note_id, by=actor)
    if request.method != "POST":
        return _editor(request, found, found.draft, by=actor)
    return _take(request, found, by=actor)


@require_POST
def keep_note(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """The editor keeps a draft by itself; the answer says when, and the version."""
    actor = require_member(request)
    found = _own(note_id, by=actor)
    if found.state is not NoteState.DRAFT:
        raise IllegalStep(state=found.state.value, verb="keep")
    version = save_own_note(
        note_id, _draft_from(request, found, []), by=actor, expected_version=_version(request)
    )
    return show_part(request, "shop/parts/note_kept.html", {"version": version})


@require_POST
def take_back(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    take_back_note(note_id, by=require_member(request))
    messages.success(request, _("又是草稿了"))
    return go(reverse("shop:edit_note", args=[note_id]))


@require_POST
def remove(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    remove_note(note_id, by=require_member(request))
    messages.success(request, _("删掉了"))
    return go(reverse("shop:my_notes"))


@require_safe
def goods_to_tag(request: HttpRequest) -> HttpResponse:
    """Goods to put on a picture: what one bought, or what the words find."""
    actor = require_member(request)
    text = request.GET.get("goods", "").strip()[:TEXT_LENGTH_MAX]
    return show_part(request, "shop/parts/goods_choices.html", {"goods": _goods(actor, text)})


def _take(request: HttpRequest, found: NoteView | None, *, by: Actor) -> HttpResponse:
    """What the form asks for: keep, change pictures, publish, publish later. A refusal loses nothing that was written."""
    draft = _given(request, found)
    try:
        added = _uploaded(request, already=len(draft.media_ids), by=by)
        draft = _draft_from(request, found, added)
        note_id = found.id if found else start_note(by=by)
        save_own_note(note_id, draft, by=by, expected_version=_version(request) if found else None)
        if request.POST.get("action") != "publish":
            if not added and request.POST.get("action") == "save":
                messages.success(request, _("存好了"))
            return go(reverse("shop:edit_note", args=[note_id]))
        state = publish_own_note(note_id, by=by, publish_at=_moment(request))
    except Refusal as refusal:
        if refusal.kind in (Kind.UNAUTHENTICATED, Kind.MISSING):
            raise
        fresh = note_view(found.id, by=by) if found else None
        return _editor(request, fresh, draft, by=by, problem=words_of(refusal))
    messages.success(request, _said(state))
    return go(reverse("shop:note", args=[note_id]))


def _editor(
    request: HttpRequest, found: NoteView | None, draft: NoteDraft, *, by: Actor, problem: str = ""
) -> HttpResponse:
    media = media_by_ids(draft.media_ids)
    tagged = cards_by_ids([tag.product_id for tag in draft.tags])
    goods = _goods(by, "")
    known = {card.id: card for card in (*tagged.values(), *goods)}
    films = [one for one in media.values() if one.kind is MediaKind.VIDEO]
    values = {
        "note": found,
        "draft": draft,
        "problem": problem,
        "topics_text": " ".join(f"#{topic}" for topic in draft.topics),
        "pictures": [
            {
                "media": media[media_id],
                "number": place + 1,
                "tags": [
                    {"tag": tag, "card": tagged[tag.product_id], "is_right": tag.x_bp > 5_500}
                    for tag in draft.tags
                    if tag.picture == place and tag.product_id in tagged
                ],
                "is_alt": draft.alt_cover == place,
            }
            for place, media_id in enumerate(draft.media_ids)
            if media_id in media
        ],
        "is_video": bool(films),
        "is_film_waiting": any(film.state != "ready" for film in films),
        "goods": goods,
        "choices": list(known.values()),
        "empty_rows": range(EMPTY_ROWS if draft.media_ids else 0),
        "cooperations": note_words.cooperation_choices(),
        "standing": author_view(by.require_member(), by=by),
        "limits": {"title": TITLE_MAX, "text": TEXT_MAX, "pictures": PICTURES_MAX},
        "has_room": len(draft.media_ids) < PICTURES_MAX and not films,
        "popular": popular_topics(since=clock.now() - timedelta(days=TOPIC_DAYS)),
        "is_draft": found is None or found.state is NoteState.DRAFT,
        "state": note_words.state_words(found.state) if found else None,
        "review": note_words.review_words(found.review_note) if found else "",
        "advice": screen_draft(draft).advice,
        "later": request.POST.get("publish_at", ""),
    }
    return show(request, "shop/note_edit.html", values, tab="me", status=422 if problem else 200)


def _given(request: HttpRequest, found: NoteView | None) -> NoteDraft:
    """The words alone: what is shown again whatever happens to the rest."""
    posted = request.POST
    kind = posted.get("cooperation", "")
    return NoteDraft(
        title=posted.get("title", "")[:200],
        text=posted.get("text", "")[: TEXT_MAX * 2],
        topics=tuple(posted.get("topics", "")[:400].split()),
        media_ids=found.media_ids if found else (),
        tags=found.draft.tags if found else (),
        cooperation=Cooperation(kind) if kind in set(Cooperation) else Cooperation.NONE,
        alt_title=posted.get("alt_title", "")[:200],
    )


def _draft_from(request: HttpRequest, found: NoteView | None, added: list[uuid.UUID]) -> NoteDraft:
    """The form's words, pictures in their order and goods on them."""
    given = _given(request, found)
    media = [*(found.media_ids if found else ()), *added]
    gone, first = request.POST.get("remove", ""), request.POST.get("first", "")
    media = [one for one in media if str(one) != gone]
    media.sort(key=lambda one: str(one) != first)
    places = {str(one): place for place, one in enumerate(media)}
    alt = places.get(request.POST.get("alt_cover", ""))
    return NoteDraft(
        title=given.title,
        text=given.text,
        topics=given.topics,
        media_ids=tuple(media),
        tags=_tags(request, places),
        cooperation=given.cooperation,
        alt_title=given.alt_title,
        alt_cover=alt if alt else None,
    )


def _tags(request: HttpRequest, places: dict[str, int]) -> tuple[NewTag, ...]:
    """Rows of (picture, x, y, product); rows without goods and of pictures that are gone are left out."""
    names = ("tag_media", "tag_x", "tag_y", "tag_product")
    rows = zip(*(request.POST.getlist(name) for name in names), strict=False)
    found = []
    for media_id, x, y, product_id in rows:
        if not product_id or media_id not in places:
            continue
        try:
            found.append(NewTag(places[media_id], _bp(x), _bp(y), uuid.UUID(product_id)))
        except ValueError as error:
            raise NotFound() from error
    return tuple(found)


def _bp(text: str) -> int:
    return max(0, min(10_000, int(text))) if text.lstrip("-").isdigit() and len(text) < 8 else MIDDLE_BP


def _uploaded(request: HttpRequest, *, already: int, by: Actor) -> list[uuid.UUID]:
    """Pictures in their order, or one video. Raises NotAnImage, NotAVideo, TooManyNotePictures."""
    files, films = request.FILES.getlist("photos"), request.FILES.getlist("film")
    if len(files) + len(films) + already > PICTURES_MAX or (films and (files or already or len(films) > 1)):
        raise TooManyNotePictures(limit=PICTURES_MAX)
    for file in files:
        if (file.size or 0) > IMAGE_BYTES_MAX:
            raise NotAnImage(size=file.size)
    if films:
        return [store_video(films[0].read(VIDEO_BYTES_MAX + 1), by=by).id]
    return [one.id for one in store_pictures((file.read() for file in files), by=by)]


def _goods(actor: Actor, text: str) -> list[ProductCard]:
    """What the words find; without words what one bought, then what sells."""
    if text:
        return list(
            list_products(filters=ProductFilter(text=text), sort=Sort.RELEVANCE, limit=GOODS_SHOWN).cards
        )
    orders = orders_of_member(by=actor, limit=ORDERS_LOOKED_AT)
    lines = lines_by_order([order.id for order in orders])
    bought = cards_by_ids(
        list(dict.fromkeys(line.product_id for order in orders for line in lines.get(order.id, [])))
    )
    sold = list_products(sort=Sort.SALES, limit=GOODS_SHOWN).cards
    return list({card.id: card for card in (*bought.values(), *sold)}.values())[:GOODS_SHOWN]


def _own(note_id: uuid.UUID, *, by: Actor) -> NoteView:
    found = note_view(note_id, by=by)
    if not by.owns(found.author_id):
        raise NotFound()
    return found


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _moment(request: HttpRequest) -> datetime | None:
    """A time of the shop's calendar; nothing for now, nonsense counts as nothing."""
    text = request.POST.get("publish_at", "")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings.TIME_ZONE)) if text else None
    except ValueError:
        return None


def _said(state: NoteState) -> str:
    words = {
        NoteState.PUBLISHED: _("发布了，邻居们看得到了"),
        NoteState.SCHEDULED: _("到时间就发布"),
        NoteState.IN_REVIEW: _("交上去了，看过就发布"),
    }
    return words.get(state, "")
