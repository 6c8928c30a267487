from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "jishi.modules.orders"
    label = "orders"
