"""People as anybody may find them: by name, and nothing but the name."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from jishi.modules.guard.public import hidden_authors
from jishi.modules.people.public import people_named
from jishi.platform.http import anyone, next_link
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces.api.common import Page, PageIn, PersonOut

router = Router(tags=["talk"])


class PersonSearchIn(PageIn):
    q: str = Field(min_length=1, max_length=24)


@router.get(
    "/people/search",
    response=Page[PersonOut],
    summary="Find people whose name begins so",
    openapi_extra=anyone(),
)
def search_people(request: HttpRequest, wanted: Query[PersonSearchIn]) -> Any:
    """By name, in whatever case. Who is hidden by moderation is not found."""
    start = offset_of(wanted.cursor)
    rows = people_named(wanted.q, offset=start, limit=wanted.limit)
    hidden = hidden_authors([one.id for one in rows])
    cursor = offset_cursor(start + wanted.limit) if len(rows) >= wanted.limit else ""
    return {"items": [one for one in rows if one.id not in hidden], "next": next_link(request, cursor)}
