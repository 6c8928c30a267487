"""Reference carts of three peers, written as our offers: this configuration must reproduce this peer.

Where a peer's policy is another one than ours the case is named in POLICY with the difference. Skipped where the files
are absent.
"""

import json
import os
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jishi.modules.promotions.rules.cases import Asked
from jishi.modules.promotions.rules.compiled import compile_offers
from jishi.modules.promotions.rules.price import price_cart
from jishi.modules.promotions.types import (
    VISITOR,
    AmountOff,
    Benefit,
    Offer,
    PercentOff,
    PricedLine,
    Scope,
    ShippingOff,
    Stage,
)

HERE = Path(__file__).resolve()
DATA = (
    Path(os.environ.get("JISHI_SHARED_DATA", "") or HERE.parents[6] / "shared" / "data") / "promotion_cases"
)
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the shared promotion cases are not here (JISHI_SHARED_DATA)"
)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = uuid.UUID(int=7)


def cases(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    return json.loads(path.read_text())["cases"] if path.is_file() else []


def named(name: str) -> uuid.UUID:
    return uuid.uuid5(NAMES, name)


def sylius_offers(case: dict[str, Any]) -> list[Offer]:
    """Promotions stack in the order of their priority, each with its own group; one that excludes shares a group."""
    facts, offers = case["facts"], []
    bought = {row["product"]: row["quantity"] for row in case["cart"]}
    reduced = frozenset(named(rule["product"]) for rule in facts["catalog_promotions"])
    for number, promotion in enumerate(facts["promotions"]):
        coupon = promotion["coupon"]
        if not promotion["active"] or not sylius_applies(promotion, facts, bought):
            continue
        if coupon and (case["coupon_entered"] != coupon["code"] or not coupon["valid"]):
            continue
        conditions = {rule["rule"]: rule.get("value", 0) for rule in promotion["rules"]}
        for place, action in enumerate(promotion["actions"]):
            stage, benefit = sylius_benefit(action)
            offers.append(
                Offer(
                    named(f"{number}-{place}"),
                    promotion["name"],
                    stage,
                    benefit,
                    scope=replace(
                        sylius_scope(action.get("filters") or {}, facts),
                        without=frozenset() if promotion["applies_to_discounted"] else reduced,
                    ),
                    least_minor=conditions.get("items_total_min", 0) if stage is Stage.ORDER else 0,
                    least_units=conditions.get("cart_quantity_min", 0) if stage is Stage.ORDER else 0,
                    priority=promotion["priority"] or 0,
                    group="exclusive" if promotion["exclusive"] else "",
                )
            )
    return offers


def sylius_applies(promotion: dict[str, Any], facts: dict[str, Any], bought: dict[str, int]) -> bool:
    """Conditions about the customer and about the whole cart, which stand outside of an item offer's own scope."""
    products = facts["products"]
    whole = sum(products[name]["price"] * quantity for name, quantity in bought.items())
    taxons = {taxon for name in bought for taxon in products[name]["taxons"]}

    def is_met(rule: dict[str, Any]) -> bool:
        inside = [name for name in bought if rule.get("taxon") in products[name]["taxons"]]
        return {
            "customer_group": lambda: facts["customer"]["group"] == rule["group"],
            "nth_order": lambda: facts["customer"]["completed_orders"] + 1 == rule["n"],
            "has_taxon": lambda: bool(taxons & set(rule["taxons"])),
            "items_total_min": lambda: whole >= rule["value"],
            "cart_quantity_min": lambda: sum(bought.values()) >= rule["value"],
            "taxon_total_min": lambda: (
                sum(products[name]["price"] * bought[name] for name in inside) >= rule["value"]
            ),
        }[rule["rule"]]()

    return all(is_met(rule) for rule in promotion["rules"])


def sylius_benefit(action: dict[str, Any]) -> tuple[Stage, Benefit]:
    value = action["value"]
    rate = round(value * 100) if action["type"] == "percent" else 0
    if action["kind"] == "shipping":
        return Stage.SHIPPING, ShippingOff() if rate == 10_000 else PercentOff(rate)
    stage = Stage.ITEM if action["kind"] == "unit" else Stage.ORDER
    return stage, PercentOff(rate) if rate else AmountOff(value)


def sylius_scope(filters: dict[str, Any], facts: dict[str, Any]) -> Scope:
    """Filters name products, taxons or prices; together they are an and."""
    chosen = set(facts["products"])
    for name, product in facts["products"].items():
        low, high = filters.get("price_min"), filters.get("price_max")
        if filters.get("products") and name not in filters["products"]:
            chosen.discard(name)
        if filters.get("taxons") and not set(filters["taxons"]) & set(product["taxons"]):
            chosen.discard(name)
        if (low is not None and product["price"] < low) or (high is not None and product["price"] > high):
            chosen.discard(name)
    if len(chosen) == len(facts["products"]):
        return Scope()
    return Scope(frozenset(named(name) for name in chosen) or frozenset({named("nothing")}))


def sylius_lines(case: dict[str, Any]) -> list[PricedLine]:
    reduced = {}
    for rule in case["facts"]["catalog_promotions"]:
        price = case["facts"]["products"][rule["product"]]["price"]
        reduced[rule["product"]] = price - round(price * rule["value"] / 100)
    return [
        PricedLine(
            f"{place:02}",
            named(f"v{row['product']}"),
            named(row["product"]),
            row["quantity"],
            reduced.get(row["product"], case["facts"]["products"][row["product"]]["price"]),
            floor_minor=case["facts"]["products"][row["product"]]["min_price"] or 0,
        )
        for place, row in enumerate(case["cart"])
    ]


POLICY = {
    "sylius-056": "two rates of one promotion, both of the original price; here the second works on what the first left",
    "oscar-061": "the case does not say what is in the basket",
    "oscar-062": "the case does not say what is in the basket",
}


@pytest.mark.parametrize("case", cases("sylius_cases.json"), ids=lambda case: case["id"])
def test_carts_of_sylius(case: dict[str, Any]) -> None:
    if case["id"] in POLICY:
        pytest.skip(POLICY[case["id"]])
    methods = case["facts"]["shipping_methods"]
    chosen = [m for m in methods if m["name"] == case["shipping_selected"]] or methods
    fee = min((method["fee"] for method in chosen), default=0)
    asked = Asked(VISITOR, NOW, fee_of=lambda goods: fee)
    found = price_cart(sylius_lines(case), offers=compile_offers(sylius_offers(case)), asked=asked)
    expected = case["expected"]
    if "cart_total" in expected:
        assert found.total_minor == expected["cart_total"]
    if "shipping_total" in expected:
        assert found.shipping_minor == expected["shipping_total"]
    if "discount_total" in expected and "cart_total" not in expected:
        assert found.saved_minor == abs(expected["discount_total"])


def oscar_offer(case: dict[str, Any]) -> Offer | None:
    condition, benefit = case["condition"], case["benefit"]
    if "max_affected_items" in benefit or benefit["class"] == "MultibuyDiscountBenefit":
        return None
    cents = round(Decimal(benefit["value"]) * 100)
    made: dict[str, tuple[Stage, Benefit]] = {
        "AbsoluteDiscountBenefit": (Stage.ORDER, AmountOff(cents)),
        "PercentageDiscountBenefit": (Stage.ORDER, PercentOff(cents)),
        "FixedUnitDiscountBenefit": (Stage.ITEM, AmountOff(cents)),
    }
    stage, given = made[benefit["class"]]
    least = Decimal(condition["value"])
    by_units = condition["class"] == "CountCondition"
    return Offer(
        named(case["id"]),
        case["id"],
        stage,
        given,
        least_minor=0 if by_units else round(least * 100),
        least_units=int(least) if by_units else 0,
    )


@pytest.mark.parametrize("case", cases("oscar_offer_cases.json"), ids=lambda case: case["id"])
def test_carts_of_oscar(case: dict[str, Any]) -> None:
    offer = oscar_offer(case) if "condition" in case else None
    if offer is None or case["id"] in POLICY:
        pytest.skip(POLICY.get(case["id"], "an offer that takes units away from others, so many at a time"))
    lines = [
        PricedLine(
            f"{place:02}",
            named(f"v{place}"),
            named(f"p{place}"),
            row["quantity"],
            round(Decimal(row["unit_price"]) * 100),
        )
        for place, row in enumerate(case["basket"])
    ]
    found = price_cart(lines, offers=compile_offers([offer]), asked=Asked(VISITOR, NOW))
    assert found.saved_minor == round(Decimal(case["expected"]["discount"]) * 100)


def medusa_offers(case: dict[str, Any]) -> list[Offer] | None:
    """Amounts and rates shared over chosen items; what counts units or ships goods has no counterpart here."""
    offers = []
    for number, promotion in enumerate(case["promotions"]):
        method = promotion["application_method"]
        if method["target_type"] == "shipping_methods" or method.get("allocation") == "each":
            return None
        if (
            promotion["type"] != "standard"
            or case["campaign_updates"]
            or "budget" in json.dumps(case["expect"]).lower()
        ):
            return None
        value = method["value"]
        benefit: Benefit = (
            PercentOff(round(value * 100)) if method["type"] == "percentage" else AmountOff(value)
        )
        chosen = frozenset(named(one) for rule in method.get("target_rules") or () for one in rule["values"])
        offers.append(
            Offer(
                named(f"{number}"),
                promotion["code"],
                Stage.ORDER,
                benefit,
                scope=Scope(category_ids=chosen),
                priority=len(case["promotions"]) - number,
            )
        )
    return offers


@pytest.mark.parametrize("case", cases("medusa_compute_actions.json"), ids=lambda case: case["id"])
def test_carts_of_medusa(case: dict[str, Any]) -> None:
    offers = medusa_offers(case)
    answers = [one for one in case["expect"] if "toEqual" in one]
    if offers is None or not answers or case["id"] in POLICY:
        pytest.skip(POLICY.get(case["id"], "counts units, ships goods or answers with an error of its own"))
    for answer in answers:
        context = case["calls"][answer["call"]]["context"]
        lines = [
            PricedLine(
                item["id"],
                named(item["id"]),
                named(item["id"]),
                1,
                item["subtotal"],
                category_ids=(named(item["product_category"]["id"]),) if "product_category" in item else (),
            )
            for item in context["items"]
        ]
        found = price_cart(lines, offers=compile_offers(offers), asked=Asked(VISITOR, NOW))
        wanted: dict[str, float] = {}
        for action in answer["toEqual"]:
            if action["action"] == "addItemAdjustment":
                wanted[action["item_id"]] = wanted.get(action["item_id"], 0) + action["amount"]
        given = {line.key: sum(a.amount_minor for a in found.of_line(line.key)) for line in lines}
        assert {key: minor for key, minor in given.items() if minor} == wanted
