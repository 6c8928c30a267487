from django.apps import AppConfig


class BargainConfig(AppConfig):
    name = "jishi.modules.plays.bargain"
    label = "bargain"
