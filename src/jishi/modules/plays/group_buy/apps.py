from django.apps import AppConfig


class GroupBuyConfig(AppConfig):
    name = "jishi.modules.plays.group_buy"
    label = "group_buy"
