from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "jishi.modules.events"
    label = "events"
