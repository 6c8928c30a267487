"""Offers and batches of coupons, as staff write them."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Status

from jishi.modules.promotions.public import (
    BatchForm,
    batch_table,
    change_offer,
    close_batch,
    close_offer,
    create_batch,
    create_offer,
    make_codes,
    offer_figures,
    offer_table,
    offer_view,
    open_batch,
    publish_offer,
    send_coupons,
    void_coupon,
)
from jishi.platform.http import actor_of, scopes
from jishi.surfaces.api.price_schemas import (
    BatchesAsked,
    BatchesOut,
    BatchIn,
    BatchOut,
    CodesIn,
    CodesOut,
    OffersAsked,
    PriceOfferIn,
    PriceOfferOut,
    PriceOfferPatch,
    PriceOffersOut,
    PriceSendIn,
    SentOut,
    VoidIn,
    batches_out,
    offer_out,
)

router = Router(tags=["staff"])


@router.get(
    "/staff/offers/prices",
    response=PriceOffersOut,
    summary="All price offers",
    tags=["staff"],
    openapi_extra=scopes("promotions.view"),
)
def list_price_offers(request: HttpRequest, asked: Query[OffersAsked]) -> Any:
    rows, total = offer_table(
        by=actor_of(request),
        stage=asked.stage.value if asked.stage else "",
        state=asked.state.value if asked.state else "",
        text=asked.text,
        page=asked.page,
        limit=asked.limit,
    )
    figures = offer_figures([row.id for row in rows])
    return {"items": [offer_out(row, figures.get(row.id, {})) for row in rows], "total": total}


@router.post(
    "/staff/offers/prices",
    response={201: PriceOfferOut},
    summary="Write a price offer",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def create_price_offer(request: HttpRequest, body: PriceOfferIn) -> Any:
    return Status(201, offer_out(create_offer(body.form(), by=actor_of(request)), {}))


@router.get(
    "/staff/offers/prices/{uuid:offer_id}",
    response=PriceOfferOut,
    summary="One price offer",
    tags=["staff"],
    openapi_extra=scopes("promotions.view"),
)
def get_price_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    actor_of(request).require("promotions.view")
    return offer_out(offer_view(offer_id), offer_figures([offer_id]).get(offer_id, {}))


@router.put(
    "/staff/offers/prices/{uuid:offer_id}",
    response=PriceOfferOut,
    summary="Change a price offer",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def change_price_offer(request: HttpRequest, offer_id: uuid.UUID, body: PriceOfferPatch) -> Any:
    changed = change_offer(offer_id, body.form(), version=body.version, by=actor_of(request))
    return offer_out(changed, offer_figures([offer_id]).get(offer_id, {}))


@router.post(
    "/staff/offers/prices/{uuid:offer_id}/publish",
    response=PriceOfferOut,
    summary="Let a price offer count",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def publish_price_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    return offer_out(publish_offer(offer_id, by=actor_of(request), currency=settings.JISHI_CURRENCY), {})


@router.post(
    "/staff/offers/prices/{uuid:offer_id}/close",
    response=PriceOfferOut,
    summary="End a price offer",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def close_price_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    return offer_out(close_offer(offer_id, by=actor_of(request)), {})


@router.get(
    "/staff/coupons/batches",
    response=BatchesOut,
    summary="All batches of coupons",
    tags=["staff"],
    openapi_extra=scopes("promotions.view"),
)
def list_coupon_batches(request: HttpRequest, asked: Query[BatchesAsked]) -> Any:
    way = asked.way.value if asked.way else ""
    rows, total = batch_table(by=actor_of(request), way=way, page=asked.page, limit=asked.limit)
    return {"items": batches_out(rows), "total": total}


@router.post(
    "/staff/coupons/batches",
    response={201: BatchOut},
    summary="Write a batch of coupons",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def create_coupon_batch(request: HttpRequest, body: BatchIn) -> Any:
    return Status(201, batches_out([create_batch(BatchForm(**body.dict()), by=actor_of(request))])[0])


@router.post(
    "/staff/coupons/batches/{uuid:batch_id}/open",
    response=BatchOut,
    summary="Begin to hand a batch out",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def open_coupon_batch(request: HttpRequest, batch_id: uuid.UUID) -> Any:
    return batches_out([open_batch(batch_id, by=actor_of(request))])[0]


@router.post(
    "/staff/coupons/batches/{uuid:batch_id}/close",
    response=BatchOut,
    summary="Stop handing a batch out",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def close_coupon_batch(request: HttpRequest, batch_id: uuid.UUID) -> Any:
    return batches_out([close_batch(batch_id, by=actor_of(request))])[0]


@router.post(
    "/staff/coupons/batches/{uuid:batch_id}/codes",
    response={201: CodesOut},
    summary="Make codes",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def create_coupon_codes(request: HttpRequest, batch_id: uuid.UUID, body: CodesIn) -> Any:
    codes = make_codes(batch_id, count=body.count, shared=body.shared, by=actor_of(request))
    return Status(201, {"codes": codes})


@router.post(
    "/staff/coupons/batches/{uuid:batch_id}/sends",
    response={201: SentOut},
    summary="Give coupons to chosen members, once each",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def send_coupon_batch(request: HttpRequest, batch_id: uuid.UUID, body: PriceSendIn) -> Any:
    given = send_coupons(batch_id, member_ids=body.member_ids, by=actor_of(request))
    return Status(201, {"given": given})


@router.post(
    "/staff/coupons/{uuid:coupon_id}/void",
    response={204: None},
    summary="Take an unused coupon back",
    tags=["staff"],
    openapi_extra=scopes("promotions.edit"),
)
def revoke_coupon(request: HttpRequest, coupon_id: uuid.UUID, body: VoidIn) -> Any:
    void_coupon(coupon_id, reason=body.reason, by=actor_of(request))
    return Status(204, None)
