"""The Django project and the domain: people, streams, posts and activities."""

from network.celery import app as celery_app

__all__ = ["celery_app"]
