"""Refusals of group buying."""

from jishi.kernel.errors import Kind, Refusal


class OfferNotOpen(Refusal):
    kind = Kind.CONFLICT
    code = "offer_not_open"
    message = "这个拼团现在没有开放。"


class TeamNotOpen(Refusal):
    kind = Kind.CONFLICT
    code = "team_not_open"
    message = "这个团已经结束或满员了，可以换一个团，或自己开一个。"


class AlreadyInTeam(Refusal):
    kind = Kind.CONFLICT
    code = "already_in_team"
    message = "你已经在这个团里了，分享给朋友一起凑满吧。"


class MemberLimitReached(Refusal):
    kind = Kind.CONFLICT
    code = "member_limit_reached"
    message = "每人限购 {limit} 件，你已经买够了。"


class VariantNotInOffer(Refusal):
    kind = Kind.CONFLICT
    code = "variant_not_in_offer"
    message = "这个规格不参加拼团。"


class BadOffer(Refusal):
    """A rule about the offer itself is broken; `field` says which."""

    code = "bad_offer"
    message = "{field}：{reason}"


class MerchantCompletionOff(Refusal):
    kind = Kind.CONFLICT
    code = "merchant_completion_off"
    message = "这个拼团没有开启“商家补齐”。"


class NotForYou(Refusal):
    """The team is made for other people; `reason` says for whom."""

    kind = Kind.CONFLICT
    code = "team_not_for_you"
    message = "这个团{reason}。"


class NotAssured(Refusal):
    kind = Kind.CONFLICT
    code = "team_not_assured"
    message = "还没凑够成团人数，还不能截团。"


class FriendSeatTaken(Refusal):
    kind = Kind.CONFLICT
    code = "friend_seat_taken"
    message = "你已经给朋友留了一席，等他来坐，或者过期后再留。"
