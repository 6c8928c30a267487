"""Refusals of moderation."""

from jishi.kernel.errors import Kind, Refusal


class ContentRefused(Refusal):
    """A word that is never published; `word` is what stands in the text, `reason` why."""

    code = "content_refused"
    message = "内容里有不能发布的词：{word}。{reason}"


class MutedNow(Refusal):
    """`until` is empty when it lasts until it is lifted."""

    kind = Kind.FORBIDDEN
    code = "muted"
    message = "你现在不能发言，到 {until} 恢复。原因：{reason}"


class BannedNow(Refusal):
    kind = Kind.FORBIDDEN
    code = "banned"
    message = "你的账号被限制参与，到 {until} 恢复。原因：{reason}"


class TooFast(Refusal):
    kind = Kind.LIMITED
    code = "slow_mode"
    message = "你现在每 {seconds} 秒可以发一条，请稍等再发。"


class VersionMoved(Refusal):
    """Somebody has acted on the item since it was read; `version` is the present one."""

    kind = Kind.CONFLICT
    code = "item_moved"
    message = "这一条刚刚被别人处理过，请刷新后再决定。"


class ClaimedByOther(Refusal):
    kind = Kind.CONFLICT
    code = "item_claimed"
    message = "这一条已经有人认领。"


class SameModerator(Refusal):
    """An appeal is decided by somebody else than who decided first."""

    kind = Kind.FORBIDDEN
    code = "appeal_same_moderator"
    message = "申诉要由另一位审核员处理。"


class OwnContent(Refusal):
    kind = Kind.FORBIDDEN
    code = "own_content"
    message = "自己的内容不能自己处理或举报。"


class OwnReport(Refusal):
    kind = Kind.FORBIDDEN
    code = "own_report"
    message = "你举报过这条内容，要由别人来处理。"


class NotForCommunity(Refusal):
    """What only the shop's own moderators decide: anything but keep and hide, and what they have decided before."""

    kind = Kind.FORBIDDEN
    code = "not_for_community"
    message = "这要由店铺的审核员来决定。"


class ReasonNeeded(Refusal):
    code = "decision_reason_missing"
    message = "请写明理由，作者会看到。"


class NoAppeal(Refusal):
    """Nothing was decided against the author, or the one appeal was made."""

    kind = Kind.CONFLICT
    code = "no_appeal"
    message = "这个决定现在不能申诉，每个决定只能申诉一次。"


class AlreadyReported(Refusal):
    kind = Kind.CONFLICT
    code = "already_reported"
    message = "你已经举报过这条内容，我们会尽快处理。"


class TooManyReports(Refusal):
    kind = Kind.LIMITED
    code = "too_many_reports"
    message = "今天的举报次数用完了（{limit} 次），明天再来。"


class BadWord(Refusal):
    """`reason` says what is wrong with a word of the lexicon."""

    code = "bad_word"
    message = "词条「{word}」不能用：{reason}"


class UnreadableLexicon(Refusal):
    code = "lexicon_unreadable"
    message = "读不懂这个词库文件：{reason}"


class BadSanction(Refusal):
    code = "bad_sanction"
    message = "处罚设置有误：{reason}"


class BadThreshold(Refusal):
    code = "bad_threshold"
    message = "{name} 要在 {least} 和 {most} 之间。"
