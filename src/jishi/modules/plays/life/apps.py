from django.apps import AppConfig


class LifeConfig(AppConfig):
    name = "jishi.modules.plays.life"
    label = "plays"
    default_auto_field = "django.db.models.BigAutoField"
