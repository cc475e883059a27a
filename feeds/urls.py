"""Pages that show what reaches somebody: home, people, topics, groups, and what there is to find."""

from django.urls import path

from feeds.views import notices
from network.views.errors import nothing

urlpatterns = [
    path("", nothing, name="home"),
    path("explore", nothing, name="explore"),
    path("you", nothing, name="you"),
    path("people/<str:handle>", nothing, name="person"),
    path("topics/<str:name>", nothing, name="topic"),
    path("groups", nothing, name="groups"),
    path("groups/<slug:slug>", nothing, name="group"),
    path("notices", notices.page, name="notices"),
    path("notices/seen", notices.seen, name="notices_seen"),
    path("notices/<id:activity_id>", notices.open, name="notice"),
    path("invitations/<str:token>", nothing, name="invitation"),
]
