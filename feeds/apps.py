from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "feeds"

    def ready(self) -> None:
        from feeds import receivers
        from feeds.mail import digests, notifications, outgoing
        from feeds.models import Letter
        from feeds.notifications import kinds, notify
        from feeds.notifications import registry as kinds_registry
        from feeds.timelines import fanout
        from network import registry
        from network.operators import is_operator
        from network.signals import activity_recorded, thread_opened

        registry.register(registry.DeliveryKind(fanout.KIND, fanout.needs_delivery, handle=fanout.deliver))
        registry.register(registry.DeliveryKind(notify.KIND, notify.needs_delivery, handle=notify.deliver))
        registry.answer_while_closed("mail_stop")
        registry.answer_while_closed("metrics", to=is_operator)
        kinds_registry.register(*kinds.KINDS)
        outgoing.writers[Letter.Kind.NOTICES] = notifications.write
        outgoing.writers[Letter.Kind.DIGEST] = digests.write
        activity_recorded.connect(receivers.enqueue)
        thread_opened.connect(receivers.mark_notifications_read)
