"""The builder of campaign pages: what it is about, and its blocks one after another. Works without a script."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jishi.kernel import clock
from jishi.kernel.errors import Refusal
from jishi.modules.campaigns.public import (
    BLOCKS_MAX,
    Block,
    BlockKind,
    CampaignForm,
    CampaignState,
    CampaignView,
    Festival,
    Theme,
    campaign_view,
    change_campaign,
    create_campaign,
    festivals_between,
    publish_campaign,
)
from jishi.modules.catalog.public import cards_by_ids, product_table
from jishi.modules.media.public import media_by_ids
from jishi.modules.notes.public import NoteCard, best_notes, cards_of_notes, popular_topics
from jishi.modules.plays.group_buy.public import OfferState, offers_by_ids, offers_table
from jishi.modules.plays.life.public import PlayKind, PlayState, plays_by_ids, plays_table
from jishi.modules.promotions.public import CouponWay, batches_by_ids, claimable_batches
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.campaigns import crumbs
from jishi.surfaces.console.forms import LocalTimeField, MoneyField, act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import day_of, id_of
from jishi.surfaces.templatetags.pictures import still

GOODS_OFFERED, PLAYS_OFFERED, NOTES_OFFERED = 60, 60, 60
TOPICS_OFFERED, TOPIC_DAYS = 30, 90
DEFAULT_DAYS = 3
_BLOCK_FIELD = re.compile(r"b-(\d{1,2})-kind")
_LIVING_PLAYS = (PlayState.DRAFT, PlayState.SCHEDULED, PlayState.OPEN, PlayState.CLOSING)
_LIVING_OFFERS = (OfferState.SCHEDULED, OfferState.OPEN, OfferState.CLOSING)


class EditForm(forms.Form):
    """Everything about a campaign except its blocks."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    slug = forms.CharField(
        label=gettext_lazy("网址"),
        max_length=40,
        help_text=gettext_lazy("/x/ 后面的部分，小写字母、数字和短横线"),
    )
    headline = forms.CharField(label=gettext_lazy("主标语"), max_length=80, required=False)
    theme = forms.ChoiceField(
        label=gettext_lazy("主题色"),
        choices=(
            (Theme.PERSIMMON.value, gettext_lazy("柿红")),
            (Theme.JADE.value, gettext_lazy("青玉")),
            (Theme.INK.value, gettext_lazy("墨色")),
            (Theme.ROSE.value, gettext_lazy("玫瑰")),
            (Theme.GOLD.value, gettext_lazy("桂金")),
        ),
    )
    opens_at = LocalTimeField(label=gettext_lazy("开始"))
    closes_at = LocalTimeField(label=gettext_lazy("结束"))
    goal_minor = MoneyField(label=gettext_lazy("净收入目标"), required=False, may_be_zero=False)
    budget_minor = MoneyField(
        label=gettext_lazy("总预算"),
        required=False,
        may_be_zero=False,
        help_text=gettext_lazy("用来对照；每个玩法自己的预算才会拦住超支"),
    )
    holdout = forms.IntegerField(
        label=gettext_lazy("对照组（%）"),
        min_value=0,
        max_value=50,
        help_text=gettext_lazy("这些人首页看不到活动，用来量出活动真正多带来的"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dress(self)

    def as_campaign(self, blocks: tuple[Block, ...], *, festival: str) -> CampaignForm:
        values = self.cleaned_data
        return CampaignForm(
            name=values["name"],
            slug=values["slug"].strip().lower(),
            headline=values["headline"],
            theme=Theme(values["theme"]),
            opens_at=values["opens_at"],
            closes_at=values["closes_at"],
            blocks=blocks,
            goal_minor=values["goal_minor"],
            budget_minor=values["budget_minor"],
            holdout_bps=values["holdout"] * 100,
            festival=festival,
        )


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new campaign; a hot date in the address fills it in."""
    if request.method != "POST":
        chosen = _festival(request)
        blocks = _first_blocks(chosen)
        form = EditForm(initial=_first_values(chosen))
        return _editor(request, form, blocks, campaign=None, festival=_mark(chosen))
    form, festival = EditForm(request.POST), request.POST.get("festival", "")[:24]
    blocks = arrange(blocks_from(request.POST), request.POST.get("act", ""))
    if request.POST.get("act") in ("save", "publish") and form.is_valid():
        made: list[CampaignView] = []

        def act() -> None:
            draft = create_campaign(form.as_campaign(blocks, festival=festival), by=actor_of(request))
            wants_open = request.POST.get("act") == "publish"
            made.append(publish_campaign(draft.id, by=actor_of(request)) if wants_open else draft)

        try:
            is_new = act_once(request, act)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("活动已保存"))
            return redirect("console:campaign_edit", made[0].id) if is_new else redirect("console:campaigns")
    return _editor(request, form, blocks, campaign=None, festival=festival)


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    found = campaign_view(campaign_id)
    if request.method != "POST":
        form = EditForm(initial=_values_of(found))
        return _editor(request, form, found.blocks, campaign=found, festival=found.festival)
    form = EditForm(request.POST)
    blocks = arrange(blocks_from(request.POST), request.POST.get("act", ""))
    if request.POST.get("act") in ("save", "publish") and form.is_valid():
        version = request.POST.get("version", "")
        try:
            change_campaign(
                campaign_id,
                form.as_campaign(blocks, festival=found.festival),
                version=int(version) if version.isdecimal() else 0,
                by=actor_of(request),
            )
            if request.POST.get("act") == "publish" and found.state is CampaignState.DRAFT:
                publish_campaign(campaign_id, by=actor_of(request))
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("活动已保存"))
            return redirect("console:campaign_edit", campaign_id)
    return _editor(request, form, blocks, campaign=found, festival=found.festival)


def blocks_from(sent: QueryDict) -> tuple[Block, ...]:
    """The blocks as they stand in the form, in its order; what is not a block is left out."""
    numbers = sorted(int(match[1]) for name in sent if (match := _BLOCK_FIELD.fullmatch(name)))
    found = []
    for place in numbers[:BLOCKS_MAX]:
        kind = sent.get(f"b-{place}-kind", "")
        if kind not in set(BlockKind):
            continue
        ids = [one for text in sent.getlist(f"b-{place}-ids") if (one := id_of(text))]
        found.append(
            Block(
                kind=BlockKind(kind),
                title=sent.get(f"b-{place}-title", "").strip(),
                text=sent.get(f"b-{place}-text", "").strip(),
                ids=tuple(dict.fromkeys(ids)),
                topic=sent.get(f"b-{place}-topic", "").strip().lstrip("#＃"),
            )
        )
    return tuple(found)


def arrange(blocks: tuple[Block, ...], act: str) -> tuple[Block, ...]:
    """`add:KIND`, `up:N`, `down:N`, `drop:N`; anything else leaves the blocks as they are."""
    verb, _colon, what = act.partition(":")
    rows = list(blocks)
    if verb == "add" and what in set(BlockKind) and len(rows) < BLOCKS_MAX:
        return (*rows, Block(kind=BlockKind(what)))
    if not what.isdecimal() or int(what) >= len(rows):
        return blocks
    place = int(what)
    if verb == "drop":
        del rows[place]
    elif verb == "up" and place > 0:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    elif verb == "down" and place < len(rows) - 1:
        rows[place + 1], rows[place] = rows[place], rows[place + 1]
    return tuple(rows)


def _with_chosen(
    choices: dict[BlockKind, list[dict[str, str]]], blocks: tuple[Block, ...]
) -> dict[BlockKind, list[dict[str, str]]]:
    """What a block holds already is always among its choices, on top: saving never loses it. Six queries at most."""
    held = {kind: [one for block in blocks if block.kind is kind for one in block.ids] for kind in choices}
    cards = cards_by_ids(held[BlockKind.PRODUCTS])
    heads = plays_by_ids(held[BlockKind.PLAYS] + held[BlockKind.PACKET])
    offers = offers_by_ids([one for one in held[BlockKind.PLAYS] if one not in heads])
    rows: dict[uuid.UUID, dict[str, str]] = {
        one: {"id": str(one), "title": card.title, "image": card.cover_address} for one, card in cards.items()
    }
    rows |= {
        one: {"id": str(one), "title": head.name, "note": words.play_kind(head.kind)}
        for one, head in heads.items()
    }
    rows |= {
        one: {"id": str(one), "title": batch.offer.label, "note": batch.name}
        for one, batch in batches_by_ids(held[BlockKind.COUPONS]).items()
    }
    rows |= {
        one: {"id": str(one), "title": offer.name, "note": words.play_kind("group_buy")}
        for one, offer in offers.items()
    }
    rows |= note_rows(cards_of_notes(held[BlockKind.NOTES]).values())
    found = {}
    for kind, offered in choices.items():
        first = [rows[one] for one in dict.fromkeys(held[kind]) if one in rows]
        known = {row["id"] for row in first}
        found[kind] = first + [row for row in offered if row["id"] not in known]
    return found


def note_rows(cards: Iterable[NoteCard]) -> dict[uuid.UUID, dict[str, str]]:
    """As choices, with their cover; one query."""
    found = {card.id: card for card in cards}
    media = media_by_ids(card.cover_media_id for card in found.values() if card.cover_media_id)
    return {
        one: {
            "id": str(one),
            "title": card.title,
            "image": still(media.get(card.cover_media_id) if card.cover_media_id else None),
            "note": _("%(count)d 赞") % {"count": card.likes},
        }
        for one, card in found.items()
    }


def _editor(
    request: HttpRequest,
    form: EditForm,
    blocks: tuple[Block, ...],
    *,
    campaign: CampaignView | None,
    festival: str,
) -> HttpResponse:
    choices = _with_chosen(_choices(request), blocks)
    context = {
        "form": form,
        "campaign": campaign,
        "festival": festival,
        "blocks": [_block(place, block, choices) for place, block in enumerate(blocks)],
        "kinds": [(kind.value, words.block_kind(kind)) for kind in BlockKind],
        "topics": popular_topics(since=clock.now() - timedelta(days=TOPIC_DAYS), limit=TOPICS_OFFERED),
        "is_full": len(blocks) >= BLOCKS_MAX,
        "page_url": reverse("shop:campaign", args=[campaign.slug]) if campaign else "",
        "once": request.POST.get("once") or once_key(),
    }
    has_failed = form.is_bound and bool(form.errors) and request.POST.get("act") in ("save", "publish")
    return show(
        request,
        "console/campaign_edit.html",
        section="campaigns",
        context=context,
        crumbs=crumbs(),
        status=422 if has_failed else 200,
    )


def _choices(request: HttpRequest) -> dict[BlockKind, list[dict[str, str]]]:
    """What a block may hold: goods by sales, plays that are not over, coupons to claim, notes; eight queries."""
    goods, _total = product_table(
        by=actor_of(request), text="", state="published", sort="-sold", limit=GOODS_OFFERED
    )
    heads = plays_table(states=_LIVING_PLAYS, limit=PLAYS_OFFERED)
    offers = offers_table(states=_LIVING_OFFERS, limit=PLAYS_OFFERED)
    plays = [
        {"id": str(head.id), "title": head.name, "note": words.play_kind(head.kind)}
        for head in heads
        if head.kind not in (PlayKind.RED_PACKET, PlayKind.GROUP_BUY)
    ]
    plays += [{"id": str(one.id), "title": one.name, "note": words.play_kind("group_buy")} for one in offers]
    return {
        BlockKind.PRODUCTS: [
            {"id": str(one.card.id), "title": one.card.title, "image": one.card.cover_address}
            for one in goods
        ],
        BlockKind.PLAYS: plays,
        BlockKind.PACKET: [
            {"id": str(head.id), "title": head.name, "note": words.play_kind(head.kind)}
            for head in heads
            if head.kind is PlayKind.RED_PACKET
        ],
        BlockKind.COUPONS: [
            {"id": str(one.id), "title": one.offer.label, "note": one.name}
            for one in claimable_batches(ways=[CouponWay.PUBLIC])
        ],
        BlockKind.NOTES: list(note_rows(best_notes(limit=NOTES_OFFERED)).values()),
    }


def _block(place: int, block: Block, choices: dict[BlockKind, list[dict[str, str]]]) -> dict[str, Any]:
    chosen = {str(one) for one in block.ids}
    return {
        "place": place,
        "kind": block.kind.value,
        "label": words.block_kind(block.kind),
        "title": block.title,
        "text": block.text,
        "topic": block.topic,
        "has_topic": block.kind is BlockKind.NOTES,
        "has_text": block.kind in (BlockKind.BANNER, BlockKind.TEXT),
        "choices": [one | {"is_on": one["id"] in chosen} for one in choices.get(block.kind, [])],
        "has_choices": block.kind in choices,
        "is_single": block.kind is BlockKind.PACKET,
    }


def _festival(request: HttpRequest) -> Festival | None:
    day = day_of(request.GET.get("day", ""))
    key = request.GET.get("festival", "")
    found = festivals_between(day, day) if isinstance(day, date) else []
    return next((one for one in found if one.key == key), None)


def _mark(chosen: Festival | None) -> str:
    return f"{chosen.key}-{chosen.day.year}" if chosen else ""


def _first_values(chosen: Festival | None) -> dict[str, Any]:
    zone = ZoneInfo(settings.TIME_ZONE)
    first = chosen.day - timedelta(days=DEFAULT_DAYS - 1) if chosen else clock.now().astimezone(zone).date()
    opens = datetime.combine(first, time(10), tzinfo=zone)
    name = words.festival(chosen.name) if chosen else ""
    return {
        "name": name,
        "slug": f"{chosen.key.replace('_', '-')}-{chosen.day.year}" if chosen else "",
        "headline": _("%(name)s，和邻居一起买") % {"name": name} if chosen else "",
        "theme": (chosen.theme if chosen else Theme.PERSIMMON).value,
        "opens_at": opens,
        "closes_at": opens + timedelta(days=DEFAULT_DAYS),
        "holdout": 10,
    }


def _first_blocks(chosen: Festival | None) -> tuple[Block, ...]:
    banner = Block(BlockKind.BANNER)
    if chosen:
        banner = replace(banner, title=words.festival(chosen.name), text=words.festival(chosen.idea))
    return banner, Block(BlockKind.COUNTDOWN), Block(BlockKind.PLAYS), Block(BlockKind.PRODUCTS)


def _values_of(found: CampaignView) -> dict[str, Any]:
    names = ("name", "slug", "headline", "opens_at", "closes_at", "goal_minor", "budget_minor")
    values: dict[str, Any] = {name: getattr(found, name) for name in names}
    return values | {"theme": found.theme.value, "holdout": found.holdout_bps // 100}
