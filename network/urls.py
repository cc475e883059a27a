"""Where each address leads. Pages that show a feed are in `feeds.urls`."""

from django.contrib import admin
from django.urls import include, path, register_converter

from network import converters
from network.views.errors import nothing

register_converter(converters.IdConverter, "id")

handler400 = "network.views.errors.bad_request"
handler403 = "network.views.errors.forbidden"
handler404 = "network.views.errors.not_found"

urlpatterns = [
    path("notices", nothing, name="notices"),
    path("saved", nothing, name="saved"),
    path("messages", nothing, name="messages"),
    path("settings", nothing, name="settings"),
    path("about", nothing, name="about"),
    path("rules", nothing, name="rules"),
    path("privacy", nothing, name="privacy"),
    path("keys", nothing, name="keys"),
    path("posts/new", nothing, name="compose"),
    path("posts/<id:post_id>", nothing, name="post"),
    path("", include("feeds.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
