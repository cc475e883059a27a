from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from django.contrib.sessions.models import Session
        from django.db.models.signals import post_delete, post_save

        from feeds import outbox
        from feeds.signals import delivered
        from network import registry
        from network.models import User
        from network.signals import activity_recorded
        from realtime import announce, announcements, sessions

        registry.deliveries[announce.KIND] = announcements.is_owed
        outbox.handlers[announce.KIND] = announce.deliver
        activity_recorded.connect(announce.announce)
        delivered.connect(announce.tell_delivered)
        post_delete.connect(sessions.session_deleted, sender=Session)
        post_save.connect(sessions.user_saved, sender=User)
