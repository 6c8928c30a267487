from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "jishi.modules.ledger"
    label = "ledger"
