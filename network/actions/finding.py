"""The search index of names of people, topics and groups."""

from __future__ import annotations

from network import text
from network.models import Group, Person, SearchWord, Topic

BATCH = 1000


def find_by_name(*named: Person | Topic | Group) -> None:
    """Store the search words of some names, in the transaction that sets them. Two queries for one name."""
    words = {one.pk: words_of(one) for one in named}
    SearchWord.objects.filter(stream__in=words).delete()
    rows = [SearchWord(stream_id=id, word=word) for id, found in words.items() for word in sorted(found)]
    # Another transaction may write the same words.
    SearchWord.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def words_of(named: Person | Topic | Group) -> set[str]:
    """The words of a person's name and handle; for topics and groups, also the parts of words."""
    match named:
        case Person():
            return text.search_words(named.name) | text.search_words(named.handle)
        case Topic():
            return text.search_words(named.title, inside=True) | text.search_words(named.name, inside=True)
        case Group():
            return text.search_words(named.name, inside=True) | text.search_words(named.description)
