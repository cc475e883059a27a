"""Finding by name: one table for people, topics and groups, for they share their ids with streams."""

from __future__ import annotations

from django.db import models

from network.models.streams import Stream


class SearchWord(models.Model):
    """A word of a name, in the form in which it is sought (`text.search_words`); its beginnings find it."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="search_words")
    word = models.CharField(max_length=80)

    class Meta:
        constraints = [
            # PostgreSQL seeks beginnings in an index of these classes alone, in any locale.
            models.UniqueConstraint(
                fields=["word", "stream"],
                name="one_search_word_a_stream",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.word} finds {self.stream_id}"
