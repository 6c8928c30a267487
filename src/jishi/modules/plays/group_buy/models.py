"""Tables of group buying: offers, their prices, teams, seats."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.plays.group_buy.types import (
    Audience,
    LateChoice,
    LeaderBenefit,
    OfferState,
    SeatState,
    TeamState,
)


class Offer(models.Model):
    """A group-buy on a product: how many people, how long, at which prices, with which budget."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    product_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=OfferState.DRAFT.value)
    currency = models.CharField(max_length=3)
    team_size = models.PositiveSmallIntegerField()
    team_hours = models.PositiveSmallIntegerField()
    member_limit = models.PositiveSmallIntegerField(
        default=0
    )  # units per member over the whole offer; 0: none
    leader_discount_minor = models.BigIntegerField(default=0)
    budget_minor = models.BigIntegerField(null=True)  # the most that discounts may cost; None: no ceiling
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    allows_merchant_completion = models.BooleanField(default=False)
    tiers = models.JSONField(default=list)  # [[size, off_minor], …] above team_size, rising
    leader_benefit = models.CharField(max_length=8, default=LeaderBenefit.DISCOUNT.value)
    leader_points = models.PositiveIntegerField(default=0)
    audience = models.CharField(max_length=13, default=Audience.EVERYONE.value)
    community_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OfferState]), name="group_offer_state"
            ),
            models.CheckConstraint(
                condition=Q(team_size__gte=2, team_size__lte=100), name="group_offer_size"
            ),
            models.CheckConstraint(
                condition=Q(team_hours__gte=1, team_hours__lte=168), name="group_offer_hours"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="group_offer_window"),
            models.CheckConstraint(condition=Q(leader_discount_minor__gte=0), name="group_offer_leader"),
            models.CheckConstraint(
                condition=Q(leader_benefit__in=[kind.value for kind in LeaderBenefit]),
                name="group_offer_benefit",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=[kind.value for kind in Audience]), name="group_offer_audience"
            ),
        ]
        indexes = [models.Index(fields=["state", "opens_at"], name="group_offer_state_opens")]


class OfferPrice(models.Model):
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    variant_id = models.UUIDField()
    price_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "variant_id"], name="group_price_variant"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="group_price_positive"),
        ]


class MemberUse(models.Model):
    """How many units of an offer a member has taken; the limit is kept by a conditional write."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "member_id"], name="group_use_member")]


class Team(models.Model):
    """One 团. Its pool holds as many units as it has seats."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    pool_id = models.UUIDField(unique=True)
    leader_id = models.UUIDField()
    size = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=TeamState.OPENING.value)
    deadline = models.DateTimeField()
    opened_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    is_merchant_completed = models.BooleanField(default=False)
    capacity = models.PositiveSmallIntegerField(default=0)  # seats; `size` of them make it succeed
    nudged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["offer", "state", "deadline"], name="group_team_offer"),
            models.Index(fields=["deadline"], condition=Q(state="forming"), name="group_team_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TeamState]), name="group_team_state"
            ),
        ]


class Seat(models.Model):
    """A seat is a claim on the team's pool with a number and an order."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    claim_id = models.UUIDField(
        unique=True
    )  # of the team's pool; a late payer moved elsewhere gets a new one
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    seat_no = models.PositiveSmallIntegerField()
    member_id = models.UUIDField(db_index=True)
    order_id = models.UUIDField(unique=True)
    quantity = models.PositiveIntegerField(default=1)
    discount_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default=SeatState.HELD.value)
    late_choice = models.CharField(max_length=12, default=LateChoice.REFUND.value)
    expires_at = models.DateTimeField()
    joined_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "seat_no"], condition=~Q(state="released"), name="group_seat_once"
            ),
            models.UniqueConstraint(
                fields=["team", "member_id"], condition=~Q(state="released"), name="group_seat_member"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in SeatState]), name="group_seat_state"
            ),
            models.CheckConstraint(
                condition=Q(late_choice__in=[choice.value for choice in LateChoice]), name="group_seat_choice"
            ),
        ]


class FriendSeat(models.Model):
    """A seat kept for a short time for the friend of somebody who sits in the team; the code is in the link."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    host_id = models.UUIDField()
    claim_id = models.UUIDField(unique=True)
    code = models.CharField(max_length=12, unique=True)
    expires_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "host_id"], condition=Q(is_open=True), name="group_friend_once"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(is_open=True), name="group_friend_due"),
        ]
