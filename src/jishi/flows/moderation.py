"""Moderation across rooms: what a subject is, how it is hidden and shown, and the decisions that do it.

A room plugs in with one row of `SUBJECTS`. Reports and decisions go through here, so that what is seen follows in the
transaction of the decision and never after it.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.utils.html import strip_tags

from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import IllegalStep, NotFound
from jishi.kernel.fact import RecordedFact
from jishi.modules.catalog.public import (
    ProductMissing,
    cards_by_ids,
    product_page,
    publish_product,
    unpublish_product,
)
from jishi.modules.guard.public import (
    Action,
    ContentCheck,
    ContentRefused,
    Decision,
    ItemView,
    NewItem,
    Reported,
    ReportReason,
    SanctionForm,
    Verdict,
    Visible,
    check_content,
    decide_item,
    item_view,
    open_item,
    report_content,
    require_may_write,
)
from jishi.modules.people.public import person, rename_member, replace_nickname
from jishi.platform.transactions import in_transaction

PROFILE, PRODUCT = "profile", "product"
COPY_FIELDS = frozenset({"title", "subtitle", "description_html", "specs"})


@dataclass(frozen=True, slots=True)
class SubjectDoor:
    """How moderation reaches one kind of subject.

    `describe` raises NotFound for who may not see it: nobody reports what they cannot read. `hide` and `show` may be
    called again for what is hidden or shown already. `is_hidden_by_reports`: false where only a person may hide it.
    """

    describe: Callable[[uuid.UUID, Actor], NewItem]
    hide: Callable[[ItemView], None]
    show: Callable[[ItemView], None]
    is_hidden_by_reports: bool = True


@in_transaction
def report_subject(
    kind: str, subject_id: uuid.UUID, *, by: Actor, reason: ReportReason, note: str = ""
) -> Reported:
    """Report, and hide at once where the weight of the reports is enough. Raises NotFound and what guard refuses."""
    by.require_member()
    door = door_of(kind)
    done = report_content(
        door.describe(subject_id, by), by=by, reason=reason, note=note, may_hide=door.is_hidden_by_reports
    )
    if done.became_hidden:
        door.hide(item_view(done.item_id, by=SYSTEM))
    return done


@in_transaction
def decide(
    item_id: uuid.UUID,
    *,
    by: Actor,
    version: int,
    decision: Decision,
    reason: str = "",
    sanction: SanctionForm | None = None,
) -> ItemView:
    """Decide, and show or hide the subject in the same transaction. Raises what `guard.decide_item` raises."""
    by.require("moderation.decide")
    before = item_view(item_id, by=by)
    done = decide_item(item_id, by=by, version=version, decision=decision, reason=reason, sanction=sanction)
    follow_decision(before, done)
    return done


def follow_decision(before: ItemView, done: ItemView) -> None:
    """Show or hide the subject as was decided; called in the transaction of the decision."""
    door = SUBJECTS.get(done.kind)
    if door is not None and done.visible is not before.visible:
        with suppress(NotFound, ProductMissing):  # gone meanwhile: nothing is left to hide
            (door.show if done.visible is Visible.SHOWN else door.hide)(done)


def door_of(kind: str) -> SubjectDoor:
    """Raises NotFound."""
    if kind not in SUBJECTS:
        raise NotFound()
    return SUBJECTS[kind]


def describe_subject(kind: str, subject_id: uuid.UUID, *, by: Actor) -> NewItem:
    """What is about to be reported, as the reporter sees it. Raises NotFound."""
    return door_of(kind).describe(subject_id, by)


def refuse_or_pass(verdict: Verdict) -> Verdict:
    """For a room that writes. Raises ContentRefused with the word and the reason."""
    if verdict.action is Action.REFUSE:
        worst = next((one for one in verdict.findings if one.severity.value == "block"), verdict.findings[0])
        raise ContentRefused(word=worst.written, reason=worst.reason or worst.category)
    return verdict


# ---- profiles: the nickname is what others read ----


@in_transaction
def rename(*, by: Actor, nickname: str) -> str:
    """Raises BadNickname, ContentRefused, MutedNow, BannedNow; a doubtful name is used and looked at."""
    member_id = by.require_member()
    require_may_write(member_id)
    verdict = refuse_or_pass(check_content(ContentCheck(PROFILE, nickname, member_id, is_trusted=True)))
    name = rename_member(by=by, nickname=nickname)
    if verdict.action is Action.REVIEW:
        open_item(_profile(member_id, by), verdict=verdict, is_held=False)
    return name


def _profile(member_id: uuid.UUID, by: Actor) -> NewItem:
    del by  # names are public
    found = person(member_id)
    return NewItem(PROFILE, member_id, member_id, found.nickname)


def _hide_name(item: ItemView) -> None:
    replace_nickname(item.subject_id, by=SYSTEM, nickname=_cover_name(item.subject_id))


def _show_name(item: ItemView) -> None:
    """Give the name back that was taken, unless they have chosen another one since."""
    if person(item.subject_id).nickname == _cover_name(item.subject_id):
        replace_nickname(item.subject_id, by=SYSTEM, nickname=item.excerpt)


def _cover_name(member_id: uuid.UUID) -> str:
    return f"邻居{member_id.hex[-6:]}"


# ---- product copy ----


def look_at_product(fact: RecordedFact) -> None:
    """A product was published or its words were changed: what speaks against the advertising law is looked at.

    It stays on sale meanwhile: the shop's own staff wrote it, and they are told which words and why.
    """
    handle = str(fact.payload["handle"])
    text = _copy_of(handle)
    if text is None:
        return
    check = ContentCheck(PRODUCT, text, None, is_commercial=True, is_trusted=True)
    verdict = check_content(check)
    if verdict.action is Action.ALLOW:
        return
    subject = NewItem(PRODUCT, fact.subject_id, None, text, f"/p/{handle}/")
    open_item(subject, verdict=verdict, is_held=False)


def look_at_changed_product(fact: RecordedFact) -> None:
    if COPY_FIELDS.intersection(fact.payload["changed"]):
        look_at_product(fact)


def _copy_of(handle: str) -> str | None:
    """The words a shopper reads; None when it is not on sale."""
    try:
        page = product_page(handle=handle)
    except ProductMissing:
        return None
    specs = "\n".join(f"{name}：{value}" for name, value in page.specs)
    described = strip_tags(page.description_html)
    return "\n".join(part for part in (page.card.title, page.card.subtitle, described, specs) if part)


def _product(product_id: uuid.UUID, by: Actor) -> NewItem:
    del by  # on sale is public
    card = cards_by_ids([product_id]).get(product_id)
    text = _copy_of(card.handle) if card is not None else None
    if card is None or text is None:
        raise NotFound()
    return NewItem(PRODUCT, product_id, None, text, f"/p/{card.handle}/")


def _withdraw_product(item: ItemView) -> None:
    with suppress(IllegalStep):  # not on sale
        unpublish_product(by=SYSTEM, product_id=item.subject_id)


def _sell_product(item: ItemView) -> None:
    with suppress(IllegalStep):  # on sale already, or archived meanwhile
        publish_product(by=SYSTEM, product_id=item.subject_id)


SUBJECTS: dict[str, SubjectDoor] = {
    PROFILE: SubjectDoor(_profile, _hide_name, _show_name),
    PRODUCT: SubjectDoor(_product, _withdraw_product, _sell_product, is_hidden_by_reports=False),
}
