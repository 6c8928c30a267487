"""Values of messaging: what can be said, and how."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# kind → (title, body); Chinese source texts with named fields, translated when they are read
NOTICE_WORDS: dict[str, tuple[str, str]] = {
    "order_paid": ("付款成功", "订单 {number} 已付款 {total}。"),
    "order_shipped": ("已发货", "订单 {number} 已由 {carrier} 发出，单号 {tracking_number}。"),
    "order_refunded": ("退款成功", "订单 {number} 退款 {amount}，按原路退回。"),
    "order_refunded_to_wallet": ("退款成功", "订单 {number} 退款 {amount}，已退回你的钱包。"),
    "order_cancelled": ("订单已取消", "订单 {number} 已取消，没有扣款。"),
    "team_formed": ("开团成功", "你的团开好了，分享给朋友，还差 {missing} 席。"),
    "team_succeeded": ("拼团成功", "「{title}」成团了，马上安排发货。"),
    "team_succeeded_by_merchant": ("拼团成功（商家补齐）", "「{title}」由商家按现有人数成团，马上安排发货。"),
    "team_failed": ("拼团未成功", "「{title}」没有凑满，已付的钱正在全额原路退回。"),
    "team_nearly_full": ("就差一点", "你的团还差 {missing} 席就成了，再喊一位朋友吧。"),
    "bargain_helped": ("有人帮你砍了一刀", "砍下 {amount}，还差 {left} 刀到底价。"),
    "bargain_at_floor": ("到底价了", "最后一刀砍下 {amount}，已到底价，可以买了。"),
    "bargain_expired": ("砍价到期了", "这次没有买，名额已经放出；可以再发起一次。"),
    "packet_ending": ("红包快到期了", "你发的红包还有 {left} 个没领，到期后剩下的退回钱包。"),
    "packet_ended": ("红包到期了", "领走 {count} 个共 {opened}，没领完的 {returned} 已退回你的钱包。"),
    "prize_won": ("中奖了", "你的 {number} 号奖券抽中「{prize}」。"),
    "seat_moved": ("已换到另一个团", "原来的团已满，按你的选择换到了另一个团。"),
    "flash_sale_soon": ("秒杀快开始了", "「{name}」{at} 开抢，件数有限，准时来。"),
    "points_expiring": ("积分快到期了", "{points} 积分 {day} 到期，去换点好东西吧。"),
    "tier_risen": ("升级了", "你现在是「{tier}」，新的权益已经生效。"),
    "tier_will_fall": ("等级快掉了", "再积 {missing} 成长值就能保住「{tier}」，保级到 {day}。"),
    "tier_fallen": ("等级有变动", "你现在是「{tier}」，多买几次就能升回来。"),
    "coupon_expiring": ("券快到期了", "「{label}」{at} 到期，用掉它吧。"),
    "community_mention": ("有人提到你", "{name} 在社群里提到了你。"),
    "community_comment": ("有新评论", "{name} 评论了你的帖子。"),
    "community_reply": ("有人回复你", "{name} 回复了你的评论。"),
    "community_answer": ("回答被采纳", "{name} 采纳了你的回答，谢谢你帮到邻居。"),
    "community_level_up": ("在社群里升级了", "你在「{community}」的信任等级升了一级。"),
    "community_level_down": ("社群等级有变动", "你在「{community}」的信任等级降了一级，看看还差什么。"),
    "community_accepted": ("申请通过了", "欢迎加入「{community}」，去打个招呼吧。"),
    "community_announced": ("社群公告", "「{community}」：{title}"),
    "community_digest": ("一周看点", "「{community}」这周在聊 {lines}。"),
    "note_returned": ("笔记没有通过", "「{title}」：{reason}。改一改可以再发。"),
    "note_comment": ("笔记有新评论", "{name} 评论了你的笔记。"),
    "note_reply": ("有人回复你", "{name} 回复了你的评论。"),
    "badge_won": ("得到新徽章", "恭喜点亮「{badge}」徽章。"),
    "case_agreed": ("售后通过了", "售后单 {number} 已同意，{amount} 正在退回。"),
    "case_return": ("请寄回商品", "售后单 {number} 已同意，请在 7 天内寄回并填写运单号。"),
    "case_offer": ("商家给了一个方案", "售后单 {number}：商家愿意退 {amount}，接受或请平台介入。"),
    "case_refused": ("售后没有通过", "售后单 {number} 没有通过，看看理由；不认可可以请平台介入。"),
    "case_replacing": ("换货安排好了", "售后单 {number} 的新货在备货，发出后告诉你。"),
    "case_done": ("售后完成", "售后单 {number} 完成了。"),
    "case_closed": ("售后关闭", "售后单 {number} 已关闭。"),
    "case_message": ("售后有新留言", "商家在售后单 {number} 里回复了你。"),
    "review_replied": ("商家回复了你的评价", "关于「{title}」。"),
    "review_hidden": ("评价没有展示", "你对「{title}」的评价没有展示：{reason}"),
    "content_on_hold": ("内容先被隐藏了", "「{excerpt}」被多人举报，审核员看过之前别人暂时看不到。"),
    "content_kept": ("内容已通过", "「{excerpt}」审核通过，大家可以看到了。"),
    "content_hidden": ("内容被隐藏", "「{excerpt}」已被隐藏：{reason}。有不同意见可以申诉一次。"),
    "content_removed": ("内容被移除", "「{excerpt}」已被移除：{reason}。有不同意见可以申诉一次。"),
    "content_warned": ("收到一次提醒", "「{excerpt}」保留，但请注意：{reason}。"),
    "appeal_won": ("申诉成立", "「{excerpt}」已恢复。谢谢你让我们再看一遍。"),
    "appeal_lost": ("申诉没有成立", "另一位审核员看过「{excerpt}」，维持原来的决定：{reason}。"),
    "report_handled": ("你的举报有结果了", "审核员已经看过，谢谢你。"),
    "sanction_mute": ("被禁言", "到 {until} 之前不能发言：{reason}。"),
    "sanction_slow": ("发言被放慢", "到 {until} 之前两次发言要隔一段时间：{reason}。"),
    "sanction_ban": ("账号被限制", "到 {until} 之前不能参与：{reason}。"),
    "sanction_hide_all": ("内容暂时不公开", "到 {until} 之前你的内容只有自己看得到：{reason}。"),
    "event_place_given": ("候补成功", "「{title}」有了空位，你可以去了：{at}。"),
    "event_soon": ("活动快开始了", "「{title}」{at} 开始，别忘了。"),
    "event_cancelled": ("活动取消了", "「{title}」（{at}）不办了，抱歉。"),
    "event_coupon": ("谢谢你来", "「{title}」的到场券已经放进你的券包。"),
    "sanction_ended": ("限制已解除", "你可以像平常一样发言了。"),
}
# What a member may do without; everything else is about their own orders, words and rights.
OPTIONAL_NOTICES: tuple[str, ...] = (
    "community_digest",
    "community_announced",
    "event_soon",
    "coupon_expiring",
    "points_expiring",
)
OUTGOING_WORDS: dict[str, str] = {
    "phone_code": "【集市】验证码 {code}，{minutes} 分钟内有效。任何人向你索取都请勿告知。",
}


@dataclass(frozen=True, slots=True)
class NoticeView:
    id: uuid.UUID
    kind: str
    title: str
    body: str
    link: str
    created_at: datetime
    is_read: bool
    is_optional: bool = False  # the member may choose not to get this kind


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    kind: str
    title: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class OutgoingView:
    id: uuid.UUID
    channel: str
    recipient: str
    kind: str
    facts: dict[str, Any]
    state: str
    created_at: datetime
