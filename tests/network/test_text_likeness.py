"""Likeness: names that cannot be told apart have one skeleton, and names hold nothing that cannot be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.text import NAME, TITLE, TextError, clean, topic_name
from network.text.folding import INVISIBLE
from network.text.likeness import _prototypes, reading, readings, skeleton
from network.text.marks import MOST_MARKS

words = st.text(st.characters(codec="utf-8"), max_size=12)
alike = st.sampled_from("0Ool1I|iаaеeсcmрpх \u200b\u200d\u0301")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("noor", "n00r"),
        ("noor", "nооr"),
        ("noor", "NOOR"),
        ("lil", "1i1"),
        ("emma", "ernrna"),
        ("paypal", "𝔭𝒶ỿ𝕡𝕒ℓ".replace("ỿ", "y")),
        ("Ada Byron", "Ada\u200b Byron"),
        ("Ada Byron", "Аda\u00a0Byron"),
        ("é", "e\u0301"),
        ("Anna", "A\u034fnna\u2060"),
    ],
)
def test_what_looks_the_same_has_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("noor", "nora"), ("ada_l", "ada.l"), ("Ada", "Áda"), ("ivo", "uvo"), ("anna", "anna2")],
)
def test_what_looks_different_has_another(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(words)
def test_a_skeleton_is_its_own(word: str) -> None:
    assert skeleton(skeleton(word)) == skeleton(word)


@given(words | st.text(alike, max_size=8), st.data())
def test_no_character_that_is_like_another_makes_a_difference(word: str, data: st.DataObject) -> None:
    """TR39 itself: put prototypes in place of characters, one by one, or what is ignored anywhere."""
    place = data.draw(st.integers(0, len(word)))
    unseen = data.draw(st.sampled_from("\u200b\u200c\u200d\u2060\u00ad\ufe0f"))
    assert skeleton(word[:place] + unseen + word[place:]) == skeleton(word)
    plain = unicodedata.normalize("NFD", word)
    swapped = "".join(_prototypes().get(ord(char), char) for char in plain)
    assert skeleton(swapped) == skeleton(word)


@pytest.mark.parametrize("name", ["admin", "ADMIN", "adm1n", "4dmin", "a.d_m-i n", "аdmіn", "Αdmin"])
def test_reading_sees_through_digits_and_signs(name: str) -> None:
    assert reading(name) == reading("admin")


def test_reading_drops_accents_and_keeps_vowels_that_are_marks() -> None:
    assert reading("Ádmiñ") == reading("admin")
    assert reading("किरण") != reading("करण")


def test_words_are_read_one_by_one() -> None:
    assert readings("Kith  Mod3rator 7") == {reading("kith"), reading("mod"), reading("rator")}
    assert readings("Admin 2 — kith") == {reading("admin"), reading("kith")}
    assert readings("12") == set()


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("Ada\u200b Byron", "Ada Byron"),
        ("A\u200dd\u200ca", "Ada"),
        ("\u200fNoor\u061c", "Noor"),
        ("No\u00ador\u2060\ufe0f", "Noor"),
        ("Ada\u3164\u2800", "Ada"),
        ("Zo\u0301\u0301\u0301\u0301\u0301\u0301\u0301e", "Zó\u0301\u0301\u0301\u0301e"),
        ("\u0301\u0489Ada", "Ada"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("ක්\u200dරිෂ්", "ක්\u200dරිෂ්"),
        ("Dr. 👩\u200d🔬", "Dr. 👩\u200d🔬"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("שָׁלוֹם", "שָׁלוֹם"),
    ],
)
def test_names_are_cleaned_of_what_cannot_be_seen(raw: str, stored: str) -> None:
    assert clean(raw, limit=NAME) == unicodedata.normalize("NFC", stored)


def test_marks_alone_are_no_name() -> None:
    with pytest.raises(TextError):
        clean("\u0301" * 80, limit=NAME)


@given(words | st.text(alike, min_size=1, max_size=20))
def test_a_clean_name_stays_as_it_is_and_looks_as_before(raw: str) -> None:
    name = clean(raw, limit=NAME, required=False)
    assert clean(name, limit=NAME, required=False) == name
    bare = INVISIBLE.sub("", name).replace("\u200b", "")
    assert name.isascii() <= (bare == name)


def test_titles_and_topics_have_no_piles_of_marks() -> None:
    pile = "a" + "\u0301" * 30
    assert len(unicodedata.normalize("NFD", clean(pile, limit=TITLE))) <= MOST_MARKS + 2
    assert topic_name(pile) is None
    assert topic_name("ti\u0302\u0301des") == "ti\u0302\u0301des".replace("i\u0302", "î")
