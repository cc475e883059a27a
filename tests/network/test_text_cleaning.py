"""Cleaning: which text may be stored, and the messages that refuse other text."""

import time
import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from network.errors import Invalid
from network.text import BIO, NAME, OPTION, POST, SUMMARY, TITLE, TextError, clean

LIMITS = [BIO, NAME, OPTION, POST, SUMMARY, TITLE]
submitted = st.text(st.characters(codec=None, exclude_categories=[]))
odd = st.text("a \n\r\t\x00\x0b\x1f\x85\u200b\u2028\u202e\u2066\ufeff\ud800\u0301é\u115f", max_size=20)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("  Hello \n", "Hello"),
        ("one\r\ntwo\rthree\u2028four\u0085five", "one\ntwo\nthree\nfour\nfive"),
        ("nul\x00, bell\x07, escape\x1b[1m", "nul, bell, escape[1m"),
        ("cafe\u0301", "café"),
        ("lone \ud800 surrogate \udfff", "lone  surrogate"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a \u2067b\u2069 c", "a b c"),
        ("\ufeffbyte \ufffeorder", "byte order"),
        ("mark\u200f stays", "mark\u200f stays"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🔬 & <b>*", "👩\u200d🔬 & <b>*"),
        ("a\tb\n\n\n  c", "a\tb\n\n\n  c"),
    ],
)
def test_text_is_stored_plain(raw, stored):
    assert clean(raw, limit=POST) == stored


def test_a_field_of_one_line_has_no_line_breaks():
    assert clean(" Ada\n\n Lovelace\t\u3000 ", limit=NAME) == "Ada Lovelace"
    assert clean("Ada\n\nLovelace", limit=BIO) == "Ada\n\nLovelace"


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    "raw", ["", "  \r\n", "\x00", "\u200b\u2060", "\ud800", "\u3164", "\u2800 \u2800", "\u202e"]
)
def test_invisible_text_is_empty(raw, limit):
    with pytest.raises(TextError) as refused:
        clean(raw, limit=limit)
    assert str(refused.value) == str(limit.empty)
    assert clean(raw, limit=limit, required=False) == ""


@pytest.mark.parametrize("limit", LIMITS)
def test_a_text_may_reach_the_limit_but_not_exceed_it(limit):
    assert len(clean("é" * limit.most, limit=limit)) == limit.most
    assert len(clean("e\u0301" * limit.most, limit=limit)) == limit.most
    for required in (True, False):
        with pytest.raises(TextError):
            clean("a" * (limit.most + 1), limit=limit, required=required)


def test_line_breaks_of_browsers_count_once():
    assert len(clean("a\r\n" * 2500, limit=POST)) == 4999


def test_the_refusal_says_how_long_the_text_is():
    with pytest.raises(TextError, match=r"^This is 5,214 characters; posts take 5,000\.$"):
        clean("a" * 5214, limit=POST)
    with translation.override("de"), pytest.raises(TextError, match=r"5\.214"):
        clean("a" * 5214, limit=POST)


def test_a_refusal_is_a_readable_sentence():
    with pytest.raises(Invalid) as refused:
        clean("", limit=POST)
    assert refused.value.sentence == "Write a few words first."
    assert isinstance(refused.value, ValueError)
    assert refused.value.status == 400


def test_five_megabytes_are_refused_at_once():
    huge = "\r\n\x00e\u0301" * 1_000_000
    began = time.perf_counter()
    with pytest.raises(TextError, match="5,000,000"):
        clean(huge, limit=POST)
    assert time.perf_counter() - began < 0.02


@given(submitted | odd, st.sampled_from(LIMITS))
def test_cleaning_is_idempotent(raw, limit):
    once = clean(raw, limit=limit, required=False)
    assert clean(once, limit=limit, required=False) == once


@given(submitted | odd)
def test_clean_text_can_be_stored_and_shown(raw):
    stored = clean(raw, limit=POST, required=False)
    assert stored == stored.strip() == unicodedata.normalize("NFC", stored)
    assert stored.encode().decode() == stored
    assert not [char for char in stored if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"]
    assert not [
        char for char in stored if unicodedata.bidirectional(char) in ("LRO", "RLO", "LRE", "RLE", "PDF")
    ]


@given(st.text(st.characters(categories=["L", "Nd", "P"]), min_size=1, max_size=50))
def test_ordinary_text_is_kept(raw):
    kept = clean(raw, limit=POST, required=False)
    assert kept in (unicodedata.normalize("NFC", raw), "")
