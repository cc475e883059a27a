"""The table of reading rights: each route, message, task and receiver, and who may learn something by it.

`tests/test_access.py` fails if one is missing here. `tests/test_hidden_things.py` requests each route for
people who have no right to it.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    ALL = "everybody; its content is public, or filtered by the rights of the reader"
    OWN = "people who are signed in; it shows and changes only their own things, or makes new ones"
    ROW = "the owner of the row"
    POST = "people who may read the post"
    AUTHOR = "the author of the post"
    PERSON = "people without a block in either direction"
    GROUP = "people who may see the group"
    INSIDE = "members of the group, or only its moderators"
    LINK = "holders of the link"
    ACCOUNT = "allauth: signing in, and the person's own account"
    STAFF = "staff"
    ADMINISTRATOR = "administrators"
    OPERATOR = "requests from the same machine, or with METRICS_TOKEN"


ROUTES: dict[str, Right] = {
    "home": Right.ALL,
    "lists": Right.OWN,
    "list": Right.ROW,
    "list_edit": Right.ROW,
    "list_delete": Right.ROW,
    "start": Right.OWN,
    "you": Right.OWN,
    "about": Right.ALL,
    "rules": Right.ALL,
    "privacy": Right.ALL,
    "keys": Right.ALL,
    "health": Right.ALL,
    "explore": Right.ALL,
    "explore_kind": Right.ALL,
    "explore_posts": Right.ALL,
    "settings": Right.OWN,
    "settings_privacy": Right.OWN,
    "settings_home": Right.OWN,
    "settings_filters": Right.OWN,
    "settings_looks": Right.OWN,
    "settings_zone": Right.OWN,
    "unmute": Right.ROW,
    "unblock": Right.ROW,
    "saved": Right.OWN,
    "messages": Right.OWN,
    "notices": Right.OWN,
    "notices_seen": Right.OWN,
    "notice": Right.ROW,
    "digest": Right.OWN,
    "settings_notices": Right.OWN,
    "mail_stop": Right.LINK,
    "posts": Right.OWN,
    "compose": Right.OWN,
    "preview": Right.OWN,
    "post": Right.POST,
    "post_part": Right.POST,
    "post_menu": Right.POST,
    "post_why": Right.POST,
    "post_watch": Right.POST,
    "post_mute": Right.POST,
    "post_like": Right.POST,
    "post_save": Right.POST,
    "post_reshare": Right.POST,
    "post_vote": Right.POST,
    "post_history": Right.POST,
    "post_thanks": Right.AUTHOR,
    "post_hide": Right.AUTHOR,
    "post_commenting": Right.AUTHOR,
    "post_edit": Right.AUTHOR,
    "post_purge": Right.AUTHOR,
    "post_delete": Right.AUTHOR,
    "person": Right.PERSON,
    "person_follow": Right.PERSON,
    "person_mute": Right.PERSON,
    "followers": Right.PERSON,
    "following": Right.PERSON,
    "follower_accept": Right.PERSON,
    "follower_remove": Right.PERSON,
    "block": Right.PERSON,
    "topic": Right.ALL,
    "topic_follow": Right.OWN,
    "topic_mute": Right.OWN,
    "delivery": Right.ROW,
    "watch": Right.ROW,
    "groups": Right.ALL,
    "group_new": Right.OWN,
    "group": Right.GROUP,
    "group_rules": Right.GROUP,
    "group_join": Right.GROUP,
    "group_leave": Right.GROUP,
    "group_members": Right.INSIDE,
    "group_edit": Right.INSIDE,
    "group_close": Right.INSIDE,
    "group_accept": Right.INSIDE,
    "group_remove": Right.INSIDE,
    "group_role": Right.INSIDE,
    "group_requests": Right.INSIDE,
    "group_invitations": Right.INSIDE,
    "invitation": Right.LINK,
    "invitation_withdraw": Right.LINK,
    "site": Right.ADMINISTRATOR,
    "site_invitations": Right.ADMINISTRATOR,
    "site_invitation": Right.LINK,
    "site_invitation_withdraw": Right.ADMINISTRATOR,
    "metrics": Right.OPERATOR,
    "live_missed": Right.ALL,
    "live_ticket": Right.OWN,
}

# Routes of other packages, by the beginning of their names.
ROUTES_OF_OTHERS = {
    "account_": Right.ACCOUNT,
    "mfa_": Right.ACCOUNT,
    "usersessions_": Right.ACCOUNT,
    "admin:": Right.STAFF,
}

# The routes that answer people who are signed out while the server is closed. All others lead to the sign-in page.
WHILE_CLOSED = {
    "home",
    "about",
    "rules",
    "privacy",
    "keys",
    "health",
    "mail_stop",
    "site_invitation",
    "account_login",
    "mfa_authenticate",
    "account_inactive",
    "account_logout",
    "account_signup",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

# The messages between processes, and who receives them (realtime/visibility/filtering.py).
MESSAGES = {
    "entry": Right.POST,
    "comment": Right.POST,
    "changed": Right.POST,
    "gone": Right.POST,
    "counts": Right.POST,
    "unread": Right.ROW,
    "read": Right.ROW,
    "rights": "processes only",
    "sessions": "processes only",
    "group": "processes only",
    "site": "processes only",
    "writing": "processes only",
}
FRAMES = {
    "entry": Right.POST,
    "comment": Right.POST,
    "changed": Right.POST,
    "gone": Right.POST,
    "counts": Right.POST,
    "unread": Right.ROW,
    "read": Right.ROW,
    "here": "people who show their presence in a group where they may write; others who do so receive it",
    "more": "only says that there is more",
    "pong": "only says that the connection is open",
}
REQUESTS = {
    "watch": Right.ALL,
    "leave": "ends a page",
    "writing": Right.INSIDE,
    "ping": "is answered by a pong",
}
SOCKETS = {"live": Right.ALL}  # and the event stream, with the same rights

TASKS = {
    "feeds.tasks.deliver": "writes timelines and notifications, which are filtered when they are read",
    "feeds.tasks.sweep": "the same",
    "feeds.tasks.heal": "deletes timelines, which are rebuilt when they are read",
    "feeds.tasks.send_letters": "mails people what they may still read, to confirmed addresses",
}
RECEIVERS = {
    "feeds.receivers.enqueue": "sends an id to the worker",
    "feeds.receivers.mark_notifications_read": Right.OWN,
    "realtime.announcing.publisher.announce": Right.POST,
    "realtime.announcing.publisher.publish_delivered": Right.ROW,
    "realtime.announcing.sessions.session_deleted": "closes sockets",
    "realtime.announcing.sessions.user_saved": "closes sockets",
}
