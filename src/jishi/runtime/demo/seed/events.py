"""Two events that come and one that was: places taken, people waiting, people who came."""

import uuid
from datetime import timedelta

from jishi.flows.community_pictures import keep_pictures
from jishi.flows.event_photos import add_event_photos
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.community.public import door_of
from jishi.modules.events.public import (
    EventForm,
    check_in,
    create_event,
    keep_time,
    publish_event,
    take_place,
)
from jishi.modules.incentives.public import FIRST_RULES, save_rule
from jishi.runtime.demo.seed.goods import Painter
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street
from jishi.runtime.demo.talk import FRUIT, TEA

ORCHARD = "早上九点村口集合，一起走进果园，现摘现尝，带走五斤。中午在林伯家吃农家饭。\n请穿防滑的鞋，孩子要有大人陪。"
TASTING = "从白毫银针到老寿眉，一泡一泡喝过去。线上讲，茶样提前寄到家。"

TAKEN = (
    ("guanxi-pomelo", "柚子剥好了，一人一瓣"),
    ("gannan-navel-orange", "这箱最甜"),
    ("wuchang-rice", "新米煮的第一锅"),
    ("wild-honey", ""),
    ("dandong-strawberry", "孩子抢着吃"),
)


def begin_rewards() -> None:
    """Before anybody does anything that counts."""
    for rule in FIRST_RULES:
        save_rule(rule, by=SYSTEM)


def hold_events(*, street: Street, painter: Painter) -> None:
    now = clock.now()
    first_day = now.replace(hour=1, minute=0, second=0, microsecond=0)  # nine o'clock in the shop's time
    plans = (
        ("南汇果园采摘日", ORCHARD, False, "浦东南汇林伯果园（村口大榕树下）", 6, 16, 20, FRUIT),
        ("白茶品鉴夜", TASTING, True, "", 3, 60, 34, TEA),
        ("秋日尝鲜会", "新米、新栗子、新柚子，一桌尝完。", False, "南京东路小集 2 楼", -5, 24, 24, FRUIT),
    )
    for title, text, is_online, place, days, capacity, wanting, where in plans:
        starts_at = first_day + timedelta(days=days, hours=10 if is_online else 0)  # talks in the evening
        with clock.held_at(starts_at - timedelta(days=9)):
            form = EventForm(
                title, text, is_online, place, "https://live.example/tea" if is_online else "",
                starts_at, starts_at + timedelta(hours=4), capacity,
                community_id=door_of(where.form.handle, by=SYSTEM).community.id,
            )  # fmt: skip
            event_id = create_event(form, by=SYSTEM)
            publish_event(event_id, by=SYSTEM)
        guests = [one for one in street.neighbours if one.joined_at < starts_at - timedelta(days=9)][:wanting]
        places = []
        for number, guest in enumerate(guests):
            with clock.held_at(min(starts_at - timedelta(days=8, minutes=-7 * number), now)):
                places.append(take_place(event_id, by=guest.actor))
        if days < 0:
            with clock.held_at(starts_at + timedelta(minutes=5)):
                for taken in places[:19]:
                    check_in(taken.id, by=SYSTEM)
            with clock.held_at(starts_at + timedelta(hours=5)):
                keep_time()
                _show_pictures(event_id, guests[:5], painter=painter)
    let_it_sink_in()


def _show_pictures(event_id: uuid.UUID, guests: list[Neighbour], *, painter: Painter) -> None:
    """What people who came took home in their phones."""
    for guest, (handle, caption) in zip(guests, TAKEN, strict=False):
        kept = keep_pictures([painter.picture_of(handle, view=1)], by=guest.actor)
        add_event_photos(event_id, kept, by=guest.actor, caption=caption)
