"""The domain's nouns, each in the module of its kind."""

from network.models.finding import SearchWord
from network.models.groups import FormerSlug, Group, Invitation, Removal
from network.models.lists import List, Marker
from network.models.people import Block, FormerHandle, Mute, Person, User
from network.models.polls import Poll, PollOption, Vote
from network.models.posts import (
    Addressee,
    Bookmark,
    Like,
    Mention,
    Post,
    Reading,
    Reshare,
    Revision,
    Watch,
)
from network.models.site import Site
from network.models.streams import Activity, Delivery, Follow, Publication, Stream
from network.models.topics import PostTopic, Topic

__all__ = [
    "Activity",
    "Addressee",
    "Block",
    "Bookmark",
    "Delivery",
    "Follow",
    "FormerHandle",
    "FormerSlug",
    "Group",
    "Invitation",
    "Like",
    "List",
    "Marker",
    "Mention",
    "Mute",
    "Person",
    "Poll",
    "PollOption",
    "Post",
    "PostTopic",
    "Publication",
    "Reading",
    "Removal",
    "Reshare",
    "Revision",
    "SearchWord",
    "Site",
    "Stream",
    "Topic",
    "User",
    "Vote",
    "Watch",
]
