"""Forms of loyalty: each knows the terms it stands for."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jishi.modules.loyalty.public import (
    BadgeTerms,
    Cadence,
    DeedKind,
    FallPolicy,
    MissionTerms,
    PlanTerms,
    ReturnPolicy,
    RewardKind,
    RewardTerms,
    Terms,
    TierTerms,
    badges_table,
    plans,
)
from jishi.surfaces.console import loyalty_words as lw
from jishi.surfaces.console.forms import MoneyField

CODE_HELP = gettext_lazy("英文代号，定了就不改")


def _choices(words: dict[Any, str]) -> list[tuple[str, str]]:
    return [(kind.value, _(label)) for kind, label in words.items()]


class TermsForm(forms.Form):
    is_open = forms.BooleanField(label=gettext_lazy("发积分、用积分"), required=False)
    earn_per_unit = forms.IntegerField(label=gettext_lazy("每满 1 元得几分"), min_value=0, max_value=1_000)
    points_per_unit = forms.IntegerField(label=gettext_lazy("几分抵 1 元"), min_value=1, max_value=1_000_000)
    share_basis_points_max = forms.IntegerField(
        label=gettext_lazy("一单最多抵货款的万分之几"), min_value=0, max_value=10_000
    )
    points_step = forms.IntegerField(label=gettext_lazy("用积分的最小单位"), min_value=1, max_value=1_000_000)
    return_days = forms.IntegerField(label=gettext_lazy("收货几天后到账"), min_value=0, max_value=90)
    expiry_months = forms.IntegerField(
        label=gettext_lazy("到账后第几个月的月底到期"), min_value=1, max_value=120
    )
    notice_days = forms.IntegerField(label=gettext_lazy("到期前几天提醒"), min_value=1, max_value=90)
    return_policy = forms.ChoiceField(label=gettext_lazy("退款时积分已经用掉怎么办"))
    fall_policy = forms.ChoiceField(label=gettext_lazy("成长值不够怎么降级"))
    grace_days = forms.IntegerField(label=gettext_lazy("降级前留几天"), min_value=0, max_value=365)
    check_in_points = forms.IntegerField(label=gettext_lazy("每天签到得几分"), min_value=0, max_value=1_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "return_policy", _choices(lw.RETURN_POLICIES))
        choose(self, "fall_policy", _choices(lw.FALL_POLICIES))

    def terms(self) -> Terms:
        values = self.cleaned_data
        return Terms(
            **{
                **values,
                "return_policy": ReturnPolicy(values["return_policy"]),
                "fall_policy": FallPolicy(values["fall_policy"]),
            }
        )


class TierForm(forms.Form):
    code = forms.SlugField(label=gettext_lazy("代号"), max_length=24, help_text=CODE_HELP)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=24)
    threshold = forms.IntegerField(label=gettext_lazy("成长值门槛"), min_value=0, max_value=100_000_000)
    discount_basis_points = forms.IntegerField(
        label=gettext_lazy("会员折扣（减万分之几）"),
        min_value=0,
        max_value=9_999,
        help_text=gettext_lazy("500 是 95 折"),
    )
    earn_basis_points = forms.IntegerField(
        label=gettext_lazy("积分倍数（万分之几）"),
        min_value=0,
        max_value=100_000,
        help_text=gettext_lazy("15000 是 1.5 倍"),
    )
    birthday_points = forms.IntegerField(label=gettext_lazy("生日送几分"), min_value=0, max_value=1_000_000)
    ships_free = forms.BooleanField(label=gettext_lazy("包邮"), required=False)
    benefits = forms.CharField(
        label=gettext_lazy("别的权益"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一条"),
    )

    def terms(self) -> TierTerms:
        return TierTerms(**self.cleaned_data)


class BadgeForm(forms.Form):
    code = forms.SlugField(label=gettext_lazy("代号"), max_length=24, help_text=CODE_HELP)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=24)
    hint = forms.CharField(label=gettext_lazy("怎么得"), max_length=80)
    mark = forms.CharField(label=gettext_lazy("图案（一个字）"), max_length=4)
    deed = forms.ChoiceField(label=gettext_lazy("数什么"))
    threshold = forms.IntegerField(label=gettext_lazy("数到几"), min_value=1, max_value=1_000_000)
    is_open = forms.BooleanField(label=gettext_lazy("开着"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "deed", _choices(lw.DEEDS))

    def terms(self) -> BadgeTerms:
        return BadgeTerms(**{**self.cleaned_data, "deed": DeedKind(self.cleaned_data["deed"])})


class MissionForm(forms.Form):
    code = forms.SlugField(label=gettext_lazy("代号"), max_length=24, help_text=CODE_HELP)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=24)
    hint = forms.CharField(label=gettext_lazy("怎么做"), max_length=80)
    deed = forms.ChoiceField(label=gettext_lazy("数什么"))
    goal = forms.IntegerField(label=gettext_lazy("几次"), min_value=1, max_value=10_000)
    cadence = forms.ChoiceField(label=gettext_lazy("多久一次"))
    points = forms.IntegerField(label=gettext_lazy("得几分"), min_value=0, max_value=1_000_000)
    badge_code = forms.ChoiceField(label=gettext_lazy("还得徽章"), required=False)
    link = forms.CharField(label=gettext_lazy("去哪里做"), max_length=120, required=False)
    is_open = forms.BooleanField(label=gettext_lazy("开着"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "deed", _choices(lw.DEEDS))
        choose(self, "cadence", _choices(lw.CADENCES))
        choose(self, "badge_code", [("", _("不送")), *((b.terms.code, b.terms.name) for b in badges_table())])

    def clean_link(self) -> str:
        """Only pages of this shop."""
        link = str(self.cleaned_data["link"])
        if link and (not link.startswith("/") or link.startswith("//")):
            raise forms.ValidationError(_("写店里的地址，例如 /rewards/"))
        return link

    def terms(self) -> MissionTerms:
        values = self.cleaned_data
        return MissionTerms(
            **{**values, "deed": DeedKind(values["deed"]), "cadence": Cadence(values["cadence"])}
        )


class RewardForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    points = forms.IntegerField(label=gettext_lazy("要几分"), min_value=1, max_value=1_000_000)
    stock = forms.IntegerField(
        label=gettext_lazy("库存"), min_value=0, required=False, help_text=gettext_lazy("不填就不限")
    )
    member_limit = forms.IntegerField(
        label=gettext_lazy("每人限几份"), min_value=0, max_value=1_000, help_text=gettext_lazy("0 是不限")
    )
    text = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)
    coupon_code = forms.CharField(
        label=gettext_lazy("优惠券编号"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("种类是优惠券时填"),
    )
    amount_minor = MoneyField(
        label=gettext_lazy("存入钱包"), required=False, help_text=gettext_lazy("种类是钱包余额时填")
    )
    plan_code = forms.ChoiceField(
        label=gettext_lazy("会员方案"), required=False, help_text=gettext_lazy("种类是会员时长时选")
    )
    days = forms.IntegerField(label=gettext_lazy("会员天数"), min_value=0, max_value=3_650, required=False)
    is_open = forms.BooleanField(label=gettext_lazy("上架"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "kind", _choices(lw.REWARDS))
        offered = [(plan.terms.code, plan.terms.name) for plan in plans(open_only=False)]
        choose(self, "plan_code", [("", _("不是会员")), *offered])

    def terms(self) -> RewardTerms:
        values = self.cleaned_data
        return RewardTerms(
            **{
                **values,
                "kind": RewardKind(values["kind"]),
                "amount_minor": values["amount_minor"] or 0,
                "days": values["days"] or 0,
                "currency": settings.JISHI_CURRENCY,
            }
        )


class PlanForm(forms.Form):
    code = forms.SlugField(label=gettext_lazy("代号"), max_length=24, help_text=CODE_HELP)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=24)
    price_minor = MoneyField(label=gettext_lazy("价格"), may_be_zero=False)
    days = forms.IntegerField(label=gettext_lazy("天数"), min_value=1, max_value=3_650)
    discount_basis_points = forms.IntegerField(
        label=gettext_lazy("会员折扣（减万分之几）"),
        min_value=0,
        max_value=9_999,
        help_text=gettext_lazy("500 是 95 折"),
    )
    earn_basis_points = forms.IntegerField(
        label=gettext_lazy("积分倍数（万分之几）"),
        min_value=0,
        max_value=100_000,
        help_text=gettext_lazy("15000 是 1.5 倍"),
    )
    ships_free = forms.BooleanField(label=gettext_lazy("包邮"), required=False)
    benefits = forms.CharField(
        label=gettext_lazy("别的权益"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一条"),
    )
    is_open = forms.BooleanField(label=gettext_lazy("在卖"), required=False)

    def terms(self) -> PlanTerms:
        return PlanTerms(**{**self.cleaned_data, "currency": settings.JISHI_CURRENCY})


def choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
