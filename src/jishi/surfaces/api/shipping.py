"""What shipping costs."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from jishi.modules.orders.public import Rate, default_rates, set_default_shipping
from jishi.platform.http import actor_of, scopes
from jishi.surfaces.api.common import MINOR_MAX, Minor

RATES_MAX = 40
GRAMS_MAX = 10**8
router = Router(tags=["staff"])
ProvinceCode = Annotated[str, Field(pattern=r"^[0-9]{2,6}$")]


class RateIn(Schema):
    """A parcel to some provinces; no provinces means everywhere else. The first rate that fits counts."""

    province_codes: list[ProvinceCode] = Field([], max_length=40)
    first_grams: int = Field(ge=1, le=GRAMS_MAX)
    first_minor: Minor
    step_grams: int = Field(ge=1, le=GRAMS_MAX)
    step_minor: Minor
    free_from_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    is_refused: bool = False


class RatesIn(Schema):
    name: str = Field(min_length=1, max_length=40)
    rates: list[RateIn] = Field(max_length=RATES_MAX)


class RateOut(Schema):
    province_codes: list[str]
    first_grams: int
    first_minor: int
    step_grams: int
    step_minor: int
    free_from_minor: int | None
    is_refused: bool


@router.get(
    "/shipping/rates",
    response=list[RateOut],
    summary="Shipping rates in their order",
    openapi_extra=scopes("console.view"),
)
def list_shipping_rates(request: HttpRequest) -> Any:
    actor_of(request).require("console.view")
    return default_rates()


@router.put(
    "/shipping/rates",
    response={204: None},
    summary="Replace the shipping rates",
    openapi_extra=scopes("settings.edit"),
)
def replace_shipping_rates(request: HttpRequest, body: RatesIn) -> Any:
    rates = [Rate(**{**rate.dict(), "province_codes": tuple(rate.province_codes)}) for rate in body.rates]
    set_default_shipping(by=actor_of(request), name=body.name, rates=rates)
    return Status(204, None)
