"""Feeds: who gets what of an activity, in timelines, notifications and mail."""
