from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "jishi.modules.messaging"
    label = "messaging"
