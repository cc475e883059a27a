"""Notifications: what triggers one, who gets it, how they are grouped, and their texts."""
