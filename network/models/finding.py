"""The search index of names: one table for people, topics and groups, which share the ids of streams."""

from __future__ import annotations

from django.db import models

from network.models.streams import Stream


class SearchWord(models.Model):
    """A word of a name in its search form (`text.search_words`). A search matches its beginning."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="search_words")
    word = models.CharField(max_length=80)

    class Meta:
        constraints = [
            # In other locales than C, PostgreSQL uses only an index of these classes for prefixes.
            models.UniqueConstraint(
                fields=["word", "stream"],
                name="one_search_word_a_stream",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.word} finds {self.stream_id}"
