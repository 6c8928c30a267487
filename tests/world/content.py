"""What members wrote in the small shop of one of everything."""

from jishi.flows.community import write_comment
from jishi.flows.community_moderation import claim_here
from jishi.flows.community_pictures import keep_pictures
from jishi.flows.moderation import report_subject
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.community import public as community
from jishi.modules.guard.public import ReportReason, item_of
from jishi.modules.media.public import store_picture
from jishi.modules.notes.public import NoteDraft, approve_note, comment, publish_note, start_note
from jishi.modules.promotions import public as promotions
from tests.world import makers, talk


def talked(member: Actor, other: Actor) -> dict[str, str]:
    """A public place with talk and a coupon; a secret one that only `other` knows of."""
    keeper = makers.make_member(nickname="群主")
    place = talk.make_community(keeper, handle="town-place", name="镇上的社群")
    secret = talk.make_community(other, handle="town-secret", name="秘密花园", is_secret=True)
    community.join_community(place.id, by=member)
    question = talk.say(member, place, "怎么挑？", kind="question")
    poll = talk.say(keeper, place, "投一票", kind="poll")
    found = community.post_view(poll, by=member).poll
    assert found is not None
    return {
        "secret_post": str(talk.say(other, secret, "不能外传的话")),
        "place_post": str(question),
        "place_comment": str(write_comment(question, text="挑沉的", by=keeper)),
        "place_poll": str(poll),
        "place_option": str(found.options[0].id),
        "follow": str(keeper.id),
        "handle": "town-place",
        "post": str(question),
        **_kept(member, other),
        **_pictured(keeper, place),
        "community_batch": str(
            makers.make_coupon_offer(
                promotions.AmountOff(500),
                way=promotions.CouponWay.COMMUNITY,
                batch={"community_id": place.id},
            ).id
        ),
    }


def _pictured(author: Actor, place: community.CommunityView) -> dict[str, str]:
    kept = keep_pictures([makers.picture(size=(60, 40))], by=author)
    return {
        "picture_post": str(talk.say(author, place, "看图", media_ids=kept)),
        "post_picture": str(kept[0]),
    }


def _kept(member: Actor, other: Actor) -> dict[str, str]:
    """A community that `member` moderates, with two reported posts, one claimed; `other` moderates another one."""
    keeper, reader = makers.make_member(), makers.make_member()
    place, elsewhere = talk.make_community(keeper, handle="town-kept"), talk.make_community(keeper)
    ids = {}
    for there, moderator in ((place, member), (elsewhere, other)):
        talk.let_in(there, moderator)
        community.set_role(
            there.id, moderator.require_member(), role=community.CommunityRole.MODERATOR, by=SYSTEM
        )
    for name in ("item", "claimed"):
        post_id = talk.say(keeper, place, "看看这条")
        report_subject("post", post_id, by=reader, reason=ReportReason.SPAM)
        found = item_of("post", post_id)
        assert found is not None
        ids[f"kept_{name}"] = str(found.id)
        if name == "claimed":
            claim_here(found.id, by=member, community_id=place.id, version=found.version)
    return ids


def noted(member: Actor) -> dict[str, str]:
    """Of the member: a published note with a comment, one that waits for a look, a draft with a picture beside it."""
    ids = {}
    for name in ("note", "note_waiting", "note_draft"):
        media = store_picture(makers.picture(size=(60, 40)), by=member)
        shown = NoteDraft(title="脐橙", text="甜", media_ids=(media.id,))
        ids[name] = start_note(by=member, draft=NoteDraft(title="草稿") if name == "note_draft" else shown)
        ids[f"{name}_media"] = media.id
    for name in ("note", "note_waiting"):
        publish_note(ids[name], by=member)
    approve_note(ids["note"], by=makers.OWNER)
    ids["note_comment"] = comment(ids["note"], by=member, words="好")
    return {name: str(one) for name, one in ids.items()}
