"""Searching names: a name is found in any spelling, and only by words that it contains."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.text import search_words, sought

letters = st.text(st.sampled_from("abcéöОльяïßŁ’-' 田太郎"), min_size=1, max_size=12)


def finds(words: str, name: str, *, inside: bool = False) -> bool:
    held = search_words(name, inside=inside)
    return any(all(any(one.startswith(word) for one in held) for word in asked) for asked in sought(words))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("ольга", "Ольга Иванова"),
        ("ОЛЬГА", "ольга"),
        ("Иванова Ольга", "Ольга Иванова"),
        ("иван", "Ольга Иванова"),
        ("семен", "Семён"),
        ("élodie", "Elodie"),
        ("elodie", "Élodie Dvořák"),
        ("dvorak", "Élodie Dvořák"),
        ("E\u0301LODIE", "Élodie"),
        ("obrien", "Sean O’Brien"),
        ("o'brien", "Sean O’Brien"),
        ("o’brien", "Sean O'Brien"),
        ("brien", "Sean O’Brien"),
        ("o brien", "Sean O’Brien"),
        ("hyejin", "Hye-jin Park"),
        ("park hye jin", "Hye-jin Park"),
        ("lukasz", "Łukasz"),
        ("soren", "Søren Ǿ"),
        ("strasse", "Straße"),
        ("istanbul", "İstanbul"),
        ("İSTANBUL", "istanbul"),
        ("isik", "ışık"),
        ("محمد", "مُحَمَّد"),
        ("שלום", "שָׁלוֹם"),
        ("太郎", "田中太郎"),
        ("田中 太郎", "田中太郎"),
        ("田中太郎", "田中 太郎"),
        ("สมชาย", "นายสมชาย"),
        ("김", "김철수"),
        ("ada_l", "ada_l"),
        ("@ada", "ada"),
        ("#tidal_ecology", "Tidal ecology"),
        ("tidal ecology", "tidalecology"),
        ("🦊", "🦊 Fox"),
        ("ＡＤＡ", "ada"),
    ],
)
def test_a_name_is_found(words: str, name: str) -> None:
    assert finds(words, name)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("ада", "Ada"),
        ("lace", "Lovelace"),
        ("ada ben", "Ada Lovelace"),
        ("%", "Ada"),
        ("", "Ada"),
        ("か", "が"),
    ],
)
def test_other_names_are_not_found(words: str, name: str) -> None:
    assert not finds(words, name)


def test_topics_and_groups_are_found_by_parts_of_words() -> None:
    assert finds("garten", "Schulgarten", inside=True)
    assert not finds("gärtnerei", "Schulgarten", inside=True)


@given(letters, st.data())
def test_a_name_is_found_by_its_words_in_any_order_case_and_composition(
    name: str, data: st.DataObject
) -> None:
    words = data.draw(st.permutations(name.split()))
    form = data.draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
    case = data.draw(st.sampled_from([str.upper, str.lower, str.title]))
    asked = unicodedata.normalize(form, case(" ".join(words)))
    assert finds(asked, name) or not sought(asked)


@given(letters, letters)
def test_a_name_without_a_searched_letter_is_not_found(words: str, name: str) -> None:
    """The oracle compares letters without their marks, and does not split words."""
    if finds(words, name):
        assert bare(words) <= bare(name)


def bare(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return {char for char in plain if char.isalnum()}
