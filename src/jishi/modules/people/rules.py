"""Who may do what, and what a phone number or a name looks like."""

import re

from jishi.modules.people.errors import BadNickname, BadPhone
from jishi.modules.people.types import Role

PERMISSIONS = (
    "console.view",
    "members.view",
    "members.contact",
    "staff.manage",
    "catalog.view",
    "catalog.edit",
    "inventory.view",
    "inventory.edit",
    "orders.view",
    "orders.fulfil",
    "orders.cancel",
    "orders.refund",
    "plays.edit",
    "promotions.view",
    "promotions.edit",
    "loyalty.view",
    "loyalty.edit",
    "cases.view",
    "cases.decide",
    "reviews.view",
    "reviews.moderate",
    "approvals.view",
    "approvals.decide",
    "community.view",
    "community.edit",
    "moderation.view",
    "moderation.decide",
    "notes.view",
    "notes.edit",
    "sharing.view",
    "reports.view",
    "ledger.view",
    "ledger.adjust",
    "settings.edit",
    "webhooks.manage",
    "tokens.manage",
    "media.edit",
)
_VIEWING = frozenset(p for p in PERMISSIONS if p.endswith(".view"))
PERMISSIONS_OF_ROLE: dict[Role, frozenset[str]] = {
    Role.NONE: frozenset(),
    Role.OWNER: frozenset(PERMISSIONS),
    Role.OPERATOR: (_VIEWING - {"ledger.view"})
    | {
        "catalog.edit",
        "inventory.edit",
        "media.edit",
        "members.contact",
        "orders.cancel",
        "orders.fulfil",
        "orders.refund",
        "plays.edit",
        "promotions.edit",
        "loyalty.edit",
        "cases.decide",
        "reviews.moderate",
        "community.edit",
        "moderation.decide",
        "notes.edit",
    },
    Role.FINANCE: _VIEWING | {"orders.refund", "ledger.adjust", "approvals.decide"},
    Role.SERVICE: frozenset(
        {
            "console.view",
            "members.contact",
            "members.view",
            "orders.cancel",
            "orders.fulfil",
            "orders.refund",
            "orders.view",
            "cases.view",
            "cases.decide",
            "reviews.view",
            "reviews.moderate",
        }
    ),
    Role.READ_ONLY: _VIEWING - {"ledger.view"},
}

# What a token of a shopper may be narrowed to; staff tokens use the permission names as scopes.
SHOPPER_SCOPES = ("shop.read", "shop.write")

AVATAR_COLORS = ("#8a6bd1", "#3d8f72", "#c2703d", "#3f7cbf", "#b8527a", "#7a8a2e", "#a8572f", "#4c8a93")
NICKNAME_LENGTH_MAX = 24
_MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def clean_phone(text: str) -> str:
    """To E.164: eleven digits are a number of mainland China. Raises BadPhone."""
    compact = re.sub(
        r"[\s\-()（）]", "", text.translate(str.maketrans("０１２３４５６７８９＋", "0123456789+"))
    )
    compact = compact.removeprefix("0086") if compact.startswith("0086") else compact
    if _MAINLAND_MOBILE.fullmatch(compact):
        return f"+86{compact}"
    if compact.startswith("+86"):
        if _MAINLAND_MOBILE.fullmatch(compact[3:]):
            return compact
        raise BadPhone()
    if _INTERNATIONAL.fullmatch(compact):
        return compact
    raise BadPhone()


def mask_phone(phone: str) -> str:
    """`+8613800001234` → `138****1234`."""
    bare = phone.removeprefix("+86")
    return f"{bare[:3]}****{bare[-4:]}" if len(bare) >= 8 else bare


def mask_line(line: str) -> str:
    """The street without the door: the first six characters."""
    return f"{line[:6]}****" if len(line) > 6 else "****"


def clean_nickname(text: str) -> str:
    name = " ".join(_UNPRINTABLE.sub("", text).split())
    if not name or len(name) > NICKNAME_LENGTH_MAX:
        raise BadNickname(limit=NICKNAME_LENGTH_MAX)
    return name


def permissions_of(role: str) -> frozenset[str]:
    return PERMISSIONS_OF_ROLE[Role(role)]


def color_of(number: int) -> str:
    return AVATAR_COLORS[number % len(AVATAR_COLORS)]
