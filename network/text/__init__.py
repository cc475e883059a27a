"""Texts of people: cleaning, parsing of mentions, topics and links, and rendering as safe HTML.

The cleaned source is stored. Everything else is derived from it and can be derived again. This package knows
no models: the caller of `render` gives the addresses of mentions and topics.
"""

from network.text.cleaning import BIO, NAME, OPTION, POST, SUMMARY, TITLE, Limit, TextError, clean
from network.text.folding import fold, is_letter_or_mark, topic_name
from network.text.muting import muted_form, words
from network.text.parsing import Parsed, excerpt, parse
from network.text.rendering import render
from network.text.searching import search_words, sought

__all__ = [
    "BIO",
    "NAME",
    "OPTION",
    "POST",
    "SUMMARY",
    "TITLE",
    "Limit",
    "Parsed",
    "TextError",
    "clean",
    "excerpt",
    "fold",
    "is_letter_or_mark",
    "muted_form",
    "parse",
    "render",
    "search_words",
    "sought",
    "topic_name",
    "words",
]
