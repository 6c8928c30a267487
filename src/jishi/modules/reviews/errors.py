"""Refusals of reviews."""

from jishi.kernel.errors import Kind, Refusal


class NotReviewable(Refusal):
    kind = Kind.CONFLICT
    code = "not_reviewable"
    message = "收货后 {days} 天内可以评价。"


class AlreadyReviewed(Refusal):
    kind = Kind.CONFLICT
    code = "already_reviewed"
    message = "这件商品已经评价过了，可以写追评。"


class BadStars(Refusal):
    code = "bad_stars"
    message = "请选 1 到 5 颗星。"


class BadReviewWords(Refusal):
    code = "bad_review_words"
    message = "请写几个字，最多 {limit} 字。"


class TooManyReviewPictures(Refusal):
    code = "too_many_review_pictures"
    message = "最多 {limit} 张照片。"


class FollowedUp(Refusal):
    kind = Kind.CONFLICT
    code = "followed_up"
    message = "已经写过追评了。"


class OwnReview(Refusal):
    kind = Kind.CONFLICT
    code = "own_review"
    message = "不能给自己的评价点有用。"
