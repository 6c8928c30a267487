from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "jishi.modules.webhooks"
    label = "webhooks"
