"""What an order holds besides goods: a unit of a flash sale, a bargained price. Each play says here how it is settled.

`play_kind` of an order picks the row. Group buying is not here: a seat may move to another team, so its payments are
settled by `flows.payment` itself; only giving a seat back is like the others.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from jishi.flows.bargains import give_bargain_back, regain_with_unit
from jishi.modules.plays.bargain.public import keep_bargain
from jishi.modules.plays.flash_sale.public import pay_unit, regain_unit, return_unit
from jishi.modules.plays.group_buy.public import release_seat
from jishi.modules.plays.lucky_draw.public import give_voucher_back, keep_voucher


@dataclass(frozen=True, slots=True)
class Place:
    """All three run inside the caller's transaction and may be repeated.

    `keep(order_id)`: paid in time; False when what the order held is gone. `regain(order_id)`: paid after it was given
    back; False when it cannot be had again and the money has to go back. `give_back(order_id, reason)`: the order was
    not paid, or all of it was refunded before anything was shipped.
    `has_goods`: the play has goods set aside. Regaining a place gets its goods too, and `give_back` says whether it took them.
    """

    keep: Callable[[uuid.UUID], bool]
    regain: Callable[[uuid.UUID], bool]
    give_back: Callable[[uuid.UUID, str], bool | None]
    has_goods: bool = False


PLACES: dict[str, Place] = {
    "flash_sale": Place(
        keep=pay_unit,
        regain=regain_unit,
        give_back=lambda order_id, reason: return_unit(order_id, reason=reason),
        has_goods=True,
    ),
    "bargain": Place(keep=keep_bargain, regain=regain_with_unit, give_back=give_bargain_back),
    # a shipping fee that comes after the prize was given back goes back too
    "lucky_draw": Place(keep=keep_voucher, regain=keep_voucher, give_back=give_voucher_back),
}


def keep_place(play_kind: str, order_id: uuid.UUID) -> bool:
    place = PLACES.get(play_kind)
    return place is None or place.keep(order_id)


def regain_place(play_kind: str, order_id: uuid.UUID) -> bool:
    place = PLACES.get(play_kind)
    return place is None or place.regain(order_id)


def has_goods(play_kind: str) -> bool:
    place = PLACES.get(play_kind)
    return place is not None and place.has_goods


def take_goods_back(play_kind: str, order_id: uuid.UUID, *, reason: str) -> bool:
    """Before the order's stock is released: a play that has goods set aside takes place and goods back.

    True when the goods went to the play and nothing is left to be released.
    """
    return has_goods(play_kind) and bool(PLACES[play_kind].give_back(order_id, reason))


def give_place_back(play_kind: str, order_id: uuid.UUID, *, reason: str) -> None:
    """After the order's stock was released: the places of all other plays."""
    if play_kind == "group_buy":
        release_seat(order_id, reason=reason)
    elif play_kind in PLACES and not has_goods(play_kind):
        PLACES[play_kind].give_back(order_id, reason)
