from django.apps import AppConfig


class SurfacesConfig(AppConfig):
    name = "jishi.surfaces"
    label = "surfaces"
