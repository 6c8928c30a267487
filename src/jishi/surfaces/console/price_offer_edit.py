"""Writing an offer: what it gives, for what, to whom, when, and with what it goes together."""

import uuid
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jishi.modules.catalog.public import CategoryView, category_tree, product_table
from jishi.modules.promotions.public import (
    Audience,
    BadOffer,
    Calendar,
    Offer,
    OfferForm,
    OfferView,
    Scope,
    Stage,
    benefit_as_json,
    benefit_from_json,
    change_offer,
    create_offer,
    offer_view,
    publish_offer,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import offer_words as words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.editing import save_change, save_new
from jishi.surfaces.console.forms import LocalTimeField, MoneyField, blame, dress, once_key
from jishi.surfaces.console.frame import show

PRODUCTS_SHOWN = 200
STEP_ROWS = 4
KINDS = {
    Stage.ITEM: ("percent", "amount", "fixed_price", "nth", "units_for", "gift"),
    Stage.ORDER: ("steps", "every_full", "percent", "amount", "gift"),
    Stage.COUPON: ("amount", "percent", "steps", "every_full"),
    Stage.SHIPPING: ("shipping",),
}
DEFAULT_GROUP = {Stage.ITEM: "item", Stage.ORDER: "order", Stage.COUPON: "coupon", Stage.SHIPPING: "shipping"}


class EditForm(forms.Form):
    """Everything about an offer. Which numbers count depends on `kind`."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("只给同事看"))
    label = forms.CharField(
        label=gettext_lazy("给顾客看的说法"), max_length=40, help_text=gettext_lazy("例如：满 100 减 20")
    )
    kind = forms.ChoiceField(label=gettext_lazy("怎么优惠"))
    percent = forms.DecimalField(
        label=gettext_lazy("减百分之几"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    minor = MoneyField(
        label=gettext_lazy("金额"), required=False, help_text=gettext_lazy("运费优惠留空就是全免")
    )
    cap_minor = MoneyField(label=gettext_lazy("最多减"), required=False, may_be_zero=False)
    every = forms.IntegerField(label=gettext_lazy("第几件"), required=False, min_value=1, max_value=99)
    units = forms.IntegerField(label=gettext_lazy("件数"), required=False, min_value=1, max_value=99)
    times = forms.IntegerField(label=gettext_lazy("最多几次"), required=False, min_value=1, max_value=99)
    measure = forms.ChoiceField(
        label=gettext_lazy("门槛按"),
        required=False,
        choices=[("amount", gettext_lazy("金额")), ("units", gettext_lazy("件数"))],
    )
    full_minor = MoneyField(label=gettext_lazy("每满"), required=False, may_be_zero=False)
    off_minor = MoneyField(label=gettext_lazy("减"), required=False, may_be_zero=False)
    gift_sku = forms.CharField(label=gettext_lazy("赠品"), required=False, max_length=36)
    least_minor = MoneyField(label=gettext_lazy("满多少钱可用"), required=False)
    least_units = forms.IntegerField(
        label=gettext_lazy("满几件可用"), required=False, min_value=0, max_value=999
    )
    categories = forms.MultipleChoiceField(label=gettext_lazy("类目"), required=False)
    products = forms.MultipleChoiceField(label=gettext_lazy("商品"), required=False)
    without = forms.MultipleChoiceField(label=gettext_lazy("除了这些商品"), required=False)
    new_members = forms.BooleanField(label=gettext_lazy("只给新会员"), required=False)
    paid_members = forms.BooleanField(label=gettext_lazy("只给付费会员"), required=False)
    from_rank = forms.IntegerField(
        label=gettext_lazy("从第几级会员起"), required=False, min_value=0, max_value=20
    )
    opens_at = LocalTimeField(label=gettext_lazy("开始"), required=False)
    closes_at = LocalTimeField(label=gettext_lazy("结束"), required=False)
    month_days = forms.CharField(
        label=gettext_lazy("每月哪几日"),
        required=False,
        max_length=90,
        help_text=gettext_lazy("会员日，例如 8, 18, 28；不填就是每天"),
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("星期几"),
        required=False,
        choices=[
            (str(n), label)
            for n, label in enumerate(
                (
                    gettext_lazy("周一"),
                    gettext_lazy("周二"),
                    gettext_lazy("周三"),
                    gettext_lazy("周四"),
                    gettext_lazy("周五"),
                    gettext_lazy("周六"),
                    gettext_lazy("周日"),
                )
            )
        ],
    )
    dates = forms.CharField(
        label=gettext_lazy("哪几天"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("节日，例如 2026-12-24, 2027-02-06"),
    )
    from_hour = forms.IntegerField(label=gettext_lazy("从几点"), required=False, min_value=0, max_value=23)
    until_hour = forms.IntegerField(label=gettext_lazy("到几点"), required=False, min_value=1, max_value=24)
    group = forms.CharField(
        label=gettext_lazy("互斥组"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("同组只用最划算的一个；留空就和谁都能一起用"),
    )
    excludes = forms.CharField(
        label=gettext_lazy("不能一起用的组"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("逗号分开"),
    )
    skips = forms.CharField(
        label=gettext_lazy("跳过用了这些组的商品"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("逗号分开"),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("优先级"), required=False, min_value=-1000, max_value=1000
    )
    on_plays = forms.BooleanField(label=gettext_lazy("拼团、砍价价也能再减"), required=False)
    budget_minor = MoneyField(
        label=gettext_lazy("预算"),
        required=False,
        may_be_zero=False,
        help_text=gettext_lazy("下单时预留，付款时用掉，没付放回；用完自动停"),
    )
    member_limit = forms.IntegerField(
        label=gettext_lazy("每人几次"), required=False, min_value=1, max_value=10_000
    )

    def __init__(
        self, *args: Any, stage: Stage, choices: dict[str, list[tuple[str, str]]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.stage = stage
        self._choose("kind", [(kind, words.benefit_kind(kind)) for kind in KINDS[stage]])
        self._choose("categories", choices["categories"])
        self._choose("products", choices["products"])
        self._choose("without", choices["products"])
        for n in range(STEP_ROWS):
            self.fields[f"step_least_{n}"] = forms.CharField(required=False, max_length=20, label=_("满"))
            self.fields[f"step_off_{n}"] = MoneyField(required=False, label=_("减"))
            self.fields[f"step_percent_{n}"] = forms.DecimalField(
                required=False, min_value=0, max_value=100, decimal_places=2, label=_("或减 %")
            )
        dress(self)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def step_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"step_{part}_{n}"] for part in ("least", "off", "percent")] for n in range(STEP_ROWS)]

    def offer_form(self) -> OfferForm:
        """Raises BadOffer for numbers that make no sense."""
        v = self.cleaned_data
        rule = Offer(
            id=uuid.UUID(int=0),
            label=v["label"],
            stage=self.stage,
            benefit=benefit_from_json(self._benefit()),
            scope=Scope(
                product_ids=_ids(v["products"]),
                category_ids=_ids(v["categories"]),
                without=_ids(v["without"]),
            ),
            least_minor=v["least_minor"] or 0,
            least_units=v["least_units"] or 0,
            audience=Audience(v["new_members"], v["paid_members"], v["from_rank"] or 0),
            calendar=self._calendar(),
            opens_at=v["opens_at"],
            closes_at=v["closes_at"],
            priority=v["priority"] or 0,
            group=v["group"].strip(),
            excludes=_names(v["excludes"]),
            skips=_names(v["skips"]),
            on_plays=v["on_plays"],
            budget_minor=v["budget_minor"],
            member_limit=v["member_limit"],
        )
        return OfferForm(v["name"], rule)

    def _benefit(self) -> dict[str, Any]:
        v = self.cleaned_data
        rate = round(v["percent"] * 100) if v["percent"] is not None else 0
        written: dict[str, dict[str, Any]] = {
            "percent": {"rate": rate, "cap_minor": v["cap_minor"]},
            "amount": {"minor": v["minor"] or 0},
            "fixed_price": {"minor": v["minor"] if v["minor"] is not None else -1},
            "nth": {"every": v["every"] or 0, "rate": rate, "times": v["times"]},
            "units_for": {"units": v["units"] or 0, "minor": v["minor"] or 0, "times": v["times"]},
            "steps": {
                "steps": self._steps(),
                "measure": v["measure"] or "amount",
                "cap_minor": v["cap_minor"],
            },
            "every_full": {
                "least_minor": v["full_minor"] or 0,
                "off_minor": v["off_minor"] or 0,
                "times": v["times"],
            },
            "gift": {"variant_id": v["gift_sku"], "units": v["units"] or 1},
            "shipping": {"minor": v["minor"]},
        }
        return {"kind": v["kind"], **written[v["kind"]]}

    def _steps(self) -> list[dict[str, int]]:
        v = self.cleaned_data
        rows = []
        for n in range(STEP_ROWS):
            least = (v.get(f"step_least_{n}") or "").strip()
            if not least:
                continue
            try:
                whole = int(least) if v["measure"] == "units" else MoneyField().to_python(least)
            except (ValueError, forms.ValidationError) as error:
                raise BadOffer(field="kind", reason="每档写门槛，以及减多少或打几折其中之一") from error
            percent = v.get(f"step_percent_{n}")
            rate = round(percent * 100) if percent else 0
            rows.append({"least": whole, "off_minor": v.get(f"step_off_{n}") or 0, "rate": rate})
        return rows

    def _calendar(self) -> Calendar:
        v = self.cleaned_data
        try:
            return Calendar(
                dates=tuple(sorted(date.fromisoformat(day) for day in _names(v["dates"]))),
                weekdays=tuple(int(day) for day in v["weekdays"]),
                month_days=tuple(sorted(int(day) for day in _names(v["month_days"]))),
                from_hour=v["from_hour"] or 0,
                until_hour=v["until_hour"] if v["until_hour"] is not None else 24,
            )
        except ValueError as error:
            raise BadOffer(field="month_days", reason="请选择周一到周日、每月 1 到 31 日") from error


@guarded("promotions.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("stage", "order")
    stage = Stage(asked) if asked in set(Stage) else Stage.ORDER
    form = EditForm(
        request.POST or None,
        stage=stage,
        choices=_choices(request),
        initial={"group": DEFAULT_GROUP[stage], "from_hour": 0, "until_hour": 24},
    )
    if request.method == "POST" and form.is_valid():
        done = save_new(
            request,
            make=lambda by: create_offer(form.offer_form(), by=by).id,
            publish=partial(publish_offer, currency=settings.JISHI_CURRENCY),
            blame=partial(blame, form),
            said=_("优惠已保存"),
            live="console:price_offer",
            table="console:price_offers",
        )
        if done is not None:
            return done
    return _editor(request, form, offer=None)


@guarded("promotions.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    offer = offer_view(offer_id)
    form = EditForm(
        request.POST or None,
        stage=offer.rule.stage,
        choices=_choices(request),
        initial=values_of(offer),
    )
    if request.method == "POST" and form.is_valid():
        version = int(request.POST.get("version", "0") or 0)
        done = save_change(
            request,
            offer_id,
            write=lambda by: change_offer(offer_id, form.offer_form(), version=version, by=by),
            publish=None,
            blame=partial(blame, form),
            said=_("优惠已保存"),
            live="console:price_offer",
        )
        return done if done is not None else _editor(request, form, offer=offer)
    return _editor(request, form, offer=offer)


def values_of(offer: OfferView) -> dict[str, Any]:
    """An offer as the form shows it."""
    rule = offer.rule
    written = benefit_as_json(rule.benefit)
    values: dict[str, Any] = {
        "name": offer.name,
        "kind": written["kind"],
        "percent": written["rate"] / 100 if written.get("rate") else None,
        "minor": written.get("minor"),
        "cap_minor": written.get("cap_minor"),
        "every": written.get("every"),
        "units": written.get("units"),
        "times": written.get("times"),
        "measure": written.get("measure", "amount"),
        "full_minor": written.get("least_minor"),
        "off_minor": written.get("off_minor"),
        "gift_sku": written.get("variant_id", ""),
        "products": [str(one) for one in rule.scope.product_ids],
        "categories": [str(one) for one in rule.scope.category_ids],
        "without": [str(one) for one in rule.scope.without],
        "new_members": rule.audience.new_members,
        "paid_members": rule.audience.paid_members,
        "from_rank": rule.audience.from_rank,
        "month_days": ", ".join(str(day) for day in rule.calendar.month_days),
        "weekdays": [str(day) for day in rule.calendar.weekdays],
        "dates": ", ".join(day.isoformat() for day in rule.calendar.dates),
        "from_hour": rule.calendar.from_hour,
        "until_hour": rule.calendar.until_hour,
        "excludes": ", ".join(sorted(rule.excludes)),
        "skips": ", ".join(sorted(rule.skips)),
    }
    by_units = written.get("measure") == "units"
    for n, step in enumerate(written.get("steps", ())):
        values[f"step_least_{n}"] = step["least"] if by_units else f"{step['least'] / 100:g}"
        values[f"step_off_{n}"] = step["off_minor"] or None
        values[f"step_percent_{n}"] = step["rate"] / 100 if step["rate"] else None
    same = ("label", "least_minor", "least_units", "opens_at", "closes_at", "group", "priority", "on_plays")
    return values | {name: getattr(rule, name) for name in (*same, "budget_minor", "member_limit")}


def _editor(request: HttpRequest, form: EditForm, *, offer: OfferView | None) -> HttpResponse:
    context = {
        "form": form,
        "offer": offer,
        "stage_words": words.offer_stage(form.stage),
        "stages": [
            {"url": f"?stage={stage.value}", "label": words.offer_stage(stage), "is_on": stage is form.stage}
            for stage in Stage
        ],
        "once": request.POST.get("once") or once_key(),
    }
    crumbs = [(_("优惠"), reverse("console:price_offers"))]
    status = 422 if form.is_bound else 200
    return show(
        request,
        "console/price_offer_edit.html",
        section="price_offers",
        context=context,
        crumbs=crumbs,
        status=status,
    )


def _choices(request: HttpRequest) -> dict[str, list[tuple[str, str]]]:
    rows, _total = product_table(by=actor_of(request), state="published", sort="-sold", limit=PRODUCTS_SHOWN)
    return {
        "products": [(str(found.card.id), found.card.title) for found in rows],
        "categories": _flat(category_tree()),
    }


def _flat(tree: tuple[CategoryView, ...]) -> list[tuple[str, str]]:
    found = []
    for category in tree:
        found.append((str(category.id), category.path))
        found += _flat(category.children)
    return found


def _ids(values: list[str]) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(value) for value in values)


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.replace("，", ",").split(",") if name.strip())
