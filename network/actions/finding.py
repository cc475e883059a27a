"""By which words people, topics and groups are found."""

from __future__ import annotations

from network import text
from network.models import Group, Person, SearchWord, Topic

BATCH = 1000


def find_by_name(*named: Person | Topic | Group) -> None:
    """Keep the words by which these are found, in the transaction that names them. Two queries for one."""
    words = {one.pk: words_of(one) for one in named}
    SearchWord.objects.filter(stream__in=words).delete()
    rows = [SearchWord(stream_id=id, word=word) for id, found in words.items() for word in sorted(found)]
    # Somebody else may write the same at the same time.
    SearchWord.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def words_of(named: Person | Topic | Group) -> set[str]:
    """The words of a person's name and handle, and of topics and groups each part of them as well."""
    match named:
        case Person():
            return text.search_words(named.name) | text.search_words(named.handle)
        case Topic():
            return text.search_words(named.title, inside=True) | text.search_words(named.name, inside=True)
        case Group():
            return text.search_words(named.name, inside=True) | text.search_words(named.description)
