"""Words to suggest."""

from django.db import models


class SearchTerm(models.Model):
    """A word of titles, vendors, categories or tags; `products` counts where it occurs."""

    term = models.CharField(max_length=60, unique=True)
    folded = models.CharField(max_length=60)  # lower case, for prefixes
    products = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["folded"], opclasses=["text_pattern_ops"], name="term_prefix")]
