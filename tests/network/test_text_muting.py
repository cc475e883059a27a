"""Muted words: the tokens of a text, and the phrases that match them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.text import fold, muted_form, words

written = st.text(st.characters(codec=None, exclude_categories=[]))
prose = st.lists(
    st.sampled_from(
        [
            "How",
            "do",
            "DO",
            "limpets",
            "Limpets?",
            "limpet",
            "don't",
            "l'eau",
            "#Tidal_Pools",
            "@ada",
            "C#",
            "50%",
            "-",
        ]
    )
).map(" ".join)


def test_words_are_the_case_folded_tokens_in_order():
    assert words("How do *Limpets* hold on?") == " how do limpets hold on "
    assert words("") == words("?!") == "  "


def test_title_and_summary_are_searched_but_no_phrase_spans_them():
    found = words("hold on", title="Limpets", summary="Rocks")
    assert all(f" {word} " in found for word in ("limpets", "rocks", "hold on"))
    assert " limpets rocks " not in found
    assert " rocks hold " not in found


def test_hashtags_and_mentions_contribute_their_words():
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
        # an apostrophe within a word joins it; possessives and articles do not hide the word
        ("AI", "J’ai lu ce livre", False),
        ("AI", "The AI’s word", True),
        ("AI", "L’AI Act", True),
        ("Ada's", "Ada’s notes", True),
        ("école", "à l’école", True),
        ("lecció", "col·lecció", False),
        ('צה"ל', "צה״ל", True),
        # punctuation after a letter
        ("C++", "Vitamin C", False),
        ("C++", "I write C++.", True),
        ("C++", "C++17", True),
        ("C#", "C, D#", False),
        ("C#", "I write C#.", True),
        ("LGBTQ", "LGBTQ+", True),
        ("kith", "Kith™", True),
        # Turkish dotted and dotless i
        ("ışık", "IŞIK", True),
        ("istanbul", "İSTANBUL", True),
        ("İstanbul", "istanbul", True),
        # Arabic and Hebrew with vowel marks
        ("كتاب", "كِتَابٌ جديد", True),
        ("كِتَاب", "كتـــاب", True),
        ("שלום", "שָׁלוֹם", True),
        # Korean with a particle
        ("인공지능", "인공지능은 어렵다", True),
        ("사과", "사과를 먹다", True),
        ("사과", "의사과정", False),
        ("AI", "AI는 좋다", True),
        # an emoji
        ("👍", "great 👍🏽!", True),
        ("❤️", "love❤", True),
        ("😀", "😀😀", True),
        ("😀", "words", False),
    ],
)
def test_a_muted_word_matches_whole_words(muted, text, hidden):
    assert (f" {muted_form(muted)} " in words(text)) == hidden


@pytest.mark.parametrize("raw", ["", "  ", "!?", "%", "_", "\u200b", "\u00ad", "'", "·", "+", "#"])
def test_text_without_a_word_cannot_be_muted(raw):
    assert muted_form(raw) is None


LETTERS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Mn", "Mc"}


def slow_tokens(text: str) -> list[str]:
    """The oracle for Latin words: split at each character that is not a letter, digit, mark or an apostrophe in a word."""
    folded = f" {fold(text)} "
    tokens = [""]
    for before, char, after in zip(folded, folded[1:], folded[2:], strict=False):
        is_letter = [unicodedata.category(one) in LETTERS for one in (before, char, after)]
        if is_letter[1] or (char in "'’" and is_letter[0] and is_letter[2]):
            tokens[-1] += char.replace("’", "'")
        elif char == "#" and is_letter[0] and not is_letter[2] and after != "_":
            tokens += ["#", ""]
        else:
            tokens.append("")
    return [part for token in tokens if token for part in parted(token)]


def parted(token: str) -> list[str]:
    """Separate the possessive, and the article before a noun."""
    if token.startswith(("l'", "d'", "un'")):
        article, rest = token.split("'", 1)
        return [article + "'", *parted(rest)]
    return [token[:-2], "'s"] if token.endswith("'s") else [token]


def slow_match(muted: list[str], tokens: list[str]) -> bool:
    return any(tokens[start : start + len(muted)] == muted for start in range(len(tokens)))


@given(prose, prose | st.text(alphabet="aAbBéß_-%#' \n", max_size=3))
def test_words_match_whole_tokens_only(text, muted):
    form = muted_form(muted)
    assert (form is None) == (slow_tokens(muted) == [])
    if form is not None:
        assert (f" {form} " in words(text)) == slow_match(slow_tokens(muted), slow_tokens(text))


WORD = st.text(
    st.sampled_from(["ا", "ب", "ש", "ל", "а", "я", "가", "나", "사", "과", "e", "é", "z"]),
    min_size=1,
    max_size=4,
)
BESIDE = st.sampled_from([*" .,;:!?()«»“”„…。、،؟।-–—*_~`\n", ""])


@given(WORD, BESIDE.filter(bool), BESIDE.filter(bool))
def test_punctuation_beside_a_word_never_hides_it(word, before, after):
    assert f" {muted_form(word)} " in words(f"x{before}{word}{after}x")


@given(
    WORD,
    st.sampled_from(
        [
            "은",
            "는",
            "이",
            "가",
            "을",
            "를",
            "의",
            "에",
            "에서",
            "에게",
            "으로",
            "와",
            "과",
            "도",
            "만",
            "까지",
            "부터",
            "처럼",
        ]
    ),
)
def test_a_particle_after_a_korean_word_never_hides_it(word, particle):
    assert f" {muted_form('한국' + word)} " in words(f"한국{word}{particle} 좋다")


@given(written, written, written)
def test_tokens_are_safe_in_like_patterns_and_match(text, title, summary):
    found = words(text, title, summary)
    assert not set(found) & set("%_\\\x00")
    for part in (text, title, summary):
        form = muted_form(part)
        assert form is None or f" {form} " in found
