from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "jishi.modules.notes"
    label = "notes"
