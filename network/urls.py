"""Where each address leads."""

from django.contrib import admin
from django.urls import include, path, register_converter

from network import converters
from network.views.errors import bad_request

register_converter(converters.IdConverter, "id")

urlpatterns = [
    path("", bad_request, name="home"),
    path("explore", bad_request, name="explore"),
    path("groups", bad_request, name="groups"),
    path("notices", bad_request, name="notices"),
    path("you", bad_request, name="you"),
    path("about", bad_request, name="about"),
    path("rules", bad_request, name="rules"),
    path("privacy", bad_request, name="privacy"),
    path("keys", bad_request, name="keys"),
    path("people/<str:handle>", bad_request, name="person"),
    path("topics/<str:name>", bad_request, name="topic"),
    path("groups/<slug:slug>", bad_request, name="group"),
    path("posts/<id:post_id>", bad_request, name="post"),
    path("invitations/<str:token>", bad_request, name="invitation"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
