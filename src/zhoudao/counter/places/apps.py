from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "zhoudao.counter.places"
    label = "places"
