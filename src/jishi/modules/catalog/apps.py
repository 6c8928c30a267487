from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "jishi.modules.catalog"
    label = "catalog"
