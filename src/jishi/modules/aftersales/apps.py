from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    name = "jishi.modules.aftersales"
    label = "aftersales"
