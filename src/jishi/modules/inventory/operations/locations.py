"""Places with stock."""

import uuid

from django.db import IntegrityError, transaction

from jishi.kernel.actor import Actor
from jishi.modules.inventory.errors import LocationCodeTaken, LocationMissing
from jishi.modules.inventory.models import Location
from jishi.platform.history import record_step
from jishi.platform.locks import lock_name

DEFAULT_CODE = "main"
DEFAULT_NAME = "总仓"


def create_location(*, by: Actor, code: str, name: str, priority: int = 100) -> uuid.UUID:
    """A place more. Raises LocationCodeTaken."""
    by.require("inventory.edit")
    clean = code.strip().lower()[:40]
    try:
        with transaction.atomic():
            location = Location.objects.create(code=clean, name=name.strip()[:120], priority=priority)
            record_step(subject=("location", location.id), verb="create", by=by, note=clean)
    except IntegrityError as error:
        raise LocationCodeTaken(code=clean) from error
    return location.id


def change_location(*, by: Actor, location_id: uuid.UUID, name: str, priority: int, is_active: bool) -> None:
    """A location that is not active sells nothing; what lies there stays on the books."""
    by.require("inventory.edit")
    with transaction.atomic():
        location = find_location(location_id)
        location.name, location.priority, location.is_active = name.strip()[:120], priority, is_active
        location.save()
        record_step(subject=("location", location.id), verb="change", by=by)


def find_location(location_id: uuid.UUID) -> Location:
    location = Location.objects.filter(id=location_id).first()
    if location is None:
        raise LocationMissing(id=str(location_id))
    return location


def default_location() -> Location:
    """The active location that is asked first; a shop without any gets its main one."""
    found = Location.objects.filter(is_active=True).order_by("priority", "code").first()
    if found is not None:
        return found
    with transaction.atomic():
        lock_name("inventory.locations")
        location, _ = Location.objects.get_or_create(code=DEFAULT_CODE, defaults={"name": DEFAULT_NAME})
        if not location.is_active:
            location.is_active = True
            location.save(update_fields=["is_active"])
    return location
