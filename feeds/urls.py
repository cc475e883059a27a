"""Pages that show what reaches somebody: home, people, topics, groups, and what there is to find."""

from django.urls import path

from feeds.views import home, notices, streams
from network.views.errors import nothing

urlpatterns = [
    path("", home.home, name="home"),
    path("people/<str:handle>", streams.person, name="person"),
    path("topics/<str:name>", streams.topic, name="topic"),
    path("groups", nothing, name="groups"),
    path("groups/<slug:slug>", nothing, name="group"),
    path("notices", notices.page, name="notices"),
    path("notices/seen", notices.seen, name="notices_seen"),
    path("notices/<id:activity_id>", notices.open, name="notice"),
    path("invitations/<str:token>", nothing, name="invitation"),
]
