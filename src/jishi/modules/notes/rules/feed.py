"""The order of the feed and its reasons (docs/algorithms/feed.md)."""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from jishi.modules.notes.types import Candidate, Factors, Scored, Taste, Weights

HALF_LIFE_SECONDS = 72 * 3600
FRESHNESS_MIN = 0.05
POINTS_FULL, ORDERS_FULL = 10, 10
SAME_AUTHOR, SAME_TOPIC = 0.5, 0.85
GOOD_BP = 2_000
WEIGHT_MAX = 200
FOLLOWED, AUTHOR, TOPIC, NEAR, SAVED, FRESH = "followed", "author", "topic", "near", "saved", "fresh"


def rank(
    candidates: Iterable[Candidate], *, taste: Taste, weights: Weights, now: datetime, limit: int
) -> list[Scored]:
    """The best `limit`, each chosen with what stands before it in mind; the same input gives the same list."""
    scored = [_score(one, taste=taste, weights=weights, now=now) for one in candidates]
    heap = [(-one.score, -one.candidate.publish_at.timestamp(), one.candidate.id.int, one) for one in scored]
    heapq.heapify(heap)
    authors: Counter[object] = Counter()
    topics: Counter[str] = Counter()
    found: list[Scored] = []
    while heap and len(found) < limit:
        _, at, key, one = heapq.heappop(heap)
        fresh = _among(one, authors[one.candidate.author_id], topics[one.candidate.topic], weights)
        entry = (-fresh.score, at, key, fresh)
        if heap and entry[:3] > heap[0][:3]:
            heapq.heappush(heap, entry)  # no longer the best: a score only falls
            continue
        found.append(fresh)
        authors[one.candidate.author_id] += 1
        if one.candidate.topic:
            topics[one.candidate.topic] += 1
    return found


def factors_of(candidate: Candidate, *, taste: Taste, now: datetime) -> Factors:
    """All in (0, 1]; what concerns the reader is 1 without their consent."""
    age = max(0.0, (now - candidate.publish_at).total_seconds())
    sold = min(1.0, candidate.orders / ORDERS_FULL) if candidate.has_goods else 0.0
    return Factors(
        freshness=max(FRESHNESS_MIN, 2.0 ** (-age / HALF_LIFE_SECONDS)),
        affinity=_affinity(candidate, taste),
        quality=0.3 + 0.7 * min(candidate.quality_bp, 10_000) / 10_000,
        commerce=0.8 + 0.2 * sold,
        near=_near(candidate, taste),
    )


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


def _score(candidate: Candidate, *, taste: Taste, weights: Weights, now: datetime) -> Scored:
    factors = factors_of(candidate, taste=taste, now=now)
    score: float = (
        factors.freshness ** (weights.freshness / 100)
        * factors.affinity ** (weights.affinity / 100)
        * factors.quality ** (weights.quality / 100)
        * factors.commerce ** (weights.commerce / 100)
        * factors.near ** (weights.near / 100)
        * candidate.prior
    )
    return Scored(candidate, factors, score, reason_of(candidate, factors, taste))


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
