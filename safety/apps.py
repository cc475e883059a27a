from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "safety"

    def ready(self) -> None:
        from network import registry

        registry.answer_while_closed("site_invitation")
