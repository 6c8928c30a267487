"""What the shop decides about loyalty: terms, tiers, badges, missions, rewards, plans; and sending what was taken."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.loyalty.public import (
    TierTerms,
    badges_table,
    check_in_rewards,
    ladder,
    loyalty_terms,
    missions_table,
    plans,
    reward_of,
    rewards_table,
    save_badge,
    save_mission,
    save_plan,
    save_reward,
    set_check_in_rewards,
    set_ladder,
    set_terms,
    tiers_with_members,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import loyalty_words as lw
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import blame, dress, written
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.loyalty_forms import (
    BadgeForm,
    MissionForm,
    PlanForm,
    RewardForm,
    TermsForm,
    TierForm,
)
from jishi.surfaces.console.tables import column, number, row, table, tag, text

PAGE_SIZE = 50
CARD_DAYS = range(1, 8)


@guarded("loyalty.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """The rules of points, and what the days of the check-in card bring."""
    actor = actor_of(request)
    form = TermsForm(request.POST or None, initial=_plain(asdict(loyalty_terms())))
    if request.method == "POST" and form.is_valid():
        try:
            set_terms(form.terms(), by=actor)
            set_check_in_rewards(_days_from(request.POST), by=actor)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("规则保存好了，对以后的订单生效"))
            return redirect("console:loyalty_terms")
    known = check_in_rewards()
    context = {
        "tabs": lw.sections("loyalty_terms", actor=actor),
        "form": dress(form),
        "days": [{"number": day, "points": known.get(day, 0)} for day in CARD_DAYS],
    }
    status = 422 if form.is_bound else 200
    return show(request, "console/loyalty_terms.html", section="loyalty", context=context, status=status)


@guarded("loyalty.view")
@require_safe
def tiers(request: HttpRequest) -> HttpResponse:
    rows = [
        row(
            [
                text(view.terms.name, note=view.terms.code),
                number(f"{view.terms.threshold:,}"),
                number(f"{view.members:,}"),
                number(_percent(view.terms.discount_basis_points)),
                number(f"{view.terms.earn_basis_points / 10_000:g}×"),
                text(_("包邮") if view.terms.ships_free else "–"),
                number(f"{view.terms.birthday_points:,}"),
            ],
            url=reverse("console:loyalty_edit", args=["tier", view.terms.code]),
        )
        for view in tiers_with_members()
    ]
    columns = [
        column(_("等级")),
        column(_("成长值门槛"), is_number=True),
        column(_("会员"), is_number=True),
        column(_("会员折扣"), is_number=True),
        column(_("积分倍数"), is_number=True),
        column(_("运费")),
        column(_("生日送"), is_number=True),
    ]
    empty = (_("还没有等级"), _("第一个等级的门槛是 0，人人都有。"))
    found = table(columns, rows, caption=_("等级"), empty=empty)
    return _list(
        request, "loyalty_tiers", title=_("会员等级"), tables=[("", found)], new=[("tier", _("新等级"))]
    )


@guarded("loyalty.view")
@require_safe
def missions(request: HttpRequest) -> HttpResponse:
    made = [
        row(
            [
                text(view.terms.name, note=view.terms.hint),
                text(f"{lw.deed(view.terms.deed)} × {view.terms.goal}"),
                text(_(lw.CADENCES[view.terms.cadence])),
                number(f"{view.terms.points:,}"),
                number(f"{view.taken:,}"),
                _open_tag(view.terms.is_open),
            ],
            url=reverse("console:loyalty_edit", args=["mission", view.terms.code]),
        )
        for view in missions_table()
    ]
    won = [
        row(
            [
                text(f"{view.terms.mark} {view.terms.name}", note=view.terms.hint),
                text(f"{lw.deed(view.terms.deed)} ≥ {view.terms.threshold}"),
                number(f"{view.holders:,}"),
                _open_tag(view.terms.is_open),
            ],
            url=reverse("console:loyalty_edit", args=["badge", view.terms.code]),
        )
        for view in badges_table()
    ]
    mission_columns = [
        column(_("任务")),
        column(_("条件")),
        column(_("多久一次")),
        column(_("积分"), is_number=True),
        column(_("领过"), is_number=True),
        column(_("状态")),
    ]
    badge_columns = [
        column(_("徽章")),
        column(_("条件")),
        column(_("点亮"), is_number=True),
        column(_("状态")),
    ]
    hint = _("右上角可以新建。")
    found = [
        (_("任务"), table(mission_columns, made, caption=_("任务"), empty=(_("还没有任务"), hint))),
        (_("徽章"), table(badge_columns, won, caption=_("徽章"), empty=(_("还没有徽章"), hint))),
    ]
    new = [("badge", _("新徽章")), ("mission", _("新任务"))]
    return _list(request, "loyalty_missions", title=_("任务和徽章"), tables=found, new=new)


@guarded("loyalty.view")
@require_safe
def rewards(request: HttpRequest) -> HttpResponse:
    rows = [
        row(
            [
                text(view.terms.name, note=view.terms.text),
                text(_(lw.REWARDS[view.terms.kind])),
                number(f"{view.terms.points:,}"),
                number(f"{view.taken:,}"),
                number(_("不限") if view.left is None else f"{view.left:,}"),
                _open_tag(view.terms.is_open),
            ],
            url=reverse("console:loyalty_edit", args=["reward", view.id]),
        )
        for view in rewards_table()
    ]
    columns = [
        column(_("好礼")),
        column(_("种类")),
        column(_("积分"), is_number=True),
        column(_("换出"), is_number=True),
        column(_("剩"), is_number=True),
        column(_("状态")),
    ]
    empty = (_("还没有好礼"), _("上架优惠券、余额、会员时长或实物，让积分有去处。"))
    found = table(columns, rows, caption=_("积分好礼"), empty=empty)
    return _list(
        request, "loyalty_rewards", title=_("积分好礼"), tables=[("", found)], new=[("reward", _("新好礼"))]
    )


@guarded("loyalty.view")
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    rows = [
        row(
            [
                text(view.terms.name, note=view.terms.code),
                number(written(view.terms.price_minor)),
                number(view.terms.days),
                number(_percent(view.terms.discount_basis_points)),
                number(f"{view.terms.earn_basis_points / 10_000:g}×"),
                number(f"{view.members:,}"),
                _open_tag(view.terms.is_open),
            ],
            url=reverse("console:loyalty_edit", args=["plan", view.terms.code]),
        )
        for view in plans(open_only=False)
    ]
    columns = [
        column(_("方案")),
        column(_("价格"), is_number=True),
        column(_("天数"), is_number=True),
        column(_("会员折扣"), is_number=True),
        column(_("积分倍数"), is_number=True),
        column(_("现在的会员"), is_number=True),
        column(_("状态")),
    ]
    empty = (_("还没有方案"), _("会员从钱包付，马上生效，再买往后排。"))
    found = table(columns, rows, caption=_("付费会员"), empty=empty)
    return _list(
        request, "loyalty_plans", title=_("付费会员"), tables=[("", found)], new=[("plan", _("新方案"))]
    )


@guarded("loyalty.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One tier, badge, mission, reward or plan; `new` for one that is not there yet."""
    if kind not in _EDITORS:
        raise NotFound()
    form_type, known, save, page, title = _EDITORS[kind]
    is_new = key == "new"
    initial = _NEW.get(kind, {}) if is_new else _plain(known(key))
    form = form_type(request.POST or None, initial=initial)
    if not is_new and "code" in form.fields:
        form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            save(key, form, actor_of(request))
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("保存好了"))
            return redirect(f"console:{page}")
    context = {"form": dress(form), "title": _(title), "back_url": reverse(f"console:{page}")}
    crumbs = [(_("积分与会员"), reverse("console:loyalty")), (_(title), reverse(f"console:{page}"))]
    return show(
        request,
        "console/loyalty_edit.html",
        section="loyalty",
        context=context,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


def _list(
    request: HttpRequest,
    name: str,
    *,
    title: str,
    tables: list[tuple[str, dict[str, Any]]],
    new: list[tuple[str, str]],
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "title": title,
        "tabs": lw.sections(name, actor=actor),
        "tables": tables,
        "new": [(reverse("console:loyalty_edit", args=[kind, "new"]), label) for kind, label in new],
        "may_edit": actor.may("loyalty.edit"),
    }
    return show(request, "console/loyalty_list.html", section="loyalty", context=context)


def _save_tier(key: str, form: Any, actor: Any) -> None:
    """The ladder with this tier in its place."""
    wanted: TierTerms = form.terms()
    others = [view.terms for view in ladder() if view.terms.code != wanted.code]
    set_ladder(sorted([*others, wanted], key=lambda one: one.threshold), by=actor)


def _save_reward(key: str, form: Any, actor: Any) -> None:
    save_reward(None if key == "new" else _uuid(key), form.terms(), by=actor)


def _by_code(rows: Callable[[], list[Any]]) -> Callable[[str], dict[str, Any]]:
    def find(key: str) -> dict[str, Any]:
        for view in rows():
            if view.terms.code == key:
                return asdict(view.terms)
        raise NotFound()

    return find


def _known_reward(key: str) -> dict[str, Any]:
    return asdict(reward_of(_uuid(key)).terms)


# kind → form, what is known, how to save, the list it belongs to, its title
_EDITORS: dict[str, tuple[Any, Callable[[str], dict[str, Any]], Callable[..., Any], str, str]] = {
    "tier": (TierForm, _by_code(ladder), _save_tier, "loyalty_tiers", "会员等级"),
    "badge": (
        BadgeForm,
        _by_code(badges_table),
        lambda key, form, actor: save_badge(form.terms(), by=actor),
        "loyalty_missions",
        "任务和徽章",
    ),
    "mission": (
        MissionForm,
        _by_code(missions_table),
        lambda key, form, actor: save_mission(form.terms(), by=actor),
        "loyalty_missions",
        "任务和徽章",
    ),
    "plan": (
        PlanForm,
        _by_code(lambda: plans(open_only=False)),
        lambda key, form, actor: save_plan(form.terms(), by=actor),
        "loyalty_plans",
        "付费会员",
    ),
    "reward": (RewardForm, _known_reward, _save_reward, "loyalty_rewards", "积分好礼"),
}
_NEW: dict[str, dict[str, Any]] = {
    "tier": {"earn_basis_points": 10_000, "discount_basis_points": 0, "birthday_points": 0},
    "badge": {"mark": "★", "threshold": 1, "is_open": True},
    "mission": {"goal": 1, "points": 10, "is_open": True},
    "plan": {"days": 30, "discount_basis_points": 0, "earn_basis_points": 10_000, "is_open": True},
    "reward": {"member_limit": 0, "is_open": True},
}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in values.items()}


def _uuid(key: str) -> uuid.UUID:
    try:
        return uuid.UUID(key)
    except ValueError as error:
        raise NotFound() from error


def _days_from(posted: QueryDict) -> dict[int, int]:
    found = {}
    for day in CARD_DAYS:
        value = posted.get(f"day:{day}", "").strip()
        if value.isdecimal() and len(value) < 6:
            found[day] = int(value)
    return found


def _percent(basis_points: int) -> str:
    return f"−{basis_points / 100:g}%" if basis_points else "–"


def _open_tag(is_open: bool) -> dict[str, Any]:
    return tag(_("开着"), "leaf") if is_open else tag(_("关着"), "line")
