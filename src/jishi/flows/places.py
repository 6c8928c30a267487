"""What an order holds besides goods: a unit of a flash sale, a bargained price. Each play says here how it is settled.

`play_kind` of an order picks the row. Group buying is not here: a seat may move to another team, so its payments are
settled by `flows.payment` itself; only giving a seat back is like the others.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from jishi.flows.bargains import give_bargain_back
from jishi.modules.plays.bargain.public import keep_bargain, regain_bargain
from jishi.modules.plays.group_buy.public import release_seat
from jishi.modules.plays.lucky_draw.public import give_voucher_back, keep_voucher


@dataclass(frozen=True, slots=True)
class Place:
    """All three run inside the caller's transaction and may be repeated.

    `keep(order_id)`: paid in time; False when what the order held is gone. `regain(order_id)`: paid after it was given
    back; False when it cannot be had again and the money has to go back. `give_back(order_id, reason)`: the order was
    not paid, or all of it was refunded before anything was shipped.
    """

    keep: Callable[[uuid.UUID], bool]
    regain: Callable[[uuid.UUID], bool]
    give_back: Callable[[uuid.UUID, str], None]


PLACES: dict[str, Place] = {
    "bargain": Place(keep=keep_bargain, regain=regain_bargain, give_back=give_bargain_back),
    # a shipping fee that comes after the prize was given back goes back too
    "lucky_draw": Place(keep=keep_voucher, regain=keep_voucher, give_back=give_voucher_back),
}


def keep_place(play_kind: str, order_id: uuid.UUID) -> bool:
    place = PLACES.get(play_kind)
    return place is None or place.keep(order_id)


def regain_place(play_kind: str, order_id: uuid.UUID) -> bool:
    place = PLACES.get(play_kind)
    return place is None or place.regain(order_id)


def give_place_back(play_kind: str, order_id: uuid.UUID, *, reason: str) -> None:
    if play_kind == "group_buy":
        release_seat(order_id, reason=reason)
    elif play_kind in PLACES:
        PLACES[play_kind].give_back(order_id, reason)
