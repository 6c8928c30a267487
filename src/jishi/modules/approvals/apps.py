from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "jishi.modules.approvals"
    label = "approvals"
