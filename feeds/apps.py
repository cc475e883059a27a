from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "feeds"

    def ready(self) -> None:
        from feeds import receivers
        from feeds.delivery import outbox
        from feeds.mail import digests, notices, outgoing
        from feeds.models import Letter
        from feeds.notifications import notify
        from feeds.timelines import fanout
        from network import registry
        from network.signals import activity_recorded, thread_opened

        registry.deliveries[fanout.KIND] = fanout.needs_delivery
        outbox.handlers[fanout.KIND] = fanout.deliver
        registry.deliveries[notify.KIND] = notify.owed
        outbox.handlers[notify.KIND] = notify.deliver
        outgoing.writers[Letter.Kind.NOTICES] = notices.write
        outgoing.writers[Letter.Kind.DIGEST] = digests.write
        activity_recorded.connect(receivers.enqueue)
        thread_opened.connect(receivers.mark_notices_read)
