from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "jishi.modules.incentives"
    label = "incentives"
