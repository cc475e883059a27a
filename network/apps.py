from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin
from django.db.models import Max

from network import clock, ids


def newest_stored_id() -> int:
    """Return the newest id in the database.

    This process continues from it, so ids keep rising when the clock is set back.
    """
    from network.models import Activity, Stream

    newest = (model.objects.aggregate(newest=Max("pk"))["newest"] for model in (Activity, Stream))
    return max(id or 0 for id in newest)


class NetworkConfig(AppConfig):
    name = "network"

    def ready(self) -> None:
        ids.start(newest_stored_id)
        clock.follow_the_database()


class AdministrationConfig(admin.AdminConfig):
    default = False  # of this module
    default_site = "network.administration.Administration"

    def ready(self) -> None:
        """Register the pages of all packages, but none of the addresses, sessions and second steps of people.

        On those of allauth staff could change these, and guess them letter by letter through the filters.
        """
        super().ready()
        from django.contrib.admin import site

        for name in ("account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession"):
            site.unregister(apps.get_model(name))
