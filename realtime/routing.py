"""The addresses of the websockets."""

from django.urls import URLPattern, path

from realtime.consumers import LiveConsumer

websocket_urlpatterns: list[URLPattern] = [path("live", LiveConsumer.as_asgi())]
