"""What is asked for by plain requests beside the websocket."""

from django.urls import path

from realtime.endpoints import views

urlpatterns = [
    path("live/missed", views.missed, name="live_missed"),
    path("live/ticket", views.ticket, name="live_ticket"),
]
