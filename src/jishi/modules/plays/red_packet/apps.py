from django.apps import AppConfig


class RedPacketConfig(AppConfig):
    name = "jishi.modules.plays.red_packet"
    label = "red_packet"
    default_auto_field = "django.db.models.BigAutoField"
