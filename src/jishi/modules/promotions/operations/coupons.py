"""Handing coupons out, and what orders do to them. All guards are conditional writes and the batch's pool."""

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import connection, transaction

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.promotions.errors import (
    BadOffer,
    CouponNotForYou,
    CouponNotUsable,
    CouponsOver,
    CouponSpent,
    CouponUnknown,
)
from jishi.modules.promotions.facts import CouponClaimed, CouponExpiring, CouponReturned, CouponUsed
from jishi.modules.promotions.models import Coupon, CouponBatch, CouponCode, OfferRow
from jishi.modules.promotions.operations.offers import PERMISSION
from jishi.modules.promotions.queries.coupons import batch_view, view_of_batch
from jishi.modules.promotions.rules.lifecycle import comes_back, expiry_of
from jishi.modules.promotions.rules.written import check_batch
from jishi.modules.promotions.types import (
    BatchForm,
    BatchView,
    CouponState,
    CouponWay,
    PriceOfferState,
    RefundRule,
    Stage,
)
from jishi.platform import history, locks, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

CODES_MAX = 10_000
ISSUE_MAX = 1_000
EXPIRE_BATCH = 500
REMIND_HOURS = 24
CODE_LENGTH = 10


@in_transaction
def create_batch(form: BatchForm, *, by: Actor) -> BatchView:
    """Write a batch down; nobody can claim yet. Raises BadOffer."""
    by.require(PERMISSION)
    check_batch(form)
    offer = OfferRow.objects.filter(id=form.offer_id, stage=Stage.COUPON.value).first()
    if offer is None:
        raise BadOffer(field="offer_id", reason="请选择一条优惠券规则")
    row = CouponBatch.objects.create(
        id=ids.new_id(),
        offer=offer,
        name=form.name.strip(),
        way=form.way.value,
        capacity=form.capacity,
        member_limit=form.member_limit,
        valid_days=form.valid_days,
        valid_until=form.valid_until,
        opens_at=form.opens_at,
        closes_at=form.closes_at,
        refund_rule=form.refund_rule.value,
        share_visits=form.share_visits,
        community_id=form.community_id,
    )
    history.record_step(subject=("coupon_batch", row.id), verb="create", by=by)
    return view_of_batch(row)


@in_transaction
def open_batch(batch_id: uuid.UUID, *, by: Actor) -> BatchView:
    """From now on coupons can be had; the number becomes a pool. Raises BadOffer for an offer that is not live."""
    by.require(PERMISSION)
    row = locks.lock_one(CouponBatch, batch_id)
    if row.offer.state != PriceOfferState.LIVE.value:
        raise BadOffer(field="offer_id", reason="先发布这条优惠券规则，再开始发券")
    if row.pool_id is None:
        row.pool_id = rush.open_pool(
            purpose="coupons",
            capacity=row.capacity,
            member_limit=row.member_limit,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
        )
    row.is_open = True
    row.save(update_fields=["pool_id", "is_open"])
    history.record_step(subject=("coupon_batch", row.id), verb="open", by=by)
    return view_of_batch(row)


@in_transaction
def close_batch(batch_id: uuid.UUID, *, by: Actor) -> BatchView:
    """Nobody claims any more; coupons in people's hands stay good."""
    by.require(PERMISSION)
    row = locks.lock_one(CouponBatch, batch_id)
    row.is_open = False
    row.save(update_fields=["is_open"])
    history.record_step(subject=("coupon_batch", row.id), verb="close", by=by)
    return view_of_batch(row)


@in_transaction
def make_codes(batch_id: uuid.UUID, *, count: int, by: Actor, shared: str = "") -> list[str]:
    """Single-use codes, or one shared word. Raises BadOffer when there would be too many or the word is taken."""
    by.require(PERMISSION)
    row = locks.lock_one(CouponBatch, batch_id)
    if row.way != CouponWay.CODE.value:
        raise BadOffer(field="way", reason="只有券码方式的批次才有券码")
    have = CouponCode.objects.filter(batch=row).count()
    if shared:
        word = clean_code(shared)
        if not 3 <= len(word) <= 24 or CouponCode.objects.filter(code=word).exists():
            raise BadOffer(field="shared", reason="通用码要 3 到 24 位，而且没被用过")
        CouponCode.objects.create(batch=row, code=word, is_shared=True)
        return [word]
    if not 1 <= count <= CODES_MAX or have + count > row.capacity:
        raise BadOffer(field="count", reason="券码不能多过这批券的张数，一次最多 10000 个")
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(chance.code(CODE_LENGTH))
    made = sorted(codes)
    CouponCode.objects.bulk_create([CouponCode(batch=row, code=code) for code in made])
    return made


@in_transaction
def claim_coupon(batch_id: uuid.UUID, *, by: Actor, claim_id: uuid.UUID | None = None) -> uuid.UUID:
    """Take a coupon that anybody may take. Raises CouponsOver, SoldOut, LimitReached, CouponNotForYou."""
    member_id = by.require_member()
    batch = batch_view(batch_id)
    if batch.way is not CouponWay.PUBLIC:
        raise CouponNotForYou(reason="")
    return give_coupon(batch, member_id=member_id, by=by, claim_id=claim_id)


@in_transaction
def redeem_code(code: str, *, by: Actor) -> uuid.UUID:
    """Turn a code into a coupon. Raises CouponUnknown, CouponSpent, and what `claim_coupon` raises."""
    member_id = by.require_member()
    row = CouponCode.objects.filter(code=clean_code(code)).first()
    if row is None:
        raise CouponUnknown()
    if not row.is_shared:
        taken = CouponCode.objects.filter(id=row.id, used_at__isnull=True)
        if not taken.update(used_at=clock.now(), member_id=member_id):
            raise CouponSpent()
    return give_coupon(batch_view(row.batch_id), member_id=member_id, by=by)


@in_transaction
def issue_coupon(
    batch_id: uuid.UUID, *, member_id: uuid.UUID, key: str, by: Actor = SYSTEM
) -> uuid.UUID | None:
    """Put a coupon into a member's hands for a reason (`key`); None when it was done before or there is none left."""
    batch = batch_view(batch_id)
    claim_id = ids.derived_id(batch_id, f"{member_id}:{key}")
    if Coupon.objects.filter(claim_id=claim_id).exists():
        return None
    try:
        with transaction.atomic():
            return give_coupon(batch, member_id=member_id, by=by, claim_id=claim_id)
    except (rush.SoldOut, rush.LimitReached, rush.TooEarly, rush.TooLate, CouponsOver):
        return None


@in_transaction
def send_coupons(batch_id: uuid.UUID, *, member_ids: Sequence[uuid.UUID], by: Actor) -> int:
    """A targeted batch goes to chosen members, once each; returns how many were given."""
    by.require(PERMISSION)
    if len(member_ids) > ISSUE_MAX:
        raise BadOffer(field="member_ids", reason="一次最多发给 1000 位会员")
    given = [
        issue_coupon(batch_id, member_id=member_id, key="sent", by=by)
        for member_id in sorted(set(member_ids))
    ]
    return sum(one is not None for one in given)


def give_coupon(
    batch: BatchView, *, member_id: uuid.UUID, by: Actor, claim_id: uuid.UUID | None = None
) -> uuid.UUID:
    """One coupon of a batch, through its pool. Raises CouponsOver, SoldOut, LimitReached, TooEarly, TooLate."""
    now = clock.now()
    if not batch.is_open or batch.pool_id is None or (batch.valid_until and batch.valid_until <= now):
        raise CouponsOver()
    outcome = rush.claim_units(pool_id=batch.pool_id, member_id=member_id, claim_id=claim_id)
    known = Coupon.objects.filter(claim_id=outcome.claim_id).first()
    if known is not None:
        return known.id
    coupon = Coupon.objects.create(
        id=ids.new_id(),
        batch_id=batch.id,
        member_id=member_id,
        claim_id=outcome.claim_id,
        claimed_at=now,
        expires_at=expiry_of(valid_days=batch.valid_days, valid_until=batch.valid_until, claimed_at=now),
    )
    record_fact(CouponClaimed(coupon.id, batch.id, member_id, batch.way.value), by=by)
    return coupon.id


@in_transaction
def reserve_coupons(coupon_ids: Collection[uuid.UUID], *, order_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Set coupons aside for an order, by one conditional write. Raises CouponNotUsable."""
    if not coupon_ids:
        return
    moved = Coupon.objects.filter(
        id__in=coupon_ids,
        member_id=member_id,
        state=CouponState.OPEN.value,
        expires_at__gt=clock.now(),
    ).update(state=CouponState.RESERVED.value, order_id=order_id)
    if moved != len(coupon_ids):
        raise CouponNotUsable()


@in_transaction
def use_coupons(order_id: uuid.UUID) -> int:
    """The order was paid."""
    rows = list(Coupon.objects.filter(order_id=order_id, state=CouponState.RESERVED.value))
    moved = Coupon.objects.filter(id__in=[row.id for row in rows], state=CouponState.RESERVED.value).update(
        state=CouponState.USED.value, used_at=clock.now()
    )
    for row in rows:
        record_fact(CouponUsed(row.id, row.batch_id, row.member_id, order_id), by=SYSTEM)
    return moved


@in_transaction
def release_coupons(order_id: uuid.UUID) -> int:
    """The order was not paid: the coupons are good again, or have expired meanwhile."""
    return _give_back(order_id, CouponState.RESERVED)


@in_transaction
def return_coupons(order_id: uuid.UUID, *, is_whole: bool) -> int:
    """The order was refunded: by the batch's rule its coupons come back."""
    rules = set(
        Coupon.objects.filter(order_id=order_id, state=CouponState.USED.value).values_list(
            "batch__refund_rule", flat=True
        )
    )
    if not any(comes_back(RefundRule(rule), is_whole=is_whole) for rule in rules):
        return 0
    return _give_back(order_id, CouponState.USED, only=RefundRule.WHOLE)


@in_transaction
def expire_coupons(*, limit: int = EXPIRE_BATCH) -> int:
    """Open coupons whose time is over; workers may run it side by side. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE promotions_coupon SET state = 'expired' WHERE id IN (SELECT id FROM promotions_coupon"
            " WHERE state = 'open' AND expires_at <= %s ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [clock.now(), limit],
        )
        return int(cursor.rowcount)


@in_transaction
def remind_of_coupons(*, limit: int = EXPIRE_BATCH) -> int:
    """Tell whose coupon ends within a day, once each. Returns how many."""
    now = clock.now()
    rows = list(
        Coupon.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            state=CouponState.OPEN.value,
            reminded_at__isnull=True,
            expires_at__gt=now,
            expires_at__lte=now + timedelta(hours=REMIND_HOURS),
            claimed_at__lte=now - timedelta(hours=REMIND_HOURS),
        )
        .select_related("batch__offer")
        .order_by("expires_at")[:limit]
    )
    Coupon.objects.filter(id__in=[row.id for row in rows]).update(reminded_at=now)
    for row in rows:
        record_fact(
            CouponExpiring(
                row.id, row.batch_id, row.member_id, row.batch.offer.label, row.expires_at.isoformat()
            ),
            by=SYSTEM,
        )
    return len(rows)


@in_transaction
def void_coupon(coupon_id: uuid.UUID, *, reason: str, by: Actor) -> None:
    """Take an unused coupon back from a member. Raises NotFound, CouponNotUsable."""
    by.require(PERMISSION)
    row = locks.lock_one(Coupon, coupon_id)
    if row.state != CouponState.OPEN.value:
        raise CouponNotUsable()
    Coupon.objects.filter(id=coupon_id).update(state=CouponState.VOID.value)
    history.record_step(subject=("coupon", coupon_id), verb="void", by=by, note=reason)


def clean_code(code: str) -> str:
    """Codes are read without spaces and dashes, in capitals."""
    return "".join(code.split()).replace("-", "").upper()[:24]


def _give_back(order_id: uuid.UUID, before: CouponState, *, only: RefundRule | None = None) -> int:
    rows = Coupon.objects.select_for_update(of=("self",)).filter(order_id=order_id, state=before.value)
    if only is not None:
        rows = rows.filter(batch__refund_rule=only.value)
    now = clock.now()
    found = list(rows.order_by("id"))
    for row in found:
        is_over = row.expires_at <= now
        state = CouponState.EXPIRED if is_over else CouponState.OPEN
        Coupon.objects.filter(id=row.id).update(state=state.value, order_id=None, used_at=None)
        record_fact(CouponReturned(row.id, row.batch_id, row.member_id, order_id, is_over), by=SYSTEM)
    return len(found)


def batch_of(coupon_id: uuid.UUID) -> BatchView:
    """Raises NotFound."""
    batch_id = Coupon.objects.filter(id=coupon_id).values_list("batch_id", flat=True).first()
    if batch_id is None:
        raise NotFound()
    return batch_view(batch_id)
