"""What surfaces put on a request."""

from typing import cast

from django.http import HttpRequest

from jishi.kernel.actor import Actor, ActorKind

ANONYMOUS = Actor(kind=ActorKind.VISITOR)


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the surfaces' middleware or the API's authentication has said so."""
    return cast(Actor, getattr(request, "actor", ANONYMOUS))
