"""The URLs of the domain. Pages that show a feed are in `feeds.urls`."""

from django.contrib import admin
from django.urls import include, path, register_converter

from network import converters
from network.views import (
    blocks,
    edits,
    explore,
    follows,
    groups,
    invitations,
    lists,
    marks,
    members,
    mutes,
    onboarding,
    people,
    posts,
    settings,
    threads,
    watches,
)
from network.views.about import about
from network.views.health import health

register_converter(converters.IdConverter, "id")
register_converter(converters.HandleConverter, "handle")
register_converter(converters.TokenConverter, "token")

handler400 = "network.views.errors.bad_request"
handler403 = "network.views.errors.forbidden"
handler404 = "network.views.errors.not_found"
handler500 = "network.views.errors.server_error"

urlpatterns = [
    path("start", onboarding.start, name="start"),
    path("settings", settings.profile, name="settings"),
    path("settings/privacy", settings.privacy, name="settings_privacy"),
    path("settings/home", settings.home, name="settings_home"),
    path("settings/filters", settings.filters_page, name="settings_filters"),
    path("settings/filters/<id:mute_id>/unmute", settings.unmute, name="unmute"),
    path("settings/filters/<id:person_id>/unblock", settings.unblock, name="unblock"),
    path("settings/looks", settings.looks, name="settings_looks"),
    path("settings/zone", settings.zone, name="settings_zone"),
    path("about", about, {"page": "about"}, name="about"),
    path("rules", about, {"page": "rules"}, name="rules"),
    path("privacy", about, {"page": "privacy"}, name="privacy"),
    path("keys", about, {"page": "keys"}, name="keys"),
    path("health", health, name="health"),
    path("saved", lists.saved, name="saved"),
    path("messages", lists.messages, name="messages"),
    path("posts", posts.create, name="posts"),
    path("posts/new", posts.compose, name="compose"),
    path("posts/preview", posts.preview, name="preview"),
    path("posts/<id:post_id>", threads.show, name="post"),
    path("posts/<id:post_id>/part", threads.part, name="post_part"),
    path("posts/<id:post_id>/watch", watches.thread, name="post_watch"),
    path("posts/<id:post_id>/mute", mutes.thread, name="post_mute"),
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
    path("you", people.you, name="you"),
    path("people/<handle:handle>/follow", follows.person, name="person_follow"),
    path("people/<handle:handle>/accept", follows.accept, name="follower_accept"),
    path("people/<handle:handle>/remove", follows.remove, name="follower_remove"),
    path("people/<handle:handle>/followers", people.followers, name="followers"),
    path("people/<handle:handle>/following", people.following, name="following"),
    path("people/<handle:handle>/block", blocks.person, name="block"),
    path("people/<handle:handle>/mute", mutes.person, name="person_mute"),
    path("topics/<str:name>/follow", follows.topic, name="topic_follow"),
    path("topics/<str:name>/mute", mutes.topic, name="topic_mute"),
    path("streams/<id:stream_id>/delivery", follows.deliver, name="delivery"),
    path("streams/<id:stream_id>/watch", watches.stream, name="watch"),
    path("groups", groups.index, name="groups"),
    path("groups/new", groups.new, name="group_new"),
    path("groups/<slug:slug>", groups.show, name="group"),
    path("groups/<slug:slug>/rules", groups.rules, name="group_rules"),
    path("groups/<slug:slug>/edit", groups.edit, name="group_edit"),
    path("groups/<slug:slug>/close", groups.close, name="group_close"),
    path("groups/<slug:slug>/join", members.join, name="group_join"),
    path("groups/<slug:slug>/leave", members.leave, name="group_leave"),
    path("groups/<slug:slug>/members", members.members, name="group_members"),
    path("groups/<slug:slug>/members/<id:person_id>/accept", members.accept, name="group_accept"),
    path("groups/<slug:slug>/members/<id:person_id>/remove", members.remove, name="group_remove"),
    path("groups/<slug:slug>/members/<id:person_id>/role", members.role, name="group_role"),
    path("groups/<slug:slug>/requests", members.requests, name="group_requests"),
    path("groups/<slug:slug>/invitations", invitations.index, name="group_invitations"),
    path("invitations/<token:token>", invitations.show, name="invitation"),
    path("invitations/<token:token>/withdraw", invitations.withdraw, name="invitation_withdraw"),
    path("explore", explore.explore, name="explore"),
    path("explore/posts", explore.posts, name="explore_posts"),
    path("explore/<str:kind>", explore.kind, name="explore_kind"),
    path("", include("feeds.urls")),
    path("", include("realtime.urls")),
    path("", include("safety.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
