"""Whatever stands in a column that people write, every page shows it as text and runs nothing of it."""

import uuid
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client

from tests.world import wicked
from tests.world.chatter import add_chatter
from tests.world.makers import make_member
from tests.world.pages import address_of, pages
from tests.world.township import Town
from tests.world.township_fixture import _django_db_helper, town

__all__ = ["_django_db_helper", "town"]
# Where words may stand in a page, and an escape has been forgotten.
PLACES = [
    "<p>%s</p>", '<input value="%s">', "<input value='%s'>", "<input value=%s>", "<title>%s</title>", "<a href='%s'>x</a>",
    "<textarea>%s</textarea>", "<script>const said = '%s'</script>", "<style>b{color:red}%s</style>", "<!-- %s -->",
]  # fmt: skip
# Words that are for a template or a decoder that decodes twice: nothing of a page runs them as they stand.
FOR_OTHERS = (
    "{{",
    "${",
    "[x]",
    "![x",
    "x;",
    "expression",
    "\\",
    "%3C",
    "&",
    "=",
    "#",
    "@",
    "\u2028pwn",
    "\uff1c",
    "JaVa",
)
WORDY = frozenset(
    [
        *(
            "title",
            "name",
            "text",
            "words",
            "label",
            "reason",
            "note",
            "about",
            "hint",
            "greeting",
            "headline",
        ),
        *("audience", "promise", "nickname", "excerpt"),
    ]
)
# Named like that, but filled by the program, or seen by nobody.
OUR_OWN = {
    *("finance_limit.name", "platform_fact.name", "orders_orderrefund.reason", "payments_refund.reason"),
    *("aftersales_case.reason", "guard_report.reason", "reviews_report.reason", "sharing_credit.reason"),
    *("flash_sale_waitingclaim.reason", "orders_shippingtemplate.name", "finance_line.about"),
    *("finance_difference.about", "payments_providerevent.about", "group_buy_offer.audience"),
    *("red_packet_playterms.audience", "red_packet_packet.audience"),
}


@pytest.mark.django_db
def test_no_page_runs_what_people_write(town: Town) -> None:
    owner = make_member(role="owner")
    more = add_chatter(town, owner=owner)
    addresses = [*more, *(address_of(page, town) for page in pages())]
    marks = wicked.poison()
    staff, member = _client(owner.require_member()), _client(town.member.require_member())
    texts, wild = [], {}
    for address in dict.fromkeys(addresses):
        answer = (staff if address.startswith("/console/") else member).get(address)
        assert answer.status_code < 500, address
        kind = answer.headers.get("Content-Type", "")
        if "html" in kind:
            page = wicked.Reader(answer.content.decode())
            texts.append(page.text)
            wild |= {address: page.wild} if page.wild else {}
        elif "xml" in kind:
            ElementTree.fromstring(answer.content)
    assert wild == {}
    assert wicked.unseen(marks, texts) == set(), "nothing is proved by what is not shown"


@pytest.mark.parametrize("words", wicked.WORDS)
def test_words_that_were_not_escaped_are_noticed(words: str) -> None:
    """The control: in some place of a page, every one of them would have been caught."""
    caught = [place for place in PLACES if wicked.Reader(place % words).wild]
    assert caught or words.startswith(FOR_OTHERS), words


def test_columns_of_words_are_all_poisoned() -> None:
    found = {
        f"{model._meta.db_table}.{one.column}"
        for model in apps.get_models()
        if model.__module__.startswith("jishi.")
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField | models.TextField) and one.column in WORDY and not one.choices
    }
    known = {f"{table}.{column}" for table, names in wicked.COLUMNS.items() for column in names.split()}
    assert found - known == OUR_OWN


def _client(member_id: uuid.UUID) -> Client:
    client = Client(raise_request_exception=False)
    member = get_user_model().objects.get(pk=member_id)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client
