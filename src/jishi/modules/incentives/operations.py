"""Counting contributions, writing the rules, thanking."""

import uuid
from dataclasses import asdict

from django.db import IntegrityError, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput
from jishi.kernel.fact import RecordedFact
from jishi.modules.incentives import rules
from jishi.modules.incentives.errors import ThankedAlready, ThanksToOneself, TooManyThanks
from jishi.modules.incentives.facts import ThanksGiven
from jishi.modules.incentives.models import Contribution, Rule, Thanks
from jishi.modules.incentives.queries import shop_day, thanks_given
from jishi.modules.incentives.types import Counted, RuleForm
from jishi.modules.promotions.public import batches_by_ids
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

TABLE = ("incentives_rules", uuid.UUID(int=1))


@in_transaction
def save_rule(form: RuleForm, *, by: Actor) -> uuid.UUID:
    """One rule per fact: written again, it is changed. Raises InvalidInput."""
    by.require("community.edit")
    rules.check_rule(form)
    if form.batch_id is not None and form.batch_id not in batches_by_ids([form.batch_id]):
        raise InvalidInput(field="batch_id", reason="没有这批券")
    row, _is_new = Rule.objects.update_or_create(fact_name=form.fact_name, defaults=asdict(form))
    history.record_step(subject=TABLE, verb="save_rule", by=by, note=form.fact_name)
    return row.id


@in_transaction
def count_contribution(fact: RecordedFact) -> Counted | None:
    """What this fact is worth to whom; None when no rule names it, it has counted, or the day is full."""
    rule = Rule.objects.filter(fact_name=fact.name, is_on=True).first()
    member = fact.payload.get(rule.member_field) if rule else None
    if rule is None or not member:
        return None
    member_id = uuid.UUID(str(member))
    day = shop_day(fact.at)
    locks.lock_name(f"incentives:{rule.id}:{member_id}")
    if Contribution.objects.filter(rule_id=rule.id, fact_id=fact.id).exists():
        return None
    if Contribution.objects.filter(rule_id=rule.id, member_id=member_id, day=day).count() >= rule.daily_cap:
        return None
    row = Contribution.objects.create(
        id=ids.new_id(),
        rule_id=rule.id,
        member_id=member_id,
        fact_id=fact.id,
        value=rule.value,
        day=day,
        at=fact.at,
    )
    return Counted(row.id, member_id, rule.label, rule.points, rule.batch_id)


@in_transaction
def thank(member_id: uuid.UUID, *, by: Actor, about_kind: str, about_id: uuid.UUID) -> uuid.UUID:
    """Raises ThanksToOneself, ThankedAlready, TooManyThanks."""
    from_id = by.require_member()
    if from_id == member_id:
        raise ThanksToOneself()
    locks.lock_name(f"thanks:{from_id}")
    now = clock.now()
    if thanks_given(from_id) >= rules.THANKS_PER_DAY:
        raise TooManyThanks(limit=rules.THANKS_PER_DAY)
    try:
        with transaction.atomic():
            row = Thanks.objects.create(
                id=ids.new_id(),
                from_id=from_id,
                to_id=member_id,
                about_kind=about_kind,
                about_id=about_id,
                at=now,
            )
    except IntegrityError as error:
        raise ThankedAlready() from error
    record_fact(ThanksGiven(row.id, member_id, from_id, about_kind, about_id), by=by)
    return row.id
