"""Two events that come and one that was: places taken, people waiting, people who came."""

from datetime import timedelta

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.events.public import (
    EventForm,
    check_in,
    create_event,
    keep_time,
    publish_event,
    take_place,
)
from jishi.modules.incentives.public import FIRST_RULES, save_rule
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Street

ORCHARD = "早上九点村口集合，一起走进果园，现摘现尝，带走五斤。中午在林伯家吃农家饭。\n请穿防滑的鞋，孩子要有大人陪。"
TEA = "从白毫银针到老寿眉，一泡一泡喝过去。线上讲，茶样提前寄到家。"


def hold_events(*, street: Street) -> None:
    for rule in FIRST_RULES:
        save_rule(rule, by=SYSTEM)
    now = clock.now()
    first_day = now.replace(hour=1, minute=0, second=0, microsecond=0)  # nine o'clock in the shop's time
    plans = (
        ("南汇果园采摘日", ORCHARD, False, "浦东南汇林伯果园（村口大榕树下）", 6, 16, 20),
        ("白茶品鉴夜", TEA, True, "", 3, 60, 34),
        ("秋日尝鲜会", "新米、新栗子、新柚子，一桌尝完。", False, "南京东路小集 2 楼", -5, 24, 24),
    )
    for title, text, is_online, place, days, capacity, wanting in plans:
        starts_at = first_day + timedelta(days=days, hours=10 if is_online else 0)  # talks in the evening
        with clock.held_at(starts_at - timedelta(days=9)):
            form = EventForm(
                title, text, is_online, place, "https://live.example/tea" if is_online else "",
                starts_at, starts_at + timedelta(hours=4), capacity,
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
    let_it_sink_in()
