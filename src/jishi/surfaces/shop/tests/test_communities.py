"""Community pages: constant queries, inert texts, and what works without a script."""

import io
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from jishi.flows.community import write_comment
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.community import public as community
from jishi.modules.community.public import Joining, Ref, RefKind
from jishi.platform.models import FactRow
from jishi.surfaces.templatetags.talk import written
from tests.world import makers
from tests.world.makers import make_member
from tests.world.talk import make_community, make_members, say

pytestmark = pytest.mark.django_db
XSS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><b onmouseover=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/'><script>alert(1)</script>",
    "http://a.example/?q=<script>alert(1)</script>",
    "#<script>alert(1)</script>",
    '#话题"onclick="alert(1)',
    "@<b>谁</b>",
    "{{ 7|add:7 }}{% load static %}",
    "[点我](javascript:alert(1))",
    '<a href="javascript:alert(1)">x</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{display:none}</style>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
)
HARMLESS_TAGS = {"a", "br"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def client_of(person: Actor) -> Client:
    client = Client()
    member = get_user_model().objects.get(pk=person.id)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # whatever is kept in memory is there now
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_a_stream_of_fifty_takes_as_many_queries_as_a_stream_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jishi.surfaces.shop.communities.POSTS_SHOWN", 50)
    owner = make_member()
    place = make_community(owner)
    people, variants = make_members(place, 6), [makers.make_product() for _ in range(4)]
    _talk(owner, place, people, variants, 1)
    client = client_of(people[0])
    one = queries_of(client, f"/communities/{place.handle}/")
    for number in range(2, 17):
        _talk(people[number % 6], place, people, variants, number)
    many = queries_of(client, f"/communities/{place.handle}/")

    assert len(community.stream(place.id, by=owner, limit=50)) >= 48
    assert many <= one <= 28


def test_a_post_with_many_comments_takes_as_many_queries_as_with_one() -> None:
    owner = make_member()
    place = make_community(owner)
    people = make_members(place, 8)
    post_id = say(owner, place)
    top = write_comment(post_id, text="一楼", by=people[0])
    client = client_of(people[1])
    one = queries_of(client, f"/posts/{post_id}/")
    for person in people:
        write_comment(post_id, text="楼", by=person)
        write_comment(post_id, text="楼中楼", by=person, reply_to=top)

    assert queries_of(client, f"/posts/{post_id}/") <= one
    assert "楼中楼" in client.get(f"/posts/{post_id}/").content.decode()


@pytest.mark.parametrize("text", XSS)
def test_whatever_is_written_is_text(text: str) -> None:
    parsed = Tags()
    parsed.feed(str(written(text, {"谁": "11111111-1111-1111-1111-111111111111"}, "place")))

    for tag, attributes in parsed.found:
        assert tag in HARMLESS_TAGS
        assert set(attributes) <= {"href", "rel", "target", "class"}
        assert (attributes.get("href") or "/").startswith(("http://", "https://", "/"))


def test_the_corpus_is_inert_in_every_field_of_every_page() -> None:
    owner = make_member(nickname="<i>主</i>")
    place = make_community(
        owner, house_rules="".join(XSS), questions=("<script>问</script>",), joining=Joining.OPEN
    )
    for text in XSS:
        post_id = say(owner, place, text, title=text[:60])
        write_comment(post_id, text=text, by=owner)
    question = say(owner, place, XSS[0], kind="question", title=XSS[1])
    poll = community.PollForm(
        ("<script>甲</script>", "<img src=x onerror=alert(1)>"), clock.now() + timedelta(days=1)
    )
    say(owner, place, XSS[2], kind="poll", poll=poll)
    client = client_of(owner)
    pages = [f"/communities/{place.handle}/", f"/communities/{place.handle}/about/", f"/posts/{question}/"]
    pages += [f"/posts/{post_id}/", f"/posts/{post_id}/edit/", f"/u/{owner.id}/", f"/communities/?q={XSS[0]}"]
    for page in pages:
        parsed = Tags()
        parsed.feed(client.get(page).content.decode())
        events = [(tag, name) for tag, found in parsed.found for name in found if name.startswith("on")]
        inline = [
            found
            for tag, found in parsed.found
            if tag == "script" and "src" not in found and "type" not in found
        ]
        links = [found.get("href") or "" for tag, found in parsed.found if tag == "a"]
        assert events == [], page
        assert inline == [], page
        assert not [one for one in links if one.lower().startswith(("javascript:", "data:"))], page
        assert not [tag for tag, _ in parsed.found if tag in ("iframe", "object", "embed")], page


def test_reading_joining_writing_and_answering_work_without_a_script() -> None:
    owner, new = make_member(), make_member()
    place = make_community(owner)
    client, base = client_of(new), f"/communities/{place.handle}"
    assert client.post(f"{base}/join/").headers["Location"] == f"{base}/"
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "orange").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "orange.png"
    sent = client.post(
        f"{base}/write/", {"kind": "question", "title": "甜吗", "text": "#脐橙 甜不甜", "pictures": [drawn]}
    )
    address = sent.headers["Location"]
    page = client.get(address).content.decode()
    assert "甜吗" in page and ".webp" in page and f"{base}/?topic=" in page

    client_of(owner).post(f"{address}comments/", {"text": "甜"})
    comment = community.comments_of(community.stream(place.id, by=owner)[0].id, by=owner)[0]
    client.post(f"/comments/{comment.id}/", {"verb": "accept"})
    assert "被采纳的回答" in client.get(address).content.decode()
    client.post(f"{address}react/", {"emoji": "👍", "next": f"{base}/"})
    client.post(f"{address}keep/", {"keep": "1"})
    assert "甜吗" in client.get("/me/bookmarks/").content.decode()
    client.post(f"/u/{owner.id}/follow/", {"follow": "1"})
    assert community.followed_ids(new.require_member()) == {owner.id}
    assert "已关注" in client.get(f"/u/{owner.id}/").content.decode()
    assert "你在这里是" in client.get(f"{base}/trust/").content.decode()


def test_thanks_are_offered_to_others_and_never_to_oneself() -> None:
    author, reader = make_member(), make_member()
    place = make_community(author)
    community.join_community(place.id, by=reader)
    post_id = say(author, place)
    comment_id = write_comment(post_id, text="好吃", by=reader)
    for_post, for_comment = f"/thanks/post/{post_id}/", f"/thanks/comment/{comment_id}/"
    pages = {
        name: client_of(person).get(f"/posts/{post_id}/").content.decode()
        for name, person in (("author", author), ("reader", reader))
    }
    assert for_post in pages["reader"] and for_post not in pages["author"]
    assert for_comment in pages["author"] and for_comment not in pages["reader"]
    assert for_post not in Client().get(f"/posts/{post_id}/").content.decode()
    address = f"{for_post}{author.id}/"
    answer = client_of(reader).post(address, {"next": f"/posts/{post_id}/"})
    assert answer.headers["Location"] == f"/posts/{post_id}/"
    assert FactRow.objects.filter(name="incentives.thanks_given.v1").count() == 1


def test_what_is_not_a_picture_is_refused_and_the_words_stay_in_the_form() -> None:
    owner = make_member()
    place = make_community(owner)
    trick = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    trick.name = "x.png"

    answer = client_of(owner).post(
        f"/communities/{place.handle}/write/", {"text": "好看的图", "pictures": [trick]}
    )

    assert answer.status_code == 422
    assert "好看的图" in answer.content.decode()
    assert community.stream(place.id, by=owner) == []


def test_the_bar_says_how_many_posts_came() -> None:
    owner = make_member()
    place = make_community(owner)
    since = clock.now().isoformat().replace("+", "%2B")
    client = client_of(owner)
    empty = client.get(f"/communities/{place.handle}/newer/?since={since}")
    say(owner, place)
    told = client.get(f"/communities/{place.handle}/newer/?since={since}")

    assert empty.content.decode().strip() == ""
    assert "有 1 篇新帖子" in told.content.decode()
    assert client.get(f"/communities/{place.handle}/newer/?since=x").status_code == 422


def _talk(
    author: Actor, place: community.CommunityView, people: list[Actor], variants: list[object], number: int
) -> None:
    product = makers.product_of(variants[number % 4])  # type: ignore[arg-type]
    post_id = say(author, place, f"第 {number} 篇 #话题{number}", refs=(Ref(RefKind.PRODUCT, product),))
    community.react(post_id, emoji="👍", by=people[number % 6])
    community.bookmark(post_id, is_kept=True, by=people[0])
    say(author, place, f"投票 {number}", kind="poll")
    say(author, place, f"问题 {number}", kind="question")
