from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "jishi.modules.loyalty"
    label = "loyalty"
