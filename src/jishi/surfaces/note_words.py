"""Words of notes that shop, console and API show."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.modules.notes.public import Cooperation, NoteState, Scored

_STATES = {
    NoteState.DRAFT: (gettext_noop("草稿"), "line"),
    NoteState.IN_REVIEW: (gettext_noop("待审"), "gold"),
    NoteState.SCHEDULED: (gettext_noop("定时"), "sky"),
    NoteState.PUBLISHED: (gettext_noop("已发布"), "leaf"),
    NoteState.HIDDEN: (gettext_noop("已隐藏"), "line"),
    NoteState.REMOVED: (gettext_noop("已删除"), "line"),
}
_COOPERATIONS = {
    Cooperation.NONE: gettext_noop("没有合作"),
    Cooperation.GIFT: gettext_noop("商品是赠送的"),
    Cooperation.PAID: gettext_noop("付费合作"),
    Cooperation.OWN: gettext_noop("自己的店"),
}
_SHORT = {
    Cooperation.GIFT: gettext_noop("赠品"),
    Cooperation.PAID: gettext_noop("合作"),
    Cooperation.OWN: gettext_noop("店家"),
}
_WAITS = {
    "first_note": gettext_noop("第一篇笔记，看过就发布"),
    "stopped_words": gettext_noop("有些字要人看一眼"),
    "paid": gettext_noop("付费合作的笔记都会先看一眼"),
    "media_not_ready": gettext_noop("视频没有处理好"),
}
_REASONS = {
    "followed": gettext_noop("你关注了作者"),
    "author": gettext_noop("你赞过或买过这位作者的"),
    "topic": gettext_noop("你常看这个话题"),
    "near": gettext_noop("来自你的城市"),
    "saved": gettext_noop("邻居们收藏得多"),
    "fresh": gettext_noop("刚刚发布"),
}


def state_words(state: NoteState) -> tuple[str, str]:
    words, colour = _STATES[state]
    return _(words), colour


def cooperation_words(kind: Cooperation) -> str:
    return _(_COOPERATIONS[kind])


def cooperation_mark(kind: Cooperation) -> str:
    """What stands beside the author; empty without a cooperation."""
    return _(_SHORT[kind]) if kind in _SHORT else ""


def cooperation_choices() -> list[tuple[str, str]]:
    return [(kind.value, _(words)) for kind, words in _COOPERATIONS.items()]


def review_words(text: str) -> str:
    """Why a note waits or came back: a code of ours, or what somebody wrote."""
    return _(_WAITS[text]) if text in _WAITS else text


def reason_words(reason: str) -> str:
    return _(_REASONS[reason])


def factor_rows(scored: Scored) -> list[dict[str, object]]:
    """The numbers that were multiplied, as percents."""
    names = {
        "freshness": (_("新鲜"), _("三天减一半")),
        "affinity": (_("和你有关"), _("关注、赞、收藏、买过；没同意时对谁都一样")),
        "quality": (_("大家觉得好"), _("看过的人里有多少赞、收藏、评论、买")),
        "commerce": (_("有人买"), _("从这篇笔记下的单")),
        "near": (_("离你近"), _("同城、同省；没同意时对谁都一样")),
        "diversity": (_("换换口味"), _("同一位作者、同一个话题连着出现就往后排")),
    }
    found = scored.factors
    return [
        {"name": words, "why": why, "percent": round(getattr(found, key) * 100)}
        for key, (words, why) in names.items()
    ]
