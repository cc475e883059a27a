from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "feeds"

    def ready(self) -> None:
        from feeds import digests, fanout, letters, notice_letters, notifications, outbox, receivers
        from feeds.models import Letter
        from network import registry
        from network.signals import activity_recorded, thread_opened

        registry.deliveries[fanout.KIND] = fanout.is_owed
        outbox.handlers[fanout.KIND] = fanout.deliver
        registry.deliveries[notifications.KIND] = notifications.owed
        outbox.handlers[notifications.KIND] = notifications.deliver
        letters.writers[Letter.Kind.NOTICES] = notice_letters.write
        letters.writers[Letter.Kind.DIGEST] = digests.write
        activity_recorded.connect(receivers.enqueue)
        thread_opened.connect(receivers.mark_notices_read)
