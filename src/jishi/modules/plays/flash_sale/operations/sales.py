"""Making, publishing, changing and ending a session. Stock, pools and budget follow in the same transaction."""

import uuid
from collections.abc import Sequence

from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import VariantView, variants_by_ids
from jishi.modules.inventory.public import (
    Cause,
    HoldLine,
    OutOfStock,
    StockLine,
    hold_stock,
    release_holds,
    release_units,
)
from jishi.modules.plays.flash_sale import rules
from jishi.modules.plays.flash_sale.errors import TooManyUnitsWanted, UnitsTaken
from jishi.modules.plays.flash_sale.facts import UnitsChanged
from jishi.modules.plays.flash_sale.models import Item, Unit
from jishi.modules.plays.flash_sale.queries import ITEM_CAUSE, SaleView, item_view_of, sale_view
from jishi.modules.plays.flash_sale.types import ItemForm, ItemView, UnitState
from jishi.modules.plays.life.public import (
    PlayHead,
    PlayIsFixed,
    PlayKind,
    PlayNotOpen,
    PlayState,
    PlayView,
    change_play,
    close_play,
    closing_play_ids,
    create_play,
    play_view,
    publish_play,
    release_budget,
    reserve_budget,
    settle_play,
    spend_budget,
)
from jishi.platform import history, locks, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

SETTLED_AT_ONCE_MAX = 20
PURPOSE = "flash_sale"
PERMISSION = "plays.edit"


@in_transaction
def create_sale(head: PlayHead, items: Sequence[ItemForm], *, by: Actor) -> SaleView:
    """Write a draft. Raises BadPlay, BadItem."""
    by.require(PERMISSION)
    variants = _checked(items)
    play = create_play(PlayKind.FLASH_SALE, head, by=by)
    _write_items(play.id, items, variants)
    return sale_view(play.id)


@in_transaction
def change_sale(play_id: uuid.UUID, head: PlayHead, items: Sequence[ItemForm], *, by: Actor) -> SaleView:
    """Change a draft. Raises BadPlay, BadItem, PlayIsFixed once it was published (its goods are set aside)."""
    by.require(PERMISSION)
    if sale_view(play_id).play.state is not PlayState.DRAFT:
        raise PlayIsFixed()
    variants = _checked(items)
    change_play(play_id, head, by=by)
    _write_items(play_id, items, variants)
    return sale_view(play_id)


@in_transaction
def publish_sale(play_id: uuid.UUID, *, by: Actor, split_from_units: int = 0) -> SaleView:
    """Set goods and budget aside, open the pools; items of `split_from_units` or more on several rows each (0: none).

    Raises TooManyUnitsWanted, BudgetExhausted, IllegalStep, BadItem.
    """
    by.require(PERMISSION)
    sale_view(play_id)  # a flash sale and no other play
    play = publish_play(play_id, by=by)
    rows = list(Item.objects.select_for_update().filter(play_id=play_id).order_by("variant_id"))
    variants = _checked([_form_of(row) for row in rows])
    for row in rows:  # in the order in which inventory locks its levels
        row.list_minor = variants[row.variant_id].price_minor
        row.pool_id = rush.open_pool(
            purpose=PURPOSE,
            capacity=row.units,
            member_limit=row.member_limit,
            opens_at=play.opens_at,
            closes_at=play.closes_at,
            terms=_terms(row, play, split_from_units=split_from_units),
        )
        _set_goods_aside(row, row.units, variants[row.variant_id], key="stock")
        _set_budget_aside(play, row, row.units)
        row.save(update_fields=["list_minor", "pool_id", "reserves"])
    return sale_view(play_id)


@in_transaction
def change_units(item_id: uuid.UUID, *, units: int, by: Actor) -> ItemView:
    """More or fewer units of a published item, also while it is open: pool, goods and budget together.

    Raises UnitsTaken below what is claimed, TooManyUnitsWanted, BudgetExhausted, PlayNotOpen.
    """
    by.require(PERMISSION)
    row = _lock_item(item_id)
    play = play_view(row.play_id)
    if row.pool_id is None or play.state not in (PlayState.SCHEDULED, PlayState.OPEN):
        raise PlayNotOpen()
    variants = _checked([ItemForm(row.variant_id, row.price_minor, units, row.member_limit)], old=row)
    before, more = row.units, units - row.units
    if more == 0:
        return item_view_of(row)
    if not rush.resize_pool(pool_id=row.pool_id, capacity=units):
        raise UnitsTaken(wanted=units, taken=rush.pool_state(row.pool_id).taken)
    if more > 0:
        _set_goods_aside(row, more, variants[row.variant_id], key=f"stock:{ids.new_id()}")
        _set_budget_aside(play, row, more)
    else:
        goods = [StockLine(row.variant_id, -more)]
        release_units(cause=Cause(ITEM_CAUSE, row.id), lines=goods, reason="units_changed", by=by)
    row.units = units
    row.save(update_fields=["units", "reserves"])
    details = {"item_id": str(row.id), "before": before, "after": units}
    history.record_step(subject=("play", row.play_id), verb="change_units", by=by, details=details)
    record_fact(UnitsChanged(row.play_id, row.id, before, units), by=by)
    return item_view_of(row)


@in_transaction
def close_sale(play_id: uuid.UUID, *, by: Actor) -> SaleView:
    """Nobody claims any more from now on; who has a claim may still pay. Raises IllegalStep."""
    by.require(PERMISSION)
    sale_view(play_id)  # a flash sale and no other play
    close_play(play_id, by=by)
    pools = Item.objects.filter(play_id=play_id, pool_id__isnull=False).values_list("pool_id", flat=True)
    rush.close_pools([pool_id for pool_id in pools if pool_id])
    return sale_view(play_id)


def settle_closed_sales() -> int:
    """End what has closed and where nobody is left to pay: goods on sale again, budget by what was given."""
    play_ids = closing_play_ids(kind=PlayKind.FLASH_SALE, limit=SETTLED_AT_ONCE_MAX)
    return sum(_settle(play_id) for play_id in play_ids)


@in_transaction
def _settle(play_id: uuid.UUID) -> bool:
    items = Item.objects.select_for_update(no_key=True).filter(play_id=play_id)
    rows = list(items.order_by("variant_id"))
    pools = [row.pool_id for row in rows if row.pool_id]
    rush.close_pools(pools)
    if rush.are_claims_held(pools):
        return False
    if Unit.objects.filter(item__in=rows, state=UnitState.ORDERED.value).exists():
        return False
    if not settle_play(play_id):
        return False
    play = play_view(play_id)
    for row in rows:
        release_holds(cause=Cause(ITEM_CAUSE, row.id), reason="flash_sale_over", by=SYSTEM)
        _settle_budget(play, row)
    return True


def _settle_budget(play: PlayView, row: Item) -> None:
    """What was set aside for the worst case gives way to what the paid units really cost."""
    for number in range(1, row.reserves + 1):
        release_budget(_reserve_id(row.id, number))
    units = Unit.objects.filter(item=row, state=UnitState.PAID.value)
    given = sum(units.values_list("discount_minor", flat=True))
    use_id = ids.derived_id(row.id, "flash_given")
    if reserve_budget(play, use_id=use_id, amount_minor=given, subject=("flash_item", row.id)):
        spend_budget(use_id)


def _terms(row: Item, play: PlayView, *, split_from_units: int) -> rush.PoolTerms:
    room = rules.room_of(row.units)
    until = rules.reserved_until(
        opens_at=play.opens_at, closes_at=play.closes_at, minutes=row.new_member_minutes
    )
    return rush.PoolTerms(
        holds=rush.HoldRules(strikes=rules.STRIKES, strike_seconds=rules.STRIKE_SECONDS),
        reserve=rush.Reserve(rush.NEW_MEMBER, row.new_member_units, until) if row.new_member_units else None,
        admission=rush.Admission(burst=room[0], rate=room[1]) if room else None,
        shards=rules.SHARDS if 0 < split_from_units <= row.units else 0,
    )


def _lock_item(item_id: uuid.UUID) -> Item:
    """Locked against other changes of it, not against new units: their foreign key only needs that it exists."""
    with locks.lock_timeout():
        row = Item.objects.select_for_update(no_key=True).filter(id=item_id).first()
    if row is None:
        raise NotFound()
    return row


def _checked(items: Sequence[ItemForm], *, old: Item | None = None) -> dict[uuid.UUID, VariantView]:
    """The variants of well-formed items. Raises BadItem."""
    variants = variants_by_ids([item.variant_id for item in items])
    prices = {key: view.price_minor for key, view in variants.items() if view.is_for_sale}
    if old is not None and old.list_minor is not None:
        prices[old.variant_id] = old.list_minor  # its price was looked at when it was published
    rules.check_items(items, list_prices=prices)
    return variants


def _write_items(
    play_id: uuid.UUID, items: Sequence[ItemForm], variants: dict[uuid.UUID, VariantView]
) -> None:
    Item.objects.filter(play_id=play_id).delete()
    Item.objects.bulk_create(
        [
            Item(
                play_id=play_id,
                variant_id=form.variant_id,
                product_id=variants[form.variant_id].product_id,
                position=position,
                price_minor=form.price_minor,
                units=form.units,
                member_limit=form.member_limit,
                new_member_units=form.new_member_units,
                new_member_minutes=form.new_member_minutes,
            )
            for position, form in enumerate(items, start=1)
        ]
    )


def _set_goods_aside(row: Item, units: int, variant: VariantView, *, key: str) -> None:
    line = HoldLine(ids.derived_id(row.id, key), row.variant_id, units)
    try:
        hold_stock(lines=[line], cause=Cause(ITEM_CAUSE, row.id), expires_at=None)
    except OutOfStock as refusal:
        sellable = refusal.facts.get("sellable", 0)
        raise TooManyUnitsWanted(sku=variant.sku, sellable=sellable, wanted=units) from refusal


def _set_budget_aside(play: PlayView, row: Item, units: int) -> None:
    row.reserves += 1
    cost = rules.discount_minor(list_minor=row.list_minor or 0, price_minor=row.price_minor, quantity=units)
    use_id = _reserve_id(row.id, row.reserves)
    reserve_budget(play, use_id=use_id, amount_minor=cost, subject=("flash_item", row.id))


def _reserve_id(item_id: uuid.UUID, number: int) -> uuid.UUID:
    return ids.derived_id(item_id, f"flash_budget:{number}")


def _form_of(row: Item) -> ItemForm:
    return ItemForm(
        row.variant_id,
        row.price_minor,
        row.units,
        row.member_limit,
        row.new_member_units,
        row.new_member_minutes,
    )
