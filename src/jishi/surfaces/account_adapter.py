"""How allauth makes our members: a name and a colour for everybody, and a welcome that the other rooms hear."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.utils.translation import get_language

from jishi.flows.recognition import recognise
from jishi.modules.people.public import BadNickname, clean_nickname, color_of, welcome_member
from jishi.platform.http import actor_of

FALLBACK_NAME = "新邻居"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """E-mail and password."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        super().save_user(request, user, form, commit=False)
        dress(user, name=str(user.email or "").partition("@")[0])
        if commit:
            user.save()
            welcome_member(user.id, visitor_id=actor_of(request).visitor_id)
        return user

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        visitor_id = actor_of(request).visitor_id
        if visitor_id is not None:
            recognise(visitor_id=visitor_id, member_id=user.id)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        del request
        return "/me/"


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An account at another service."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        dress(user, name=str(data.get("name") or data.get("username") or data.get("first_name") or ""))
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        user = super().save_user(request, sociallogin, form)
        welcome_member(user.id, visitor_id=actor_of(request).visitor_id)
        return user


def dress(user: Any, *, name: str) -> None:
    """A nickname that fits, a colour, the language they read now; an empty e-mail is no e-mail."""
    try:
        user.nickname = user.nickname or clean_nickname(name[:24])
    except BadNickname:
        user.nickname = FALLBACK_NAME
    user.color = color_of(user.id.int >> 4)
    user.language = get_language() or "zh-hans"
    user.email = user.email or None


def display_name(user: Any) -> str:
    return str(user.nickname)
