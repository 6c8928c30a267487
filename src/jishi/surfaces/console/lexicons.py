"""The word lists, the words of one, a box to try a text, and the numbers of the automatic rules."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel.errors import InvalidInput, Refusal
from jishi.modules.guard.public import (
    BOUNDS,
    Action,
    ContentCheck,
    LexiconKind,
    Severity,
    WordForm,
    WordView,
    check_content,
    create_lexicon,
    import_lexicon,
    lexicon_view,
    lexicons,
    remove_word,
    save_word,
    set_thresholds,
    switch_lexicon,
    thresholds,
    words_table,
)
from jishi.platform.http import actor_of
from jishi.surfaces import moderation_words as words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import blame, dress
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.highlights import finding_rows, highlighted
from jishi.surfaces.console.questions import page_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tag, text
from jishi.surfaces.refusals import words_of

PAGE_SIZE = 100
FILE_BYTES_MAX = 8 * 1024 * 1024
TRIED_LENGTH_MAX = 5_000
SEVERITIES = [(one.value, one.value) for one in Severity]


class WordEdit(forms.Form):
    """One word of a lexicon."""

    text = forms.CharField(label=gettext_lazy("词或句式"), max_length=200)
    category = forms.CharField(label=gettext_lazy("分类"), max_length=60, required=False)
    severity = forms.ChoiceField(label=gettext_lazy("轻重"))
    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=200, required=False, help_text=gettext_lazy("作者会看到")
    )
    suggestion = forms.CharField(label=gettext_lazy("可以改成"), max_length=100, required=False)
    sounds_alike = forms.BooleanField(
        label=gettext_lazy("谐音也算"),
        required=False,
        help_text=gettext_lazy("至少一半的字相同；只送审，不会直接禁止"),
    )
    is_pattern = forms.BooleanField(
        label=gettext_lazy("这是正则句式"), required=False, help_text=gettext_lazy("例如：具有.{0,6}功效")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["severity"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(one.value, words.severity(one)[0]) for one in Severity]
        dress(self)

    def word(self) -> WordForm:
        values = self.cleaned_data
        return WordForm(**{**values, "severity": Severity(values["severity"])})


@guarded("moderation.view")
@require_safe
def word_lists(request: HttpRequest) -> HttpResponse:
    """All lexicons, and a text to try: `?text=…`."""
    actor = actor_of(request)
    columns = [
        column(_("词库")),
        column(_("种类")),
        column(_("词数"), is_number=True),
        column(_("状态")),
    ]
    rows = [
        row(
            [
                text(one.name),
                text(words.lexicon(one.kind)),
                number(f"{one.words_count:,}"),
                tag(_("使用中"), "leaf") if one.is_on else tag(_("停用"), "line"),
            ],
            url=reverse("console:lexicon", args=[one.id]),
        )
        for one in lexicons(by=actor)
    ]
    empty = (_("还没有词库"), _("新建一个，或用命令导入：jishi lexicon import 文件 --kind 种类"))
    context = {
        "rows": table(columns, rows, caption=_("词库"), empty=empty),
        "may_edit": actor.may("moderation.decide"),
        "kinds": [(one.value, words.lexicon(one)) for one in LexiconKind],
        **_tried(request),
    }
    crumbs = [(_("审核"), reverse("console:moderation"))]
    return show(request, "console/lexicons.html", section="lexicons", context=context, crumbs=crumbs)


@guarded("moderation.decide")
@require_POST
def lexicon_new(request: HttpRequest) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in set(LexiconKind):
        raise InvalidInput(field=_("种类"), reason=_("请选一个"))
    made = create_lexicon(by=actor_of(request), name=request.POST.get("name", ""), kind=LexiconKind(kind))
    return redirect("console:lexicon", made)


@guarded("moderation.view")
@require_http_methods(["GET", "HEAD", "POST"])
def lexicon(request: HttpRequest, lexicon_id: uuid.UUID) -> HttpResponse:
    """The words of one; posting saves one (`?word=` names the one that is changed)."""
    actor = actor_of(request)
    found = lexicon_view(lexicon_id, by=actor)
    page, asked = page_of(request), request.GET.get("q", "")[:60]
    listed, total = words_table(by=actor, lexicon_id=lexicon_id, text=asked, page=page, limit=PAGE_SIZE)
    edited = next((one for one in listed if str(one.id) == request.GET.get("word")), None)
    form = WordEdit(request.POST or None, initial=_initial(edited))
    if request.method == "POST" and form.is_valid():
        try:
            save_word(form.word(), by=actor, lexicon_id=lexicon_id, word_id=edited.id if edited else None)
            messages.success(request, _("已保存，马上生效"))
            return redirect("console:lexicon", lexicon_id)
        except Refusal as refusal:
            blame(form, refusal)
    context = {
        "found": found,
        "kind": words.lexicon(found.kind),
        "form": form,
        "edited": edited,
        "may_edit": actor.may("moderation.decide"),
        "rows": _words(listed, lexicon_id),
        "pager": pager(query=request.GET, page=page, size=PAGE_SIZE, total=total),
        "search_text": asked,
        "severities": [(one.value, words.severity(one)[0]) for one in Severity],
    }
    crumbs = [(_("审核"), reverse("console:moderation")), (_("词库"), reverse("console:lexicons"))]
    status = 422 if form.is_bound else 200
    return show(
        request, "console/lexicon.html", section="lexicons", context=context, crumbs=crumbs, status=status
    )


@guarded("moderation.decide")
@require_POST
def lexicon_act(request: HttpRequest, lexicon_id: uuid.UUID, verb: str) -> HttpResponse:
    """Switch on and off, take a word away, import a file."""
    actor = actor_of(request)
    found = lexicon_view(lexicon_id, by=actor)
    if verb in ("on", "off"):
        switch_lexicon(lexicon_id, by=actor, is_on=verb == "on")
    elif verb == "remove":
        remove_word(uuid.UUID(request.POST.get("word", "")), by=actor)
        messages.success(request, _("已移除"))
    elif verb == "import":
        _import(request, name=found.name, kind=found.kind)
    return redirect("console:lexicon", lexicon_id)


@guarded("moderation.view")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_numbers(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    known = thresholds()
    if request.method == "POST":
        try:
            set_thresholds(_numbers(request), by=actor)
            messages.success(request, _("已保存，马上生效"))
        except Refusal as refusal:
            messages.error(request, words_of(refusal))
        return redirect("console:rule_numbers")
    context = {
        "fields": [
            {"code": code, "label": label, "help": about, "value": known[code], "least": least, "most": most}
            for code, label, about in _labels()
            for _default, least, most in [BOUNDS[code]]
        ],
        "may_edit": actor.may("moderation.decide"),
    }
    crumbs = [(_("审核"), reverse("console:moderation"))]
    return show(request, "console/rule_numbers.html", section="lexicons", context=context, crumbs=crumbs)


def _numbers(request: HttpRequest) -> dict[str, int]:
    values: dict[str, int] = {}
    for code in BOUNDS:
        written = request.POST.get(code, "")
        if not (written.isdecimal() and len(written) < 9):
            raise InvalidInput(field=code, reason=_("请填数字"))
        values[code] = int(written)
    return values


def _import(request: HttpRequest, *, name: str, kind: LexiconKind) -> None:
    sent = request.FILES.get("file")
    severity = request.POST.get("severity", "")
    if sent is None or sent.size is None or sent.size > FILE_BYTES_MAX or severity not in set(Severity):
        raise InvalidInput(field=_("文件"), reason=_("请选一个 8 MB 以内的文件"))
    done = import_lexicon(
        sent.read(),
        by=actor_of(request),
        name=name,
        kind=kind,
        severity=Severity(severity),
        sounds_alike=request.POST.get("sounds_alike") == "on",
    )
    said = _("新增 %(added)s 个词，%(known)s 个已有，%(refused)s 个不能用")
    values = {"added": done.added, "known": done.known, "refused": done.refused_count}
    messages.success(request, said % values)


def _tried(request: HttpRequest) -> dict[str, Any]:
    """What the rules would say about a text."""
    written = request.GET.get("text", "")[:TRIED_LENGTH_MAX]
    if not written:
        return {"tried": "", "is_commercial": True}
    is_commercial = request.GET.get("commercial", "") == "on"
    verdict = check_content(
        ContentCheck(
            "post", written, None, is_commercial=is_commercial, is_first=request.GET.get("first") == "on"
        )
    )
    action = {
        Action.ALLOW: (_("直接发布"), "leaf"),
        Action.REVIEW: (_("等待审核"), "gold"),
        Action.REFUSE: (_("不能发布"), "accent"),
    }
    return {
        "tried": written,
        "is_commercial": is_commercial,
        "is_first": request.GET.get("first") == "on",
        "parts": highlighted(written, verdict.findings),
        "findings": finding_rows(verdict.findings),
        "action": action[verdict.action],
        "rules": [words.rule(code) for code in verdict.reasons],
    }


def _initial(edited: WordView | None) -> dict[str, Any]:
    if edited is None:
        return {"severity": Severity.REVIEW.value}
    names = ("text", "category", "reason", "suggestion", "sounds_alike", "is_pattern")
    return {name: getattr(edited, name) for name in names} | {"severity": edited.severity.value}


def _words(listed: list[WordView], lexicon_id: uuid.UUID) -> dict[str, Any]:
    columns = [
        column(_("词")),
        column(_("分类")),
        column(_("轻重")),
        column(_("为什么")),
        column(_("可以改成")),
    ]
    address = reverse("console:lexicon", args=[lexicon_id])
    rows = [
        row(
            [
                text(one.text, note=_note(one)),
                text(one.category),
                tag(*words.severity(one.severity)),
                text(one.reason),
                text(one.suggestion),
            ],
            url=f"{address}?word={one.id}",
        )
        for one in listed
    ]
    return table(columns, rows, caption=_("词"), empty=(_("没有词"), _("在旁边加一个，或导入一个文件。")))


def _note(one: WordView) -> str:
    return " · ".join(
        [*([_("句式")] if one.is_pattern else []), *([_("谐音也算")] if one.sounds_alike else [])]
    )


def _labels() -> list[tuple[str, str, str]]:
    return [
        ("hide_score", _("举报多重时先隐藏"), _("百分之一分：800 是 8 分，一个普通举报 1 分")),
        ("reports_per_day", _("每人每天可举报次数"), ""),
        ("sla_hours", _("处理期限（小时）"), ""),
        ("sla_urgent_hours", _("紧急期限（小时）"), _("已被隐藏或等待发布的内容，和申诉")),
        ("claim_minutes", _("认领多久没处理可被接手（分钟）"), ""),
        ("appeal_days", _("几天内可以申诉"), ""),
        ("first_posts", _("第一次发布都送审"), _("1 是，0 否")),
        ("first_links", _("第一次发布最多几个链接"), ""),
        ("links", _("平时最多几个链接"), ""),
        ("first_typed_ms", _("第一次发布至少打字多久（毫秒）"), ""),
        ("typed_letters_per_second", _("每秒最多打几个字"), _("更快就是粘贴，带链接时送审")),
        ("spam_words", _("几个垃圾广告词才算"), ""),
        ("advertising_holds", _("商业内容有广告法用语时送审"), _("1 是，0 只提示")),
    ]
