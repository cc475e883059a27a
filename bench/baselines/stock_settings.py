"""Settings of the stock baseline of `bin/bench live`: the channel layer that Channels recommends."""

from network.settings import *  # noqa: F403
from network.settings import CHANNELS_REDIS_URL

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [CHANNELS_REDIS_URL]},
    }
}
