"""Cards of goods and of teams. The markup of a card is made once per version of what it shows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from jishi.modules.catalog.public import ProductCard, ProductKind, cards_by_ids
from jishi.modules.inventory.public import sellable_by_product
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.group_buy.public import (
    SeatView,
    TeamView,
    forming_teams,
    lowest_prices,
    team_prices,
)
from jishi.surfaces.memo import Memo
from jishi.surfaces.templatetags.chrome import kept_markup
from jishi.surfaces.templatetags.look import countdown

CARDS_KEPT = 4_000
FIRST_ROW = 4
SCARCE_FROM = 20
RAIL_LENGTH = 8

_CLOCK = "<!--clock-->"

_goods: Memo[tuple[object, ...], SafeString] = Memo(size=CARDS_KEPT)


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team as a card or a row shows it."""

    url: str
    title: str
    image: str
    price_minor: int
    single_minor: int | None
    size: int
    missing: int
    free: int
    names: tuple[str, ...]
    deadline: datetime

    @property
    def as_card(self) -> SafeString:
        return self._with_clock("shop/parts/team_card.html")

    @property
    def as_row(self) -> SafeString:
        return self._with_clock("shop/parts/team_row.html")

    def _with_clock(self, template: str) -> SafeString:
        """The remembered markup; only the seconds left are of this moment."""
        key = tuple(getattr(self, name) for name in self.__slots__)
        kept = kept_markup(template, key, lambda: {"team": self, "clock": mark_safe(_CLOCK)})
        return mark_safe(kept.replace(_CLOCK, countdown(self.deadline, "is-plain")))


def goods_markup(cards: Sequence[ProductCard]) -> list[SafeString]:
    """One card each, with true stock and the team price of the moment; two queries for all of them."""
    product_ids = [card.id for card in cards]
    sellable = sellable_by_product(product_ids)
    teams = team_prices(product_ids)
    language = get_language()
    found = []
    for place, card in enumerate(cards):
        team = teams.get(card.id)
        stock = stock_shown(card, sellable.get(card.id, 0))
        values = (stock, team.team_size if team else None, team.price_minor if team else None)
        key = (card.id, card.stamp, card.sold_count, language, place >= FIRST_ROW, *values)
        found.append(_goods.get(key, lambda c=card, v=values, p=place: _card(c, *v, lazy=p >= FIRST_ROW)))  # type: ignore[misc]
    return found


def stock_shown(card: ProductCard, sellable: int) -> int | None:
    """0 when gone, the exact figure when few are left, None when there is plenty or stock says nothing."""
    if card.kind in (ProductKind.EXTERNAL, ProductKind.GROUPED):
        return None
    return sellable if sellable <= SCARCE_FROM else None


def team_cards(
    teams: Sequence[TeamView],
    *,
    prices: dict[uuid.UUID, int] | None = None,
    goods: dict[uuid.UUID, ProductCard] | None = None,
) -> list[TeamCard]:
    """Cards of these teams: team prices and goods (one query each) unless given, people (one)."""
    if not teams:
        return []
    if prices is None:
        prices = lowest_prices({team.offer_id for team in teams})
    if goods is None:
        goods = cards_by_ids(list({team.product_id for team in teams}))
    people = people_by_ids(seat.member_id for team in teams for seat in team.seats)
    return [
        TeamCard(
            url=reverse("shop:team", args=[team.id]),
            title=goods[team.product_id].title,
            image=goods[team.product_id].cover_address,
            price_minor=prices[team.offer_id],
            single_minor=goods[team.product_id].min_price_minor,
            size=team.size,
            missing=team.missing_count,
            free=team.free_count,
            names=tuple(
                people[seat.member_id].nickname for seat in by_leader(team) if seat.member_id in people
            ),
            deadline=team.deadline,
        )
        for team in teams
        if team.product_id in goods and team.offer_id in prices
    ]


def by_leader(team: TeamView) -> list[SeatView]:
    """Who opened the team sits first."""
    return sorted(team.seats, key=lambda seat: (not seat.is_leader, seat.seat_no))


def team_rail(*, limit: int = RAIL_LENGTH) -> list[TeamCard]:
    """Teams that are about to be full, every product once before any comes twice; four queries."""
    found = forming_teams(limit=limit * 3)
    first: dict[uuid.UUID, TeamView] = {}
    for team in found:
        first.setdefault(team.product_id, team)
    again = [team for team in found if first[team.product_id] is not team]
    return team_cards([*first.values(), *again][:limit])


def _card(
    card: ProductCard, stock: int | None, team_size: int | None, team_minor: int | None, *, lazy: bool
) -> SafeString:
    is_cheaper = card.compare_at_minor is not None and card.compare_at_minor > (card.min_price_minor or 0)
    product = {
        "url": reverse("shop:product", args=[card.handle]),
        "title": card.title,
        "subtitle": card.subtitle,
        "image": card.cover_address,
        "price_minor": card.min_price_minor,
        "is_from": card.min_price_minor != card.max_price_minor,
        "compare_at_minor": card.compare_at_minor if is_cheaper else None,
        "sold": card.sold_count,
        "stock": stock,
        "team_size": team_size,
        "team_price_minor": team_minor,
    }
    markup = get_template("shop/parts/product_card.html").render({"product": product, "lazy": lazy})
    return mark_safe(markup)
