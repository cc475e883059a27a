"""Muted words: a text becomes tokens, and a muted phrase is hidden where its tokens stand in that order.

Words are cut as Unicode's word boundaries cut them (UAX #29), with what readers expect beyond that: a word is
found with a Korean particle, an English possessive or an elided article attached, and an emoji is a word.
"""

from collections.abc import Iterable

import regex

from network.text.folding import UNSPACED, fold

# A picture is a word of its own. It is set apart before folding, which writes "™" as the letters "tm".
PICTURE = regex.compile(r"\p{So}")

# Points and vowel marks of Arabic and Hebrew, and the Arabic line that only stretches a word.
VOWEL_MARKS = regex.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]")

# A letter of a script without spaces is a token of its own, so a muted word is found inside a sentence.
LETTER = r"\p{L}\p{N}\p{Mn}\p{Mc}"
SPACED = rf"[[{LETTER}]--[{UNSPACED}]--\p{{Hangul}}]"

TOKEN = regex.compile(
    rf"""
      [[{LETTER}]&&[{UNSPACED}]]
    | (?P<korean> [[{LETTER}]&&\p{{Hangul}}]+ )
    | (?P<spaced> {SPACED}+ (?: ['·] {SPACED}+ | (?<=\p{{Hebrew}}) ["] (?=\p{{Hebrew}}) {SPACED}+ )* )
    | [\p{{So}}\U0001f3fb-\U0001f3ff]      # a picture, and the five tones of skin
    | (?<= [\p{{L}}\p{{N}}+] ) \+          # C++
    | (?<= [\p{{L}}\p{{N}}] ) \# (?! [{LETTER}_] )  # C#
    """,
    regex.VERSION1 | regex.VERBOSE,
)

ONE_SIGN = str.maketrans({"’": "'", "ʼ": "'", "׳": "'", "״": '"', "‧": "·", "ı": "i"})

# What stands before a noun in French and Italian. Pronouns (j', n', s') stay: they stand before verbs.
ARTICLE = regex.compile(r"(l|d|un|all|coll|dall|dell|nell|quell|quest|sull)'(?=.)")
POSSESSIVE = "'s"

# The syllables of Korean particles and of the copula. They are cut off one by one from the end of a word, of
# a muted word too, so a word and the same word with a particle begin with the same tokens.
PARTICLES = frozenset(
    "은는이가을를의에도만와과로랑나며"
    "에서에게한테께서하고으로까지부터처럼보다마다조차마저밖에이나든지라도이라도야아여요입니다이에요예요"
)


def words(text: str, title: str = "", summary: str = "", options: Iterable[str] = ()) -> str:
    """The tokens of title, summary, text and the options of a poll in order, to seek muted words in.

    A muted form `w` is in it where `f" {w} " in words`; in SQL, where the column contains that string. Two
    spaces part title, summary, text and options, so that no phrase is found across them. Tokens hold neither
    % nor _.
    """
    parts = [" ".join(_tokens(part)) for part in (title, summary, text, *options)]
    return f" {'  '.join(filter(None, parts))} "


def muted_form(raw: str) -> str | None:
    """The tokens of a word or phrase to mute, joined by single spaces; None where it holds no word."""
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
    """A Korean word, and after it each particle syllable at its end: "사과를" gives "사", "과", "를"."""
    end = len(word)
    while end > 1 and word[end - 1] in PARTICLES:
        end -= 1
    return [word[:end], *word[end:]]


def _without_article(word: str) -> list[str]:
    """A word, an elided article before it and a possessive after it: "l'école", "ada's" give two tokens."""
    found = []
    if article := ARTICLE.match(word):
        found.append(article[0])
        word = word[article.end() :]
    if word.endswith(POSSESSIVE):
        return [*found, word.removesuffix(POSSESSIVE), POSSESSIVE]
    return [*found, word]
