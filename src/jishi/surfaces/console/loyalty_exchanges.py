"""What points were exchanged for; goods that wait are sent or cancelled here."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel.errors import NotFound
from jishi.modules.loyalty.public import ExchangeState, cancel_exchange, exchanges_table, send_exchange
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.console import loyalty_words as lw
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import local
from jishi.surfaces.console.tables import tabs, with_query

PAGE_SIZE = 50


@guarded("loyalty.view")
@require_safe
def exchanges(request: HttpRequest) -> HttpResponse:
    """What was taken; goods that wait are sent or cancelled here."""
    actor, query = actor_of(request), request.GET
    state = query.get("state", "")
    states = [ExchangeState(state)] if state in set(ExchangeState) else []
    found = exchanges_table(by=actor, states=states, after=key_of(query.get("cursor", "")), limit=PAGE_SIZE)
    people = people_by_ids(view.member_id for view in found)
    following = cursor_after(found, limit=PAGE_SIZE, field="at")
    choices = [("", _("全部")), *((one.value, lw.exchange_state(one)[0]) for one in ExchangeState)]
    context = {
        "tabs": lw.sections("loyalty_exchanges", actor=actor),
        "states": tabs(choices, name="state", query=query),
        "exchanges": [
            {
                "view": view,
                "who": people.get(view.member_id),
                "state": lw.exchange_state(view.state)[0],
                "colour": lw.exchange_state(view.state)[1],
                "kind": _(lw.REWARDS[view.kind]),
                "at": local(view.at),
                "address": view.address_note if actor.may("members.contact") else "",
                "may_send": view.state is ExchangeState.TO_SEND and actor.may("loyalty.edit"),
                "once": once_key(),
            }
            for view in found
        ],
        "older_url": with_query(query, cursor=following) if following else None,
    }
    return show(request, "console/loyalty_exchanges.html", section="loyalty", context=context)


@guarded("loyalty.edit")
@require_POST
def exchange_act(request: HttpRequest, exchange_id: uuid.UUID, verb: str) -> HttpResponse:
    actor, note = actor_of(request), request.POST.get("note", "")
    if verb == "send":
        act_once(request, lambda: send_exchange(exchange_id, by=actor, tracking_note=note))
        messages.success(request, _("记下了，会员能看到单号"))
    elif verb == "cancel":
        act_once(request, lambda: cancel_exchange(exchange_id, by=actor, reason=note))
        messages.success(request, _("已取消，积分退回原来那一批"))
    else:
        raise NotFound()
    return redirect("console:loyalty_exchanges")
