"""Making and changing products by hand."""

import uuid
from collections.abc import Callable

import pytest

from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import IllegalStep, InvalidInput, LoginRequired, NotAllowed
from jishi.modules.catalog import public as catalog
from jishi.modules.catalog.errors import (
    ChangedMeanwhile,
    HandleTaken,
    NotReadyToPublish,
    OptionsTaken,
    ProductMissing,
    SkuTaken,
    VariantMissing,
)
from jishi.modules.catalog.models import Product, Variant
from jishi.modules.catalog.public import NewVariant
from jishi.modules.catalog.tests.makers import OPERATOR, READER
from jishi.platform.facts import facts_about
from jishi.platform.history import steps_of

pytestmark = pytest.mark.django_db
VISITOR = Actor(kind=ActorKind.VISITOR)


def make_product(**fields: object) -> uuid.UUID:
    values: dict[str, object] = {
        "title": "围巾",
        "option_names": ["颜色"],
        "variants": [NewVariant(price_minor=5000, option_values=("红",), sku="R")],
        "handle": "scarf",
    }
    return catalog.create_product(by=OPERATOR, **{**values, **fields})  # type: ignore[arg-type]


def variant_of(product_id: uuid.UUID) -> Variant:
    return Variant.objects.get(product_id=product_id)


def test_a_new_product_is_a_draft_that_nobody_sees() -> None:
    product_id = make_product(
        description_html="<b>暖</b><script>x</script>", categories=[["服装", "围巾"]], tags=["冬"]
    )

    product = Product.objects.get(id=product_id)
    assert (product.state, product.handle, product.description_html) == ("draft", "scarf", "<b>暖</b>")
    assert catalog.list_products().cards == ()
    assert len(product.category_ids) == 2


def test_publishing_shows_it_and_archiving_takes_it_away_with_history_and_facts() -> None:
    product_id = make_product()
    catalog.publish_product(by=OPERATOR, product_id=product_id)
    assert [card.handle for card in catalog.list_products().cards] == ["scarf"]

    catalog.archive_product(by=OPERATOR, product_id=product_id)

    assert catalog.list_products().cards == ()
    steps = steps_of(subject=("product", product_id))
    assert [(s.verb, s.before, s.after) for s in steps] == [
        ("create", "", "draft"),
        ("publish", "draft", "published"),
        ("archive", "published", "archived"),
    ]
    assert [f.name for f in facts_about(subject_kind="product", subject_id=product_id)] == [
        "catalog.product_created.v1",
        "catalog.product_published.v1",
        "catalog.product_withdrawn.v1",
    ]


def test_publishing_twice_is_refused_and_records_nothing_more() -> None:
    product_id = make_product()
    catalog.publish_product(by=OPERATOR, product_id=product_id)
    with pytest.raises(IllegalStep):
        catalog.publish_product(by=OPERATOR, product_id=product_id)
    assert len(steps_of(subject=("product", product_id))) == 2


def test_a_product_without_an_active_variant_is_not_published() -> None:
    product_id = make_product()
    catalog.update_variant(by=OPERATOR, variant_id=variant_of(product_id).id, fields={"is_active": False})
    with pytest.raises(NotReadyToPublish):
        catalog.publish_product(by=OPERATOR, product_id=product_id)
    assert Product.objects.get(id=product_id).state == "draft"


def test_every_change_raises_the_stamp() -> None:
    product_id = make_product()
    stamps = [Product.objects.get(id=product_id).stamp]
    variant = variant_of(product_id)

    catalog.update_product(by=OPERATOR, product_id=product_id, fields={"title": "长围巾"})
    stamps.append(Product.objects.get(id=product_id).stamp)
    catalog.set_variant_price(by=OPERATOR, variant_id=variant.id, price_minor=4500, compare_at_minor=5000)
    stamps.append(Product.objects.get(id=product_id).stamp)
    catalog.add_variant(
        by=OPERATOR, product_id=product_id, variant=NewVariant(price_minor=1, option_values=("蓝",))
    )
    product = Product.objects.get(id=product_id)

    assert stamps == sorted(set(stamps)) and product.stamp > stamps[-1]
    assert (product.min_price_minor, product.max_price_minor) == (1, 4500)
    assert Variant.objects.get(option_values=["蓝"]).sku == "scarf-蓝"


def test_a_change_to_an_older_version_is_refused() -> None:
    product_id = make_product()
    stamp = Product.objects.get(id=product_id).stamp
    catalog.update_product(by=OPERATOR, product_id=product_id, fields={"title": "一"}, stamp=stamp)
    with pytest.raises(ChangedMeanwhile):
        catalog.update_product(by=OPERATOR, product_id=product_id, fields={"title": "二"}, stamp=stamp)
    assert Product.objects.get(id=product_id).title == "一"


def test_a_change_to_the_same_value_records_nothing() -> None:
    product_id = make_product()
    catalog.update_product(by=OPERATOR, product_id=product_id, fields={"title": "围巾"})
    assert len(steps_of(subject=("product", product_id))) == 1


def test_names_and_codes_stay_unique() -> None:
    first = make_product()
    second = make_product(variants=[NewVariant(price_minor=1, option_values=("红",))])
    assert Product.objects.get(id=second).handle == "scarf-2"
    with pytest.raises(HandleTaken):
        catalog.update_product(by=OPERATOR, product_id=second, fields={"handle": "scarf"})
    with pytest.raises(SkuTaken):
        make_product(handle="other")
    with pytest.raises(SkuTaken):
        catalog.update_variant(by=OPERATOR, variant_id=variant_of(second).id, fields={"sku": "R"})
    with pytest.raises(OptionsTaken):
        catalog.add_variant(
            by=OPERATOR, product_id=first, variant=NewVariant(price_minor=1, option_values=("红",))
        )
    assert Product.objects.count() == 2 and Variant.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"price_minor": -1},
        {"price_minor": 5000, "compare_at_minor": 4000},
        {"cost_minor": -1},
        {"weight_grams": -1},
        {"option_values": ("红", "大")},
        {"product_id": 1},
    ],
)
def test_a_variant_that_cannot_be_is_refused(fields: dict[str, object]) -> None:
    variant = variant_of(make_product())
    with pytest.raises(InvalidInput):
        catalog.update_variant(by=OPERATOR, variant_id=variant.id, fields=fields)
    assert variant_of(variant.product_id).price_minor == 5000


@pytest.mark.parametrize(
    "fields", [{"title": " "}, {"title": "x" * 301}, {"sold_count": 9}, {"external_address": "javascript:1"}]
)
def test_a_product_that_cannot_be_is_refused(fields: dict[str, object]) -> None:
    product_id = make_product()
    with pytest.raises(InvalidInput):
        catalog.update_product(by=OPERATOR, product_id=product_id, fields=fields)
    assert Product.objects.get(id=product_id).title == "围巾"


def test_what_is_not_there_is_said_to_be_missing() -> None:
    unknown = uuid.uuid4()
    with pytest.raises(ProductMissing):
        catalog.publish_product(by=OPERATOR, product_id=unknown)
    with pytest.raises(VariantMissing):
        catalog.set_variant_price(by=OPERATOR, variant_id=unknown, price_minor=1)


VERBS: list[Callable[[Actor], object]] = [
    lambda by: catalog.create_product(by=by, title="x", variants=[]),
    lambda by: catalog.update_product(by=by, product_id=uuid.uuid4(), fields={}),
    lambda by: catalog.publish_product(by=by, product_id=uuid.uuid4()),
    lambda by: catalog.unpublish_product(by=by, product_id=uuid.uuid4()),
    lambda by: catalog.archive_product(by=by, product_id=uuid.uuid4()),
    lambda by: catalog.restore_product(by=by, product_id=uuid.uuid4()),
    lambda by: catalog.add_variant(by=by, product_id=uuid.uuid4(), variant=NewVariant(price_minor=1)),
    lambda by: catalog.update_variant(by=by, variant_id=uuid.uuid4(), fields={}),
    lambda by: catalog.set_variant_price(by=by, variant_id=uuid.uuid4(), price_minor=1),
    lambda by: catalog.add_picture(by=by, product_id=uuid.uuid4(), content=b""),
    lambda by: catalog.remove_picture(by=by, product_id=uuid.uuid4(), image_id=uuid.uuid4()),
    lambda by: catalog.move_picture(by=by, product_id=uuid.uuid4(), image_id=uuid.uuid4(), to=0),
    lambda by: catalog.create_category(by=by, name="x"),
    lambda by: catalog.product_table(by=by),
    lambda by: catalog.import_runs(by=by),
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_asks_who_is_there(verb: Callable[[Actor], object]) -> None:
    with pytest.raises(NotAllowed):
        verb(READER)
    with pytest.raises(LoginRequired):
        verb(VISITOR)


def test_two_variants_of_the_same_options_are_refused_from_the_start() -> None:
    twice = [NewVariant(price_minor=1, option_values=("红",), sku=sku) for sku in ("R1", "R2")]
    with pytest.raises(OptionsTaken):
        make_product(variants=twice)
    assert not Product.objects.exists()
