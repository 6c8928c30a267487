from django.apps import AppConfig


class FlashSaleConfig(AppConfig):
    name = "jishi.modules.plays.flash_sale"
    label = "flash_sale"
    default_auto_field = "django.db.models.BigAutoField"
