from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "jishi.modules.reviews"
    label = "reviews"
