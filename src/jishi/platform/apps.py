from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "jishi.platform"
    label = "platform"
