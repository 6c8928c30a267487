"""Where a member wants their parcels."""

import uuid
from dataclasses import dataclass

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.modules.people import rules
from jishi.modules.people.errors import TooManyAddresses
from jishi.modules.people.models import Address
from jishi.modules.people.queries import address_view_of
from jishi.modules.people.types import AddressView
from jishi.platform.transactions import in_transaction

ADDRESSES_MAX = 20
_LENGTHS = {"name": 40, "province": 40, "city": 40, "district": 40, "line": 120}


@dataclass(frozen=True, slots=True)
class AddressForm:
    """`region_code` is the GB/T 2260 code of the district (or city, or province)."""

    name: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    line: str
    is_default: bool = False


@in_transaction
def save_address(form: AddressForm, *, by: Actor, address_id: uuid.UUID | None = None) -> AddressView:
    """Add an address or change an own one. Raises InvalidInput, BadPhone, TooManyAddresses, NotFound."""
    member_id = by.require_member()
    clean = _check(form)
    own = Address.objects.select_for_update().filter(member_id=member_id, removed_at__isnull=True)
    if address_id is None and own.count() >= ADDRESSES_MAX:
        raise TooManyAddresses(limit=ADDRESSES_MAX)
    others = own.exclude(id=address_id) if address_id else own
    makes_default = form.is_default or not others.exists()
    if makes_default:
        others.filter(is_default=True).update(is_default=False)
    if address_id is None:
        return address_view_of(Address.objects.create(member_id=member_id, is_default=makes_default, **clean))
    row = own.filter(id=address_id).first()
    if row is None:
        raise NotFound()
    for name, value in clean.items():
        setattr(row, name, value)
    row.is_default = row.is_default or makes_default
    row.save()
    return address_view_of(row)


@in_transaction
def remove_address(address_id: uuid.UUID, *, by: Actor) -> None:
    """Orders keep their own copy, so removing is safe."""
    own = Address.objects.filter(member_id=by.require_member(), removed_at__isnull=True)
    if not own.filter(id=address_id).update(removed_at=clock.now(), is_default=False):
        raise NotFound()
    if not own.filter(is_default=True).exists():
        newest = own.order_by("-created_at").first()
        if newest is not None:
            own.filter(id=newest.id).update(is_default=True)


def _check(form: AddressForm) -> dict[str, str]:
    clean = {name: " ".join(getattr(form, name).split()) for name in _LENGTHS}
    for name, limit in _LENGTHS.items():
        if len(clean[name]) > limit:
            raise InvalidInput(field=name, reason=f"不超过 {limit} 个字")
    for name in ("name", "province", "line"):
        if not clean[name]:
            raise InvalidInput(field=name, reason="请填写")
    if not form.region_code.isdigit() or not 2 <= len(form.region_code) <= 12:
        raise InvalidInput(field="region_code", reason="请选择地区")
    return {**clean, "region_code": form.region_code, "phone": rules.clean_phone(form.phone)}
