"""Folding: spellings that are one word, names of topics, and the tokens in which muted words are sought."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.text import fold, muted_form, topic_name, words

written = st.text(st.characters(codec=None, exclude_categories=[]))
prose = st.lists(
    st.sampled_from(
        ["How", "do", "DO", "limpets", "Limpets?", "limpet", "don't", "#Tidal_Pools", "@ada", "50%", "-"]
    )
).map(" ".join)


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
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_every_character_folds_once():
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
    ],
)
def test_a_hashtag_has_a_normal_form(raw, name):
    assert topic_name(raw) == name


@pytest.mark.parametrize(
    "raw",
    ["", "#", "##a", "#2026", "#_", "#___", "two words", "c++", "a-b", "a%b", "a/b", "a" * 61, "ß" * 31,
     "é" * 10**6, "#😀", "\u0301a", "#\ufe0f\u20e3", "½", "ﷺ", "a\x00", "<b>", "#\u200b"],
)  # fmt: skip
def test_what_is_no_hashtag_has_no_name(raw):
    assert topic_name(raw) is None


@given(written)
def test_a_name_is_its_own_normal_form(text):
    name = topic_name(text)
    if name is not None:
        assert topic_name(name) == name == fold(name)
        assert len(name) <= 60
        assert not set(name) & set(" #%/?&\\\"'<>\n")


def test_words_are_the_folded_tokens_in_order():
    assert words("How do *Limpets* hold on?") == " how do limpets hold on "
    assert words("") == words("?!") == "  "


def test_title_and_summary_count_but_no_phrase_spans_them():
    found = words("hold on", title="Limpets", summary="Rocks")
    assert all(f" {word} " in found for word in ("limpets", "rocks", "hold on"))
    assert " limpets rocks " not in found
    assert " rocks hold " not in found


def test_hashtags_and_mentions_give_their_words():
    found = words("#Tidal_Ecology by @ada_l")
    assert found == " tidal ecology by ada l "
    assert f" {muted_form('#tidal_ecology')} " in found
    assert f" {muted_form('@Ada_L')} " in found


@pytest.mark.parametrize(
    ("muted", "text", "hidden"),
    [
        ("spoiler", "A SPOILER!", True),
        ("spoiler", "spoilers", False),
        ("world cup", "the World  Cup-final", True),
        ("world cup", "the cup of the world", False),
        ("don't", "Don’t panic", True),
        ("映画", "昨日映画を見た", True),
        ("画映", "昨日映画を見た", False),
        ("ละคร", "ฉันชอบละครมาก", True),
        ("مباراة", "شاهدت مباراة أمس", True),
        ("100%", "100 percent", True),
    ],
)
def test_a_muted_word_is_found_whole(muted, text, hidden):
    assert (f" {muted_form(muted)} " in words(text)) == hidden


@pytest.mark.parametrize("raw", ["", "  ", "!?", "%", "_", "\u200b", "\u00ad"])
def test_nothing_to_mute_is_none(raw):
    assert muted_form(raw) is None


def slow_tokens(text: str) -> list[str]:
    """The oracle for scripts with spaces: split where a character is no letter, digit or mark."""
    tokens = [""]
    for char in fold(text):
        if unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Mn", "Mc"}:
            tokens[-1] += char
        else:
            tokens.append("")
    return [token for token in tokens if token]


def slow_match(muted: list[str], tokens: list[str]) -> bool:
    return any(tokens[start : start + len(muted)] == muted for start in range(len(tokens)))


@given(prose, prose | st.text(alphabet="aAbBéß_-%#' \n", max_size=3))
def test_words_match_exactly_whole_tokens(text, muted):
    form = muted_form(muted)
    assert (form is None) == (slow_tokens(muted) == [])
    if form is not None:
        assert (f" {form} " in words(text)) == slow_match(slow_tokens(muted), slow_tokens(text))


@given(written, written, written)
def test_tokens_are_safe_for_like_and_found_again(text, title, summary):
    found = words(text, title, summary)
    assert not set(found) & set("%_\\\x00")
    for part in (text, title, summary):
        form = muted_form(part)
        assert form is None or f" {form} " in found
