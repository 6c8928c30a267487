from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "jishi.runtime"
    label = "runtime"

    def ready(self) -> None:
        from jishi.runtime import wiring  # reactions import models, which are ready only now

        wiring.connect_readers()
