"""A fact that a rule names gives points once, and the board shows who."""

from datetime import timedelta

import pytest

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.events import public as events
from jishi.modules.incentives.public import FIRST_RULES, rules_table, save_rule, thank
from jishi.modules.loyalty.public import spendable_points
from tests.flows.test_moderation import logged_in
from tests.world import makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_came_and_who_was_thanked_get_their_points_and_stand_on_the_board() -> None:
    for rule in FIRST_RULES:
        save_rule(rule, by=SYSTEM)
    member = makers.make_member(nickname="果农老林")
    assert member.id is not None
    begins = clock.now() + timedelta(hours=1)
    form = events.EventForm("采摘", "", False, "果园", "", begins, begins + timedelta(hours=1), 3)
    event_id = events.create_event(form, by=SYSTEM)
    events.publish_event(event_id, by=SYSTEM)
    before = spendable_points(member.id)
    events.check_in(events.take_place(event_id, by=member).id, by=SYSTEM)
    thank(member.id, by=makers.make_member(), about_kind="event", about_id=event_id)
    run_jobs()
    run_jobs()
    assert spendable_points(member.id) - before == 10 + 2
    client = logged_in(member)
    page = client.get("/board/").content.decode()
    assert "果农老林" in page and "8.0" in page
    staff = logged_in(makers.make_member(role="operator"))
    assert staff.get("/console/incentives/").status_code == 200
    names = {
        f"{rule.fact_name}:{name}": "7" for rule in FIRST_RULES for name in ("points", "value", "daily_cap")
    }
    assert staff.post("/console/incentives/", names).status_code == 302
    saved = rules_table(by=SYSTEM)
    assert {(row.form.points, row.form.is_on) for row in saved} == {(7, False)}
    assert (
        logged_in(makers.make_member(role="read_only")).post("/console/incentives/", names).status_code == 403
    )
