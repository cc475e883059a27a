"""URLs of home, lists, people, topics, notices, digests, their settings, and metrics."""

from django.urls import path

from feeds.views import digest, home, lists, mail, menus, metrics, notifications, settings, streams

urlpatterns = [
    path("", home.home, name="home"),
    path("lists", lists.index, name="lists"),
    path("lists/<id:list_id>", lists.show, name="list"),
    path("lists/<id:list_id>/edit", lists.edit, name="list_edit"),
    path("lists/<id:list_id>/delete", lists.delete, name="list_delete"),
    path("people/<handle:handle>", streams.person, name="person"),
    path("topics/<str:name>", streams.topic, name="topic"),
    path("posts/<id:post_id>/menu", menus.menu, name="post_menu"),
    path("posts/<id:post_id>/why", menus.why, name="post_why"),
    path("notices", notifications.page, name="notices"),
    path("notices/seen", notifications.seen, name="notices_seen"),
    path("notices/<id:activity_id>", notifications.open, name="notice"),
    path("digest", digest.digest, name="digest"),
    path("settings/notices", settings.notifications, name="settings_notices"),
    path("metrics", metrics.metrics, name="metrics"),
    path("letters/<str:token>/stop", mail.stop, name="mail_stop"),
]
