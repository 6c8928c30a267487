"""The routes of offers and coupons."""

from tests.permissions.rows import ALL, EDITORS, PEOPLE, REPORTERS, WRITERS, Row

OFFER = {
    "name": "满减",
    "label": "满 100 减 20",
    "stage": "order",
    "benefit": {"kind": "steps", "steps": [{"least": 10_000, "off_minor": 2_000}]},
}
BATCH = {"offer_id": "{coupon_offer}", "name": "券", "way": "public", "capacity": 10, "valid_days": 7}

PRICE_ROWS = [
    Row("list_claimable_coupons", "/coupons/claimable", ALL),
    Row("request_coupon", "/coupons/batches/{coupon_batch}/claims", WRITERS),
    Row("request_coupon_by_code", "/coupons/codes", WRITERS, {"code": "NOSUCHCODE"}, (404,), (401, 403)),
    Row("list_own_coupons", "/me/coupons", PEOPLE),
    Row("list_price_offers", "/staff/offers/prices", REPORTERS),
    Row("create_price_offer", "/staff/offers/prices", EDITORS, OFFER),
    Row("get_price_offer", "/staff/offers/prices/{price_offer}", REPORTERS),
    Row("change_price_offer", "/staff/offers/prices/{price_offer}", EDITORS, OFFER | {"version": 1}),
    Row("publish_price_offer", "/staff/offers/prices/{price_offer}/publish", EDITORS),
    Row("close_price_offer", "/staff/offers/prices/{live_price_offer}/close", EDITORS),
    Row("list_coupon_batches", "/staff/coupons/batches", REPORTERS),
    Row("create_coupon_batch", "/staff/coupons/batches", EDITORS, BATCH),
    Row("open_coupon_batch", "/staff/coupons/batches/{coupon_batch}/open", EDITORS),
    Row("close_coupon_batch", "/staff/coupons/batches/{coupon_batch}/close", EDITORS),
    Row("create_coupon_codes", "/staff/coupons/batches/{code_batch}/codes", EDITORS, {"count": 2}),
    Row(
        "send_coupon_batch",
        "/staff/coupons/batches/{coupon_batch}/sends",
        EDITORS,
        {"member_ids": ["{member}"]},
    ),
    Row("revoke_coupon", "/staff/coupons/{held_coupon}/void", EDITORS, {"reason": "发错了"}),
]
