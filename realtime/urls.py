"""The addresses of the plain requests of live pages."""

from django.urls import path

from realtime.endpoints import views

urlpatterns = [
    path("live/missed", views.missed, name="live_missed"),
    path("live/ticket", views.ticket, name="live_ticket"),
]
