from django.apps import AppConfig


class LuckyDrawConfig(AppConfig):
    name = "jishi.modules.plays.lucky_draw"
    label = "lucky_draw"
    default_auto_field = "django.db.models.BigAutoField"
