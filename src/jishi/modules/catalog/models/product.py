"""Products, their variants and pictures."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.catalog.types import ImageState, ProductKind, ProductState

HANDLE_LENGTH_MAX = 200
TITLE_LENGTH_MAX = 300
SKU_LENGTH_MAX = 120
ADDRESS_LENGTH_MAX = 2_000


class Product(models.Model):
    """`stamp` goes up with every change of the product, its variants or its pictures: the key of caches.

    `min_price_minor`, `max_price_minor`, `compare_at_minor`, `cover_path` and `category_ids` (own categories
    and their ancestors) are copies that keep lists to one statement; `operations.upkeep` alone writes them.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    handle = models.CharField(max_length=HANDLE_LENGTH_MAX, unique=True)
    title = models.CharField(max_length=TITLE_LENGTH_MAX)
    subtitle = models.CharField(max_length=TITLE_LENGTH_MAX, blank=True)
    description_html = models.TextField(blank=True)
    vendor = models.CharField(max_length=120, blank=True)
    product_type = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, default=ProductKind.PHYSICAL)
    tags = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    specs = models.JSONField(default=list)  # [[name, value], …]
    state = models.CharField(max_length=12, default=ProductState.DRAFT)
    is_listed = models.BooleanField(default=True)  # False: reachable by its address only
    source = models.CharField(max_length=16, blank=True)
    source_key = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    min_price_minor = models.BigIntegerField(null=True)
    max_price_minor = models.BigIntegerField(null=True)
    compare_at_minor = models.BigIntegerField(null=True)
    cover_path = models.CharField(max_length=300, blank=True)
    category_ids = ArrayField(models.UUIDField(), default=list)
    external_address = models.CharField(max_length=ADDRESS_LENGTH_MAX, blank=True)
    member_skus = ArrayField(models.CharField(max_length=SKU_LENGTH_MAX), default=list, blank=True)
    sold_count = models.PositiveIntegerField(default=0)
    stamp = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    search_vector = SearchVectorField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ProductState]), name="product_state"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ProductKind]), name="product_kind"
            ),
            models.CheckConstraint(condition=~Q(handle="") & ~Q(title=""), name="product_named"),
            models.CheckConstraint(
                condition=Q(min_price_minor__isnull=True) | Q(min_price_minor__lte=F("max_price_minor")),
                name="product_price_range",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key"], condition=~Q(source_key=""), name="product_source_once"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_vector"], name="product_search"),
            GinIndex(fields=["category_ids"], name="product_categories"),
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(state="published", is_listed=True),
                name="product_newest",
            ),
            models.Index(
                fields=["min_price_minor", "id"],
                condition=Q(state="published", is_listed=True),
                name="product_price",
            ),
            models.Index(
                fields=["-sold_count", "-id"],
                condition=Q(state="published", is_listed=True),
                name="product_sales",
            ),
        ]


class Option(models.Model):
    """What a shopper chooses between, such as 颜色."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "position"],
                name="option_position_once",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ]


class Variant(models.Model):
    """The thing that is sold and stocked. `option_values` follow the product's options by position."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=SKU_LENGTH_MAX)
    option_values = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    weight_grams = models.PositiveIntegerField(default=0)
    barcode = models.CharField(max_length=64, blank=True)
    requires_shipping = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    image = models.ForeignKey("ProductImage", on_delete=models.PROTECT, related_name="+", null=True)
    position = models.PositiveIntegerField(default=0)
    source_key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="variant_price"),
            models.CheckConstraint(
                condition=Q(compare_at_minor__isnull=True) | Q(compare_at_minor__gt=F("price_minor")),
                name="variant_compare_at",
            ),
            models.CheckConstraint(
                condition=Q(cost_minor__isnull=True) | Q(cost_minor__gte=0), name="variant_cost"
            ),
            models.CheckConstraint(condition=~Q(sku=""), name="variant_sku"),
            models.UniqueConstraint(
                fields=["product", "option_values"],
                name="variant_options_once",
                deferrable=models.Deferrable.IMMEDIATE,  # one statement may swap them
            ),
            models.UniqueConstraint(
                fields=["sku"], name="variant_sku_once", deferrable=models.Deferrable.IMMEDIATE
            ),
        ]


class ProductImage(models.Model):
    """A picture: its address outside, its file here once fetched."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    source_address = models.CharField(max_length=ADDRESS_LENGTH_MAX, blank=True)
    path = models.CharField(max_length=300, blank=True)
    alt = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, default=ImageState.PENDING)
    failure = models.CharField(max_length=40, blank=True)  # why the last try did not work
    attempts = models.PositiveSmallIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ImageState]), name="image_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="fetched") | ~Q(path=""), name="image_fetched_has_file"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="pending"), name="image_pending")]
