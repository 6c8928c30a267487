from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "jishi.modules.promotions"
    label = "promotions"
