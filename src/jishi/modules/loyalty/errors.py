"""Refusals of loyalty."""

from jishi.kernel.errors import Kind, Refusal


class PointsTooFew(Refusal):
    """`missing` says how many points lack."""

    kind = Kind.CONFLICT
    code = "points_too_few"
    message = "积分不够，还差 {missing} 分。"


class BadTerms(Refusal):
    """A rule about terms, tiers, missions, rewards or plans is broken; `field` says which."""

    code = "bad_loyalty_terms"
    message = "{field}：{reason}"


class AlreadyCheckedIn(Refusal):
    kind = Kind.CONFLICT
    code = "already_checked_in"
    message = "今天已经签到了，明天再来。"


class MissionUnfinished(Refusal):
    kind = Kind.CONFLICT
    code = "mission_unfinished"
    message = "还差 {missing} 次才完成这个任务。"


class MissionTaken(Refusal):
    kind = Kind.CONFLICT
    code = "mission_taken"
    message = "这个任务的奖励已经领过了。"


class RewardGone(Refusal):
    kind = Kind.CONFLICT
    code = "reward_gone"
    message = "已经换完了，看看别的好礼吧。"


class RewardLimit(Refusal):
    kind = Kind.CONFLICT
    code = "reward_limit"
    message = "每人限换 {limit} 份，你已经换过了。"


class AddressWanted(Refusal):
    code = "address_wanted"
    message = "实物礼品要寄给你，请填写收货人、电话和地址。"


class PlanClosed(Refusal):
    kind = Kind.CONFLICT
    code = "plan_closed"
    message = "这个会员方案现在不卖了。"
