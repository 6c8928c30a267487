from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "jishi.modules.media"
    label = "media"
