"""Where each address leads. Pages that show a feed are in `feeds.urls`."""

from django.contrib import admin
from django.urls import include, path, register_converter

from network import converters
from network.views import edits, lists, marks, posts, threads
from network.views.errors import nothing

register_converter(converters.IdConverter, "id")

handler400 = "network.views.errors.bad_request"
handler403 = "network.views.errors.forbidden"
handler404 = "network.views.errors.not_found"

urlpatterns = [
    path("settings", nothing, name="settings"),
    path("about", nothing, name="about"),
    path("rules", nothing, name="rules"),
    path("privacy", nothing, name="privacy"),
    path("keys", nothing, name="keys"),
    path("saved", lists.saved, name="saved"),
    path("messages", lists.messages, name="messages"),
    path("posts", posts.create, name="posts"),
    path("posts/new", posts.compose, name="compose"),
    path("posts/preview", posts.preview, name="preview"),
    path("posts/<id:post_id>", threads.show, name="post"),
    path("posts/<id:post_id>/part", threads.part, name="post_part"),
    path("posts/<id:post_id>/watch", threads.watch, name="post_watch"),
    path("posts/<id:post_id>/mute", threads.mute, name="post_mute"),
    path("posts/<id:post_id>/hide", threads.hide, name="post_hide"),
    path("posts/<id:post_id>/commenting", threads.commenting, name="post_commenting"),
    path("posts/<id:post_id>/like", marks.like, name="post_like"),
    path("posts/<id:post_id>/thanks", marks.thanks, name="post_thanks"),
    path("posts/<id:post_id>/save", marks.save, name="post_save"),
    path("posts/<id:post_id>/reshare", marks.reshare, name="post_reshare"),
    path("posts/<id:post_id>/vote", marks.vote, name="post_vote"),
    path("posts/<id:post_id>/edit", edits.edit, name="post_edit"),
    path("posts/<id:post_id>/history", edits.history, name="post_history"),
    path("posts/<id:post_id>/history/<id:revision_id>/purge", edits.purge, name="post_purge"),
    path("posts/<id:post_id>/delete", edits.delete, name="post_delete"),
    path("", include("feeds.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
