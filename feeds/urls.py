"""Pages that show what reaches somebody: home, people, topics and notices."""

from django.urls import path

from feeds.views import home, notices, streams

urlpatterns = [
    path("", home.home, name="home"),
    path("people/<handle:handle>", streams.person, name="person"),
    path("topics/<str:name>", streams.topic, name="topic"),
    path("notices", notices.page, name="notices"),
    path("notices/seen", notices.seen, name="notices_seen"),
    path("notices/<id:activity_id>", notices.open, name="notice"),
]
