from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "jishi.modules.finance"
    label = "finance"
