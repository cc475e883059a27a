"""Settings of the stock baseline of `bench/live.py`: Kith's, and the channel layer that Channels advises."""

from network.settings import *  # noqa: F403
from network.settings import CHANNELS_REDIS_URL

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [CHANNELS_REDIS_URL]},
    }
}
