from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "jishi.modules.inventory"
    label = "inventory"
