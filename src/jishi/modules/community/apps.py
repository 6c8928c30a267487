from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "jishi.modules.community"
    label = "community"
