from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "feeds"

    def ready(self) -> None:
        from feeds import fanout, notifications, outbox, receivers
        from network import registry
        from network.signals import activity_recorded

        registry.deliveries[fanout.KIND] = fanout.is_owed
        outbox.handlers[fanout.KIND] = fanout.deliver
        registry.deliveries[notifications.KIND] = notifications.owed
        outbox.handlers[notifications.KIND] = notifications.deliver
        activity_recorded.connect(receivers.enqueue)
