"""What an evaluation comes to."""

from dataclasses import dataclass, field

from jishi.modules.promotions.rules.cases import Candidate
from jishi.modules.promotions.types import Reason, Stage

Parts = list[tuple[int, int]]  # (line index, saving)


@dataclass(frozen=True, slots=True)
class Blocked:
    """What something stood in the way of: at most `gain` more in its group, for at least `missing` of earlier discounts."""

    group: str
    gain: int
    missing: int


@dataclass(slots=True)
class Result:
    """What one evaluation came to. `verdicts` by candidate index: the reason and, if any, who was in the way."""

    amounts: list[int]
    used: list[tuple[Candidate, Parts]] = field(default_factory=list)
    gifts: list[Candidate] = field(default_factory=list)
    verdicts: dict[int, tuple[Reason, Candidate | None]] = field(default_factory=dict)
    starts: dict[Stage, list[int]] = field(default_factory=dict)  # sums of the scopes when a stage began
    in_the_way: list[tuple[Candidate, int]] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    fee_full_minor: int = 0
    fee_minor: int = 0

    @property
    def cost_minor(self) -> int:
        return sum(self.amounts) + self.fee_minor

    @property
    def applied(self) -> list[Candidate]:
        return [candidate for candidate, _ in self.used] + self.gifts
