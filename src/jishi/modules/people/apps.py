from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "jishi.modules.people"
    label = "people"
