"""What a town has when people talk a lot: words in every place that the small town leaves empty."""

import uuid
from urllib.parse import quote

from jishi.flows.community import change_post
from jishi.kernel.actor import Actor
from jishi.modules.aftersales.public import say
from jishi.modules.approvals.public import refuse
from jishi.modules.catalog.public import (
    NewVariant,
    add_picture,
    create_category,
    create_product,
    publish_product,
    refresh_terms,
    request_import,
    run_requested_import,
)
from jishi.modules.community import public as community
from jishi.modules.guard import public as guard
from jishi.modules.incentives.public import RuleForm, save_rule
from jishi.modules.loyalty.public import BadgeTerms, DeedKind, save_badge
from jishi.modules.messaging.public import notify
from jishi.modules.messaging.types import NOTICE_WORDS
from jishi.modules.people.public import create_token
from jishi.modules.reviews.public import hide_review
from jishi.platform.history import record_step
from tests.world import makers, talk, wicked
from tests.world.township import Town

GOODS, PLACE = "many-words", "town-asks"
_FAULTY = "Handle,Title,Variant Price\nfaulty,Faulty,dear\n"
_FACTS = (
    *(
        "title",
        "name",
        "label",
        "reason",
        "excerpt",
        "carrier",
        "place",
        "community",
        "product",
        "tier",
        "badge",
    ),
    *("prize", "lines", "tracking_number", "number"),
)


def add_chatter(town: Town, *, owner: Actor) -> list[str]:
    """Also the addresses where it is shown, besides those of the routes. Some of it is the owner's own."""
    _goods(town)
    _place(town)
    say(uuid.UUID(town.names["case"]), by=town.member, text="盒子也破了")
    say(uuid.UUID(town.names["case"]), by=makers.OWNER, text="看到了")
    hide_review(uuid.UUID(town.names["review"]), by=makers.OWNER, reason="看不清")
    refuse(uuid.UUID(town.names["own_approval"]), by=owner, note="不合适")
    create_token(by=owner, name="仓库", scopes=["orders.view"])
    _rules(town)
    for number, kind in enumerate(NOTICE_WORDS):
        facts = dict.fromkeys(_FACTS, "甲")
        notify(member_id=town.member.require_member(), kind=kind, key=f"chatter:{number}", facts=facts)
    record_step(subject=("order", uuid.UUID(town.names["paid"])), verb="pay", by=owner, note="电话里说的")
    return _addresses(town)


def _goods(town: Town) -> None:
    """Goods with everything a merchant may write; the description is cleaned on its way in, so it is wicked from the start."""
    create_category(by=makers.OWNER, name="山货")
    product_id = create_product(
        by=makers.OWNER,
        title="山货",
        handle=GOODS,
        option_names=("规格",),
        variants=[NewVariant(4_200, ("小",), sku="MANY-1"), NewVariant(8_200, ("大",), sku="MANY-2")],
        subtitle="现采",
        vendor="山里人家",
        specs=(("产地", "赣南"),),
        description_html="<p>介绍的话</p>" + "<p>x</p>".join(wicked.WORDS),
        categories=(("山货",),),
    )
    add_picture(by=makers.OWNER, product_id=product_id, content=makers.picture(), alt="一筐")
    publish_product(by=makers.OWNER, product_id=product_id)
    refresh_terms()
    run = request_import(by=makers.OWNER, filename="faulty.csv", content=_FAULTY.encode())
    run_requested_import(by=makers.OWNER, run_id=run.id)
    town.names |= {"run": str(run.id), "many_product": str(product_id)}


def _place(town: Town) -> None:
    """A place of the member's with a question, an answer, a channel, a task and an edited post."""
    place = talk.make_community(
        town.member,
        handle=PLACE,
        name="山货",
        joining=community.Joining.REQUEST,
        questions=("为什么来？",),
        house_rules="好好说话",
    )
    community.save_channel(
        place.id, name="茶桌", about="什么都聊", writers=community.Writers.EVERYONE, by=makers.OWNER
    )
    community.open_task(place.id, title="早起", about="七点前", by=makers.OWNER)
    community.ask_to_join(place.id, ["想学"], by=makers.make_member())
    question = talk.say(town.member, place, "挑什么？ #水果", kind="question")
    community.make_comment(question, text="挑沉的", by=town.member)
    edited = talk.say(town.member, place, "早上好", title="早")
    change_post(edited, title="早", text="早上好呀", version=1, by=town.member)
    town.names |= {"asked": str(question), "edited": str(edited), "place_id": str(place.id)}


def _rules(town: Town) -> None:
    save_rule(RuleForm("community.post_published.v1", "author_id", "发帖", 5, 5, 3), by=makers.OWNER)
    save_badge(BadgeTerms("talker", "话多", "多说话", DeedKind.JOINED, 1), by=makers.OWNER)
    lexicon = guard.create_lexicon(by=makers.OWNER, name="词", kind=guard.LexiconKind.WATCHED)
    word = guard.WordForm("加我", category="引流", reason="规定", suggestion="别写")
    guard.save_word(word, by=makers.OWNER, lexicon_id=lexicon)
    town.names["lexicon"] = str(lexicon)


def _addresses(town: Town) -> list[str]:
    names = town.names
    shop = [
        *(f"/p/{GOODS}/", f"/p/{GOODS}/buy/", "/c/山货/", "/search/?q=z", "/search/?q=z&kind=posts"),
        *(f"/communities/{PLACE}/{part}" for part in ("", "about/", "requests/", "trust/", "write/")),
        *(f"/posts/{names[post]}/{part}" for post in ("asked", "edited") for part in ("", "history/")),
        *(f"/orders/{names[one]}/" for one in ("placed", "shipped", "received", "reviewed", "refused")),
        *(f"/orders/{names['placed']}/pay/", f"/n/{names['note']}/", f"/me/notes/{names['note_draft']}/"),
        *(f"/report/note/{names['note']}/", f"/report/profile/{names['follow']}/", "/x/town-days/"),
    ]
    console = [
        *(f"/console/orders/{names[one]}/" for one in ("paid", "shipped", "refused", "reviewed")),
        *(f"/console/products/{names['many_product']}/", f"/console/communities/{names['place_id']}/"),
        *(f"/console/moderation/{names['decided_item']}/", "/console/moderation/?state=decided"),
        *(f"/console/approvals/{names['own_approval']}/", "/console/reviews/?state=hidden"),
        *(f"/console/lexicons/{names['lexicon']}/", f"/console/products/imports/{names['run']}/"),
    ]
    asked = [f"/search/?q={quote(word)}" for word in wicked.WORDS]
    return [*shop, *console, *asked[:: len(asked) // 12]]
