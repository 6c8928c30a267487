"""Tables of the catalogue."""

from jishi.modules.catalog.models.category import Category, ProductCategory
from jishi.modules.catalog.models.importing import ImportIssue, ImportRun
from jishi.modules.catalog.models.product import Option, Product, ProductImage, Variant
from jishi.modules.catalog.models.search import SearchTerm

__all__ = [
    "Category",
    "ImportIssue",
    "ImportRun",
    "Option",
    "Product",
    "ProductCategory",
    "ProductImage",
    "SearchTerm",
    "Variant",
]
