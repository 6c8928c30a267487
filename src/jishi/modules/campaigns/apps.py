from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "jishi.modules.campaigns"
    label = "campaigns"
