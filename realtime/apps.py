from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from django.contrib.sessions.models import Session
        from django.db.models.signals import post_delete, post_save

        from feeds.signals import delivered
        from network import registry
        from network.models import User
        from network.signals import activity_recorded
        from realtime.announcing import announcements, publisher, sessions

        registry.register(
            registry.DeliveryKind(publisher.KIND, announcements.needs_delivery, handle=publisher.deliver)
        )
        activity_recorded.connect(publisher.announce)
        delivered.connect(publisher.publish_delivered)
        post_delete.connect(sessions.session_deleted, sender=Session)
        post_save.connect(sessions.user_saved, sender=User)
