"""Drafting and sealing a draw: money first, then pools, then the commitment that everybody may see."""

import uuid

from django.conf import settings

from jishi.kernel import chance, ids
from jishi.kernel.actor import Actor
from jishi.kernel.money import BASIS_POINTS
from jishi.kernel.proof import SEED_BYTES, commitment_of
from jishi.modules.ledger.public import NewTransfer, post_transfers
from jishi.modules.plays.life.public import (
    PlayHead,
    PlayIsFixed,
    PlayKind,
    PlayState,
    PlayView,
    change_play,
    create_play,
    play_view,
    publish_play,
    reserve_budget,
)
from jishi.modules.plays.lucky_draw import rules
from jishi.modules.plays.lucky_draw.models import Draw, Prize
from jishi.modules.plays.lucky_draw.queries import MARKETING, draw_view, purse_of, terms_of
from jishi.modules.plays.lucky_draw.types import DrawMode, DrawTerms, PrizeKind
from jishi.platform import rush
from jishi.platform.transactions import in_transaction

FUND_KIND = "draw_fund"


@in_transaction
def create_draw(head: PlayHead, terms: DrawTerms, *, by: Actor) -> PlayView:
    """Write a draft. Raises BadPlay, BadDraw, PrizeTooBig."""
    _check(head, terms)
    play = create_play(PlayKind.LUCKY_DRAW, head, by=by)
    Draw.objects.create(play_id=play.id, currency=head.currency, **_columns(terms))
    _write_prizes(play.id, terms)
    return play


@in_transaction
def change_draw(draw_id: uuid.UUID, head: PlayHead, terms: DrawTerms, *, by: Actor) -> PlayView:
    """Change a draft. Raises PlayIsFixed once it is published: the table is sealed then."""
    _check(head, terms)
    play = change_play(draw_id, head, by=by)
    if play.state is not PlayState.DRAFT:
        raise PlayIsFixed()
    Draw.objects.filter(play_id=draw_id).update(currency=head.currency, **_columns(terms))
    Prize.objects.filter(draw_id=draw_id).delete()
    _write_prizes(draw_id, terms)
    return play


@in_transaction
def publish_draw(draw_id: uuid.UUID, *, by: Actor) -> PlayView:
    """Set the money aside, really, open the pools and seal seed and table. Raises BudgetExhausted, IllegalStep."""
    terms = terms_of(draw_id)
    _check_value(terms, play_view(draw_id).currency)
    play = publish_play(draw_id, by=by)
    use_id = budget_use_id(play.id)
    reserve_budget(play, use_id=use_id, amount_minor=terms.cost_minor, subject=("play", play.id))
    if terms.money_minor:
        post_transfers(
            [
                NewTransfer(
                    id=fund_id(play.id),
                    debit=MARKETING,
                    credit=purse_of(play.id),
                    amount_minor=terms.money_minor,
                    unit=play.currency,
                    kind=FUND_KIND,
                    subject=("play", play.id),
                )
            ]
        )
    for prize in Prize.objects.filter(draw_id=draw_id, stock__isnull=False):
        prize.pool_id = rush.open_pool(purpose="prize", capacity=prize.stock or 0)
        prize.save(update_fields=["pool_id"])
    found = draw_view(draw_id)
    seed = chance.secret_bytes(SEED_BYTES).hex()
    sealed = rules.sealed_text(seed=seed, draw_id=draw_id, mode=found.mode, prizes=found.prizes)
    Draw.objects.filter(play_id=draw_id).update(seed=seed, sealed=sealed, commitment=commitment_of(sealed))
    return play


def fund_id(draw_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(draw_id, "fund")


def budget_use_id(draw_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(draw_id, "lucky_draw_budget")


def _check(head: PlayHead, terms: DrawTerms) -> None:
    rules.check_draw(
        terms,
        budget_minor=head.budget_minor,
        value_max_minor=settings.JISHI_PRIZE_VALUE_MAX_MINOR,
        currency=head.currency,
    )


def _check_value(terms: DrawTerms, currency: str) -> None:
    """The cap of the day of publishing counts, whatever it was when the draft was written."""
    rules.check_draw(
        terms,
        budget_minor=None,
        value_max_minor=settings.JISHI_PRIZE_VALUE_MAX_MINOR,
        currency=currency,
    )


def _write_prizes(draw_id: uuid.UUID, terms: DrawTerms) -> None:
    """The prizes in their published order; the consolation of an instant draw takes what is left of 10,000."""
    rows = [
        Prize(
            draw_id=draw_id,
            position=position,
            name=prize.name.strip(),
            kind=prize.kind.value,
            odds_bp=prize.odds_bp if terms.mode is DrawMode.INSTANT else 0,
            stock=prize.stock,
            amount_minor=0 if prize.kind is PrizeKind.PRODUCT else prize.amount_minor,
            min_minor=prize.min_minor if prize.kind is PrizeKind.RED_PACKET else 0,
            variant_id=prize.variant_id if prize.kind is PrizeKind.PRODUCT else None,
            value_minor=prize.worth_minor,
        )
        for position, prize in enumerate(terms.prizes, start=1)
    ]
    if terms.mode is DrawMode.INSTANT:
        rows.append(
            Prize(
                draw_id=draw_id,
                position=len(rows) + 1,
                name=terms.consolation.strip(),
                kind=PrizeKind.NOTHING.value,
                odds_bp=BASIS_POINTS - sum(prize.odds_bp for prize in terms.prizes),
                is_consolation=True,
            )
        )
    Prize.objects.bulk_create(rows)


def _columns(terms: DrawTerms) -> dict[str, object]:
    return {
        "mode": terms.mode.value,
        "consolation": terms.consolation.strip(),
        "order_daily": terms.order_daily,
        "order_min_minor": terms.order_min_minor,
        "share_daily": terms.share_daily,
        "check_in_daily": terms.check_in_daily,
    }
