"""Skeletons: names that look the same have the same skeleton, and names contain no invisible characters."""

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
def test_names_that_look_the_same_have_the_same_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("noor", "nora"), ("ada_l", "ada.l"), ("Ada", "Áda"), ("ivo", "uvo"), ("anna", "anna2")],
)
def test_names_that_look_different_have_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(words)
def test_the_skeleton_of_a_skeleton_is_the_same(word: str) -> None:
    assert skeleton(skeleton(word)) == skeleton(word)


@given(words | st.text(alike, max_size=8), st.data())
def test_confusable_characters_do_not_change_the_skeleton(word: str, data: st.DataObject) -> None:
    """The definition of TR39: replace characters by their prototypes one by one, or insert ignored ones anywhere."""
    place = data.draw(st.integers(0, len(word)))
    unseen = data.draw(st.sampled_from("\u200b\u200c\u200d\u2060\u00ad\ufe0f"))
    assert skeleton(word[:place] + unseen + word[place:]) == skeleton(word)
    plain = unicodedata.normalize("NFD", word)
    swapped = "".join(_prototypes().get(ord(char), char) for char in plain)
    assert skeleton(swapped) == skeleton(word)


@pytest.mark.parametrize("name", ["admin", "ADMIN", "adm1n", "4dmin", "a.d_m-i n", "аdmіn", "Αdmin"])
def test_digits_and_signs_are_read_as_letters(name: str) -> None:
    assert reading(name) == reading("admin")


def test_reading_removes_accents_and_keeps_vowel_marks() -> None:
    assert reading("Ádmiñ") == reading("admin")
    assert reading("किरण") != reading("करण")


def test_words_are_read_separately() -> None:
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
def test_invisible_characters_are_removed_from_names(raw: str, stored: str) -> None:
    assert clean(raw, limit=NAME) == unicodedata.normalize("NFC", stored)


def test_combining_marks_alone_are_not_a_name() -> None:
    with pytest.raises(TextError):
        clean("\u0301" * 80, limit=NAME)


@given(words | st.text(alike, min_size=1, max_size=20))
def test_a_clean_name_and_its_skeleton_do_not_change(raw: str) -> None:
    name = clean(raw, limit=NAME, required=False)
    assert clean(name, limit=NAME, required=False) == name
    bare = INVISIBLE.sub("", name).replace("\u200b", "")
    assert name.isascii() <= (bare == name)


def test_titles_and_topics_have_no_stacked_marks() -> None:
    pile = "a" + "\u0301" * 30
    assert len(unicodedata.normalize("NFD", clean(pile, limit=TITLE))) <= MOST_MARKS + 2
    assert topic_name(pile) is None
    assert topic_name("ti\u0302\u0301des") == "ti\u0302\u0301des".replace("i\u0302", "î")
