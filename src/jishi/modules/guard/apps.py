from django.apps import AppConfig


class GuardConfig(AppConfig):
    name = "jishi.modules.guard"
    label = "guard"
