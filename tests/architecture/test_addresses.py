"""An address leads to one page: a second route of the same shape would never be reached."""

import re
from collections import Counter

import pytest
from django.urls import URLPattern

from jishi.surfaces.console.urls import urlpatterns as console
from jishi.surfaces.shop.urls import urlpatterns as shop


@pytest.mark.parametrize("routes", [shop, console], ids=["shop", "console"])
def test_an_address_leads_to_one_page(routes: list[URLPattern]) -> None:
    shapes = Counter(re.sub(r"<\w+:\w+>", "<>", str(route.pattern)) for route in routes)
    assert len(shapes) > 50
    assert [shape for shape, count in shapes.items() if count > 1] == []
