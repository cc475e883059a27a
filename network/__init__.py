"""Who and what: the Django project, and the domain of people, streams and activities."""

from network.celery import app as celery_app

__all__ = ["celery_app"]
