"""Case folding: which spellings are the same word, and the names of topics."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.text import fold, topic_name

written = st.text(st.characters(codec=None, exclude_categories=[]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Statistics", "STATISTICS"),
        ("Straße", "STRASSE"),
        ("ﬁsh", "fish"),
        ("ｗｉｄｅ", "wide"),
        ("cafe\u0301", "café"),
        ("so\u00adft\u2060ly", "softly"),
        ("می\u200cخواهم", "میخواهم"),
        ("ΣΟΦΟΣ", "σοφος"),
        ("x²", "x2"),
    ],
)
def test_spellings_of_one_word_are_equal(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("resume", "résumé"), ("ada", "adam"), ("और", "ओर")])
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@given(written)
def test_folding_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


def test_folding_each_character_is_idempotent():
    assigned = (char for char in map(chr, range(0x110000)) if unicodedata.category(char)[0] in "LMNPSZ")
    assert [char for char in assigned if fold(fold(char)) != fold(char)] == []


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("#Tidal_Ecology", "tidal_ecology"),
        ("statistics", "statistics"),
        ("＃Ｋｉｔｈ", "kith"),
        (" #maths ", "maths"),
        ("_emphasis_", "emphasis"),
        ("#año2026", "año2026"),
        ("#हिन्दी", "हिन्दी"),
        ("#نص_عربي", "نص_عربي"),
        ("#日本語", "日本語"),
        ("#1a", "1a"),
        ("a" * 60, "a" * 60),
        ("#Col·lecció", "col·lecció"),
        ("#coŀlecció", "col·lecció"),
        ("#ジョン･レノン", "ジョン・レノン"),
        ("#東京～大阪", "東京〜大阪"),
        ("#צה״ל", "צה״ל"),
    ],
)
def test_a_hashtag_has_a_normal_form(raw, name):
    assert topic_name(raw) == name


@pytest.mark.parametrize(
    "raw",
    ["", "#", "##a", "#2026", "#_", "#___", "two words", "c++", "a-b", "a%b", "a/b", "a" * 61, "ß" * 31,
     "é" * 10**6, "#😀", "\u0301a", "#\ufe0f\u20e3", "½", "ﷺ", "a\x00", "<b>", "#\u200b", "a·", "·a", "a··b", "a·_b"],
)  # fmt: skip
def test_other_text_has_no_name(raw):
    assert topic_name(raw) is None


@given(written)
def test_a_name_is_its_own_normal_form(text):
    name = topic_name(text)
    if name is not None:
        assert topic_name(name) == name == fold(name)
        assert len(name) <= 60
        assert not set(name) & set(" #%/?&\\\"'<>\n")
