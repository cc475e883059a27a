"""Muted words: a text is muted if its tokens contain the tokens of a muted phrase in the same order.

Tokens are the words of Unicode's word boundaries (UAX #29), with some additions: a word is also found with a
Korean particle, an English possessive or an elided article, and an emoji is a word.
"""

from collections.abc import Iterable

import regex

from network.text.folding import UNSPACED, fold

# A symbol is a word. It is separated before folding, which replaces "™" by the letters "tm".
PICTURE = regex.compile(r"\p{So}")

# Vowel marks of Arabic and Hebrew, and the Arabic sign that stretches a word (tatweel).
VOWEL_MARKS = regex.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]")

# Each letter of a script without spaces is a token, so a muted word is found inside a sentence.
LETTER = r"\p{L}\p{N}\p{Mn}\p{Mc}"
SPACED = rf"[[{LETTER}]--[{UNSPACED}]--\p{{Hangul}}]"

TOKEN = regex.compile(
    rf"""
      [[{LETTER}]&&[{UNSPACED}]]
    | (?P<korean> [[{LETTER}]&&\p{{Hangul}}]+ )
    | (?P<spaced> {SPACED}+ (?: ['·] {SPACED}+ | (?<=\p{{Hebrew}}) ["] (?=\p{{Hebrew}}) {SPACED}+ )* )
    | [\p{{So}}\U0001f3fb-\U0001f3ff]      # a symbol, and the five skin tones
    | (?<= [\p{{L}}\p{{N}}+] ) \+          # C++
    | (?<= [\p{{L}}\p{{N}}] ) \# (?! [{LETTER}_] )  # C#
    """,
    regex.VERSION1 | regex.VERBOSE,
)

ONE_SIGN = str.maketrans({"’": "'", "ʼ": "'", "׳": "'", "״": '"', "‧": "·", "ı": "i"})

# Elided articles of French and Italian. Pronouns (j', n', s') are not removed, as they precede verbs.
ARTICLE = regex.compile(r"(l|d|un|all|coll|dall|dell|nell|quell|quest|sull)'(?=.)")
POSSESSIVE = "'s"

# The syllables of Korean particles and of the copula. They are cut off from the end of a word one by one,
# also from a muted word, so a word with and without a particle begins with the same tokens.
PARTICLES = frozenset(
    "은는이가을를의에도만와과로랑나며"
    "에서에게한테께서하고으로까지부터처럼보다마다조차마저밖에이나든지라도이라도야아여요입니다이에요예요"
)


def words(text: str, title: str = "", summary: str = "", options: Iterable[str] = ()) -> str:
    """The tokens of title, summary, text and poll options in order, for comparing with muted words.

    A post has the muted form `w` if `f" {w} " in words`; in SQL, if the column contains this string. Two
    spaces separate title, summary, text and options, so no phrase is found across them. Tokens never contain
    "%" or "_".
    """
    parts = [" ".join(_tokens(part)) for part in (title, summary, text, *options)]
    return f" {'  '.join(filter(None, parts))} "


def muted_form(raw: str) -> str | None:
    """The tokens of a word or phrase to mute, joined by single spaces; None if it has no word."""
    return " ".join(_tokens(raw)) or None


def _tokens(text: str) -> list[str]:
    folded = fold(PICTURE.sub(r" \g<0> ", text)).replace("i\u0307", "i").translate(ONE_SIGN)
    found: list[str] = []
    for match in TOKEN.finditer(VOWEL_MARKS.sub("", folded)):
        if match["korean"]:
            found += _without_particles(match[0])
        elif match["spaced"]:
            found += _without_article(match[0])
        else:
            found.append(match[0])
    return found


def _without_particles(word: str) -> list[str]:
    """A Korean word, then each particle syllable from its end: "사과를" gives "사", "과", "를"."""
    end = len(word)
    while end > 1 and word[end - 1] in PARTICLES:
        end -= 1
    return [word[:end], *word[end:]]


def _without_article(word: str) -> list[str]:
    """An elided article, a word and a possessive: "l'école" and "ada's" give two tokens each."""
    found = []
    if article := ARTICLE.match(word):
        found.append(article[0])
        word = word[article.end() :]
    if word.endswith(POSSESSIVE):
        return [*found, word.removesuffix(POSSESSIVE), POSSESSIVE]
    return [*found, word]
