"""Refusals of communities."""

from jishi.kernel.errors import Kind, Refusal


class BadCommunity(Refusal):
    code = "bad_community"
    message = "{field}：{reason}"


class BadPost(Refusal):
    code = "bad_post"
    message = "{field}：{reason}"


class HandleTaken(Refusal):
    kind = Kind.CONFLICT
    code = "handle_taken"
    message = "这个地址已经有社群在用，换一个吧。"


class MembersOnly(Refusal):
    kind = Kind.FORBIDDEN
    code = "members_only"
    message = "加入社群后才能看和说。"


class NotAWriter(Refusal):
    kind = Kind.FORBIDDEN
    code = "not_a_writer"
    message = "这个频道现在还不能由你发言。"


class CommunityClosed(Refusal):
    kind = Kind.CONFLICT
    code = "community_closed"
    message = "这个社群已经停止更新，只能看。"


class CommunityFull(Refusal):
    kind = Kind.CONFLICT
    code = "community_full"
    message = "社群人数满了（{limit} 人），等有人离开再来吧。"


class JoinByRequest(Refusal):
    kind = Kind.CONFLICT
    code = "join_by_request"
    message = "加入需要回答几个问题，由版主同意。"


class JoinByInvite(Refusal):
    kind = Kind.FORBIDDEN
    code = "join_by_invite"
    message = "这个社群只能凭邀请码加入。"


class InviteSpent(Refusal):
    kind = Kind.CONFLICT
    code = "invite_spent"
    message = "邀请码用完了或已过期，向邀请你的人再要一个吧。"


class RemovedFromCommunity(Refusal):
    kind = Kind.FORBIDDEN
    code = "removed_from_community"
    message = "你已被移出这个社群，请联系版主。"


class RequestDecided(Refusal):
    kind = Kind.CONFLICT
    code = "request_decided"
    message = "这份申请已经有人处理过了。"


class LastOwnerStays(Refusal):
    kind = Kind.CONFLICT
    code = "last_owner_stays"
    message = "社群至少要有一位群主，先把群主交给别人吧。"


class AnswerAlreadyAccepted(Refusal):
    kind = Kind.CONFLICT
    code = "answer_already_accepted"
    message = "这个问题已经采纳了一条回答。"


class AlreadyVoted(Refusal):
    kind = Kind.CONFLICT
    code = "already_voted"
    message = "你已经投过票了，每人一票。"


class PollOver(Refusal):
    kind = Kind.CONFLICT
    code = "poll_over"
    message = "投票已经截止了。"


class AlreadyDoneToday(Refusal):
    kind = Kind.CONFLICT
    code = "already_done_today"
    message = "今天已经打过卡了，明天再来。"


class PostChanged(Refusal):
    kind = Kind.CONFLICT
    code = "post_changed"
    message = "这篇内容刚被改过，请刷新后再改。"


class NotYourOrder(Refusal):
    kind = Kind.FORBIDDEN
    code = "not_your_order"
    message = "晒单只能晒自己买过并且已收货的商品。"


class ShownAlready(Refusal):
    kind = Kind.CONFLICT
    code = "shown_already"
    message = "这件商品已经晒过单了。"


class OwnFollow(Refusal):
    code = "own_follow"
    message = "不用关注自己。"
