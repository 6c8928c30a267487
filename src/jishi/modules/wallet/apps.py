from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "jishi.modules.wallet"
    label = "wallet"
