"""The order of the feed and its reasons (docs/algorithms/feed.md)."""

import heapq
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from jishi.modules.notes.types import Candidate, Factors, Scored, Taste, Weighed, Weights

HALF_LIFE_SECONDS = 72 * 3600
FRESHNESS_MIN = 0.05
POINTS_FULL, ORDERS_FULL = 10, 10
SAME_AUTHOR, SAME_TOPIC = 0.5, 0.85
GOOD_BP = 2_000
_ROUNDING = 1 - 1e-9
WEIGHT_MAX = 200
FOLLOWED, AUTHOR, TOPIC, NEAR, SAVED, FRESH = "followed", "author", "topic", "near", "saved", "fresh"


class Ranking:
    """A list that is worked out only as far as somebody reads it; safe for several threads.

    Every factor of a reader is at most 1, so what a note weighs for everybody bounds its score from above: notes come in
    by that weight, and none is scored before it could be the next (the threshold algorithm of Fagin, Lotem and Naor).
    """

    def __init__(self, weighed: Iterable[Weighed], *, taste: Taste, weights: Weights) -> None:
        self._waiting = sorted(weighed, key=_by_weight, reverse=True)
        self._taste, self._weights = taste, weights
        self._heap: list[tuple[float, float, int, Scored]] = []
        self._authors: Counter[object] = Counter()
        self._topics: Counter[str] = Counter()
        self._found: list[Scored] = []
        self._taken = 0
        self._lock = threading.Lock()

    def first(self, limit: int) -> list[Scored]:
        """The best `limit`, each chosen with what stands before it in mind; the same input gives the same list."""
        with self._lock:
            while len(self._found) < limit and (best := self._next()) is not None:
                self._found.append(best)
            return self._found[:limit]

    def _next(self) -> Scored | None:
        heap = self._heap
        while True:
            self._let_in(-heap[0][0] if heap else 0.0)
            if not heap:
                return None
            _, at, key, one = heapq.heappop(heap)
            candidate = one.candidate
            fresh = _among(
                one, self._authors[candidate.author_id], self._topics[candidate.topic], self._weights
            )
            entry = (-fresh.score, at, key, fresh)
            self._let_in(fresh.score)
            if heap and entry[:3] > heap[0][:3]:
                heapq.heappush(heap, entry)  # no longer the best: a score only falls
                continue
            self._authors[candidate.author_id] += 1
            if candidate.topic:
                self._topics[candidate.topic] += 1
            return fresh

    def _let_in(self, score: float) -> None:
        """Score whatever might reach so much; at least one when nothing is there."""
        waiting, heap = self._waiting, self._heap
        while self._taken < len(waiting) and (not heap or waiting[self._taken].weight >= score * _ROUNDING):
            one = _score(waiting[self._taken], taste=self._taste, weights=self._weights)
            self._taken += 1
            if not heap:
                score = max(score, one.score)
            heapq.heappush(
                heap, (-one.score, -one.candidate.publish_at.timestamp(), one.candidate.id.int, one)
            )


def weigh(candidates: Iterable[Candidate], *, weights: Weights, now: datetime) -> list[Weighed]:
    """What is the same for every reader, once for all of them."""
    return [_weigh(one, weights=weights, now=now) for one in candidates]


def rank(
    candidates: Iterable[Candidate], *, taste: Taste, weights: Weights, now: datetime, limit: int
) -> list[Scored]:
    """The best `limit` of candidates that nobody has weighed yet."""
    return Ranking(weigh(candidates, weights=weights, now=now), taste=taste, weights=weights).first(limit)


def factors_of(candidate: Candidate, *, taste: Taste, now: datetime) -> Factors:
    """All in (0, 1]; what concerns the reader is 1 without their consent."""
    return _factors(_weigh(candidate, weights=Weights(), now=now), taste)


def reason_of(candidate: Candidate, factors: Factors, taste: Taste) -> str:
    """The first that holds."""
    if taste.is_personal:
        if candidate.author_id in taste.followed:
            return FOLLOWED
        if taste.author_points.get(candidate.author_id, 0) > 0:
            return AUTHOR
        if taste.topic_points.get(candidate.topic, 0) > 0:
            return TOPIC
    if taste.is_near and candidate.city and candidate.city == taste.city:
        return NEAR
    return SAVED if candidate.quality_bp >= GOOD_BP or factors.freshness < 0.5 else FRESH


def _weigh(candidate: Candidate, *, weights: Weights, now: datetime) -> Weighed:
    age = max(0.0, (now - candidate.publish_at).total_seconds())
    sold = min(1.0, candidate.orders / ORDERS_FULL) if candidate.has_goods else 0.0
    freshness: float = max(FRESHNESS_MIN, 2.0 ** (-age / HALF_LIFE_SECONDS))
    quality = 0.3 + 0.7 * min(candidate.quality_bp, 10_000) / 10_000
    commerce = 0.8 + 0.2 * sold
    weight: float = (
        freshness ** (weights.freshness / 100)
        * quality ** (weights.quality / 100)
        * commerce ** (weights.commerce / 100)
        * candidate.prior
    )
    return Weighed(candidate, freshness, quality, commerce, weight)


def _by_weight(one: Weighed) -> float:
    return one.weight


def _factors(one: Weighed, taste: Taste) -> Factors:
    return Factors(
        freshness=one.freshness,
        affinity=_affinity(one.candidate, taste),
        quality=one.quality,
        commerce=one.commerce,
        near=_near(one.candidate, taste),
    )


def _score(one: Weighed, *, taste: Taste, weights: Weights) -> Scored:
    factors = _factors(one, taste)
    score: float = (
        one.weight * factors.affinity ** (weights.affinity / 100) * factors.near ** (weights.near / 100)
    )
    return Scored(one.candidate, factors, score, reason_of(one.candidate, factors, taste))


def _among(one: Scored, by_author: int, by_topic: int, weights: Weights) -> Scored:
    diversity = SAME_AUTHOR**by_author * SAME_TOPIC**by_topic
    if diversity == one.factors.diversity:
        return one
    alone = one.score / one.factors.diversity ** (weights.diversity / 100)
    return replace(
        one,
        factors=replace(one.factors, diversity=diversity),
        score=alone * diversity ** (weights.diversity / 100),
    )


def _affinity(candidate: Candidate, taste: Taste) -> float:
    if not taste.is_personal or candidate.author_id in taste.followed:
        return 1.0
    author = min(1.0, taste.author_points.get(candidate.author_id, 0) / POINTS_FULL)
    topic = min(1.0, taste.topic_points.get(candidate.topic, 0) / POINTS_FULL)
    return 0.6 + 0.3 * author + 0.1 * topic


def _near(candidate: Candidate, taste: Taste) -> float:
    if not taste.is_near or not taste.province:
        return 1.0
    if taste.city and candidate.city == taste.city:
        return 1.0
    return 0.9 if candidate.province == taste.province else 0.8
