"""What the shop and the platform do with a case."""

import uuid

from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import can
from jishi.modules.aftersales import rules
from jishi.modules.aftersales.errors import WordsNeeded
from jishi.modules.aftersales.models import Case, CaseLine
from jishi.modules.aftersales.operations.ask import WORDS_MAX
from jishi.modules.aftersales.operations.moves import lock_case, move
from jishi.modules.aftersales.queries import case_view
from jishi.modules.aftersales.types import Answer, CaseKind, CaseState, CaseVerb, CaseView, Side
from jishi.platform.transactions import in_transaction


@in_transaction
def agree_case(case_id: uuid.UUID, answer: Answer, *, by: Actor) -> CaseView:
    """Say yes, to all or to less; who has to act then is in the state. Raises TooMuchAsked, WordsNeeded, IllegalStep."""
    by.require("cases.decide")
    case = lock_case(case_id)
    state, kind = CaseState(case.state), CaseKind(case.kind)
    asked = dict(CaseLine.objects.filter(case=case).values_list("order_line_id", "asked_minor"))
    agreed = dict(asked) if answer.amounts is None else {**dict.fromkeys(asked, 0), **answer.amounts}
    rules.check_agreed(asked, agreed, currency=case.currency)
    freight = case.freight_minor if answer.with_freight else 0
    total = sum(agreed.values())
    is_less = total + freight < case.asked_minor + case.freight_minor
    words = _words(answer.words, needed=is_less)
    sends_back = not case.tracking_number if answer.sends_back is None else answer.sends_back
    verb = rules.verb_of_yes(kind, state=state, is_less=is_less, sends_back=sends_back)
    if verb in (CaseVerb.AGREE, CaseVerb.OFFER) and total + freight == 0:
        verb = CaseVerb.RESOLVE  # words settle it
        _refuse_empty_yes(kind)
    for line_id, amount in agreed.items():
        CaseLine.objects.filter(case=case, order_line_id=line_id).update(agreed_minor=amount)
    move(
        case,
        verb,
        by=by,
        side=_side(state),
        note=words,
        agreed_minor=total,
        agreed_freight_minor=freight,
        answer_words=words,
        answered_by=_side(state).value,
    )
    return case_view(case_id, by=SYSTEM)


@in_transaction
def refuse_case(case_id: uuid.UUID, *, by: Actor, words: str) -> CaseView:
    """The shop says no, or the platform leaves it at that; the member reads why. Raises WordsNeeded, IllegalStep."""
    by.require("cases.decide")
    case = lock_case(case_id)
    state = CaseState(case.state)
    verb = CaseVerb.UPHOLD if can(rules.LIFECYCLE, state, CaseVerb.UPHOLD) else CaseVerb.REFUSE
    text = _words(words, needed=True)
    move(case, verb, by=by, side=_side(state), note=text, answer_words=text, answered_by=_side(state).value)
    return case_view(case_id, by=SYSTEM)


@in_transaction
def note_arrival(case_id: uuid.UUID, *, by: Actor) -> CaseView:
    """The parcel is here; somebody looks at it next."""
    by.require("cases.decide")
    move(lock_case(case_id), CaseVerb.ARRIVE, by=by, side=Side.SHOP)
    return case_view(case_id, by=SYSTEM)


@in_transaction
def accept_goods(case_id: uuid.UUID, *, by: Actor, words: str = "") -> CaseView:
    """What came back is in order: money or a replacement follows."""
    by.require("cases.decide")
    case = lock_case(case_id)
    is_exchange = case.kind == CaseKind.EXCHANGE.value
    _agree_to_all(case)
    verb = CaseVerb.REPLACE if is_exchange else CaseVerb.ACCEPT_GOODS
    move(case, verb, by=by, side=Side.SHOP, note=words.strip()[:WORDS_MAX])
    return case_view(case_id, by=SYSTEM)


@in_transaction
def sort_goods(case_id: uuid.UUID, *, by: Actor, fates: dict[uuid.UUID, tuple[int, int]]) -> CaseView:
    """Note how many units of each line go back on the shelf and how many are written off. The caller moves the stock.

    Raises GoodsCountWrong, IllegalStep before anything has come back.
    """
    by.require("cases.decide")
    case = lock_case(case_id)
    if not case.tracking_number:
        raise IllegalStep(state=case.state)
    for line in CaseLine.objects.filter(case=case):
        restocked, written_off = fates.get(line.order_line_id, (0, 0))
        rules.check_fates(
            unsorted=line.quantity - line.restocked - line.written_off,
            restocked=restocked,
            written_off=written_off,
        )
        line.restocked += restocked
        line.written_off += written_off
        line.save(update_fields=["restocked", "written_off"])
    return case_view(case_id, by=SYSTEM)


def _agree_to_all(case: Case) -> None:
    """A return that nobody answered in time was agreed to as asked."""
    if case.agreed_minor is None:
        case.agreed_minor, case.agreed_freight_minor = case.asked_minor, case.freight_minor


def _side(state: CaseState) -> Side:
    return Side.PLATFORM if state is CaseState.PLATFORM_REVIEW else Side.SHOP


def _words(text: str, *, needed: bool) -> str:
    words = text.strip()
    if len(words) > WORDS_MAX or (needed and not words):
        raise WordsNeeded(limit=WORDS_MAX)
    return words


def _refuse_empty_yes(kind: CaseKind) -> None:
    if kind is not CaseKind.COMPLAINT:
        raise IllegalStep(verb="agree")
