from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "jishi.modules.payments"
    label = "payments"
