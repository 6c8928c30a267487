from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "jishi.modules.sharing"
    label = "sharing"
