"""What search finds posts by; beside them, so that counting reactions does not write the words anew."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from jishi.modules.community.models.talk import Post


class PostWords(models.Model):
    post = models.OneToOneField(Post, on_delete=models.PROTECT, primary_key=True, related_name="+")
    search_vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["search_vector"], name="community_post_words")]
