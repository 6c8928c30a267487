"""The tree of categories."""

from django.db import models
from django.db.models import Q

from jishi.kernel import clock, ids

CATEGORY_NAME_LENGTH_MAX = 120


class Category(models.Model):
    """`path` is the names from the root joined by " > "; `ancestor_ids` live in the products' copy only."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    handle = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=CATEGORY_NAME_LENGTH_MAX)
    path = models.CharField(max_length=1_000, unique=True)
    depth = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(handle=""), name="category_named"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, depth=0) | Q(parent__isnull=False, depth__gt=0),
                name="category_depth",
            ),
        ]


class ProductCategory(models.Model):
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "category"], name="product_category_once"),
        ]
