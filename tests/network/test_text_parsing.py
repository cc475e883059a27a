"""Parsing: the mentions, hashtags and links of a text, and its excerpt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.text import Parsed, excerpt, parse, topic_name

written = st.text(st.characters(codec=None, exclude_categories=[]))
PIECES = [
    *(
        "@ada",
        "@ben@kith.example",
        "#Maths",
        "#a_b",
        "https://a.example/#x",
        "](https://b.example)",
        "http://",
    ),
    *(
        "`",
        "```\n",
        "[",
        "*",
        "_",
        "~~",
        "> ",
        "- ",
        "1. ",
        "\n",
        " ",
        ".",
        ",",
        "(",
        ")",
        "\\",
        "<",
        ">",
        "&amp;",
    ),
    *("word", "é", "字"),
]
marks = st.lists(st.sampled_from(PIECES)).map("".join)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Hello @ada, meet @Ben.", ("ada", "ben")),
        ("@noor.abbasi. and @a-b_c!", ("noor.abbasi", "a-b_c")),
        ("(@ada) *@ben* _@chi_ **@dan**: “@eve”", ("ada", "ben", "chi", "dan", "eve")),
        ("@ada@Kith.Example and @ada", ("ada@kith.example", "ada")),
        ("@ada @ADA @Ada", ("ada",)),
        ("> @ada\n> - @ben\n\n# @chi", ("ada", "ben", "chi")),
        ("@adaさん", ("ada",)),
        ("~~@ada~~", ("ada",)),
        ("感谢@ben的帮助", ("ben",)),
        ("ל@ben", ("ben",)),
        ("спасибо@ben, מ@ada", ("ben", "ada")),
        ("＠ben、＠ada@kith.example", ("ben", "ada@kith.example")),
    ],
)
def test_mentions_are_found(text, mentions):
    assert parse(text).mentions == mentions


@pytest.mark.parametrize(
    ("text", "hashtags"),
    [
        ("#Statistics and #Tidal_Ecology.", ("statistics", "tidal_ecology")),
        ("#one, #two; (#three) _#four_ **#five**", ("one", "two", "three", "four", "five")),
        ("#Maths #maths #ＭＡＴＨＳ", ("maths",)),
        ("#año2026 #हिन्दी #نص #日本語", ("año2026", "हिन्दी", "نص", "日本語")),
        ("#می\u200cخواهم", ("میخواهم",)),
        ("# Heading #tag", ("tag",)),
        ("#love❤\ufe0f", ("love",)),
        ("看#猫 ＃猫, 和＃犬", ("猫", "犬")),
        ("#col·lecció, #ジョン・レノン", ("col·lecció", "ジョン・レノン")),
        ("#צה״ל #בניין׳ #ג׳ירף", ("צה״ל", "בניין", "ג׳ירף")),
        ("#བོད་ཡིག #東京〜大阪 #東京～京都", ("བོད་ཡིག", "東京〜大阪", "東京〜京都")),
        ('#צה"ל, "#צהל" #ג\'ירף #col‧lecció', ("צה״ל", "צהל", "ג׳ירף", "col‧lecció")),
        ("#猫・ #a··b #c·", ("猫", "a", "c")),
    ],
)
def test_hashtags_are_found(text, hashtags):
    assert parse(text).hashtags == hashtags


@pytest.mark.parametrize(
    "text",
    [
        "`@ada #maths`",
        "```\n@ada #maths\n```",
        "~~~ @ada #maths\n@ada #maths",
        "[@ada #maths](https://a.example)",
        "[x](https://a.example/@ada#maths)",
        "https://a.example/@ada/#maths?by=@ada",
        "<https://a.example/@ada#maths>",
        "ada@kith.example <ada@kith.example>",
        "a#maths a@ada @ #",
        "a.example/#maths a.example/@ada",
        "\\@ada \\#maths",
        "&#64;ada &#35;maths",
        "#2026 #1 #_ ##maths @@ada #＃maths @＠ada",
        "@zoë @ada\u0301",
        "#" + "a" * 61,
        "@" + "a" * 100,
    ],
)
def test_code_urls_and_ordinary_signs_contain_no_names(text):
    found = parse(text)
    assert found.mentions == found.hashtags == ()


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/b?c=d#e.", ("https://a.example/b?c=d#e",)),
        ("(http://a.example/x_(y)), **https://b.example** ~~https://c.example~~",
         ("http://a.example/x_(y)", "https://b.example", "https://c.example")),
        ("HTTPS://A.example <https://b.example> [c](https://c.example 'title')",
         ("HTTPS://A.example", "https://b.example", "https://c.example")),
        ("https://a.example https://a.example", ("https://a.example",)),
        ("https://bücher.example/ä", ("https://xn--bcher-kva.example/%C3%A4",)),
        ("[https://a.example](https://b.example)", ("https://b.example",)),
        ("a.example www.a.example ftp://a.example mailto:a@b.example <a@b.example> xhttps://a.example", ()),
        ("[a](/b) [a](//b.example) [a](javascript:alert) [a](data:text/html,x) [a](mailto:a@b.example)", ()),
        ("`https://a.example`", ()),
        ("https://bank.example@evil.example [a](https://b@evil.example) <https://b:c@evil.example>", ()),
        ("https:// [a](http://[) [a](http://?) <http://> http://", ()),
        ("详见 https://a.example/guide。谢谢", ("https://a.example/guide",)),
        ("“https://a.example/b.” «https://b.example» 「https://c.example」",
         ("https://a.example/b", "https://b.example", "https://c.example")),
        ("https://a.example/b، https://b.example/؟ https://c.example… https://d.example。",
         ("https://a.example/b", "https://b.example/", "https://c.example", "https://d.example")),
        ("https://ca.example/Col·lecció https://fr.example/L’Aquila",
         ("https://ca.example/Col%C2%B7lecci%C3%B3", "https://fr.example/L%E2%80%99Aquila")),
        ("https://a.example/b\u200f https://b.example\u200e. https://c.example\u200b谢",
         ("https://a.example/b", "https://b.example", "https://c.example")),
        ("![picture](https://a.example/p.png)", ("https://a.example/p.png",)),
    ],
)  # fmt: skip
def test_links_are_found(text, links):
    assert parse(text).links == links


def test_only_the_first_names_of_thousands_are_used():
    found = parse(" ".join(f"@p{n} #t{n} https://a.example/{n}" for n in range(2000)))
    assert found.mentions == tuple(f"p{n}" for n in range(30))
    assert found.hashtags == tuple(f"t{n}" for n in range(30))
    assert found.links == tuple(f"https://a.example/{n}" for n in range(30))
    assert found.is_cut


def test_the_greatest_allowed_number_is_kept():
    found = parse(" ".join(f"@p{n} #t{n} @p{n}" for n in range(30)))
    assert (len(found.mentions), len(found.hashtags), found.is_cut) == (30, 30, False)


def test_a_repeated_name_counts_once():
    assert parse("@ada " * 900 + "@ben").mentions == ("ada", "ben")


@given(written | marks)
def test_parsing_never_raises_and_returns_normal_forms(text):
    found = parse(text)
    assert isinstance(found, Parsed)
    assert all(name == name.lower() and name[0].isalnum() and name[-1].isalnum() for name in found.mentions)
    assert all(name == topic_name(name) for name in found.hashtags)
    assert all(link.lower().startswith(("http://", "https://")) for link in found.links)


@given(st.lists(st.sampled_from(["@ada", "@ben@kith.example", "#Maths", "#a_b", "word"]), max_size=12))
def test_names_between_spaces_are_all_found(parts):
    found = parse("so: " + " ".join(parts))
    assert set(found.mentions) == {part[1:] for part in parts if part[0] == "@"}
    assert set(found.hashtags) == {part[1:].lower() for part in parts if part[0] == "#"}


SCRIPTS = st.text(st.sampled_from("猫かカ한ไбжאבاب·がé"), min_size=1, max_size=4)
NO_LETTER = st.text(st.sampled_from(" \n.,;:!?()«»“”…。、，،؟।*~—"), max_size=3)


@given(
    SCRIPTS | NO_LETTER,
    st.sampled_from("@＠"),
    st.text(st.sampled_from("猫かカ한ไбжאבاب"), max_size=4) | NO_LETTER,
)
def test_a_mention_is_found_next_to_any_script_and_sign(before, at, after):
    assert parse(f"。{before}{at}ben{after}").mentions == (
        "ben",
    )  # not at the start of a line, where "~~~" begins code


@given(SCRIPTS | NO_LETTER, st.sampled_from("#＃"), NO_LETTER)
def test_a_hashtag_is_found_next_to_any_script_and_sign(before, sign, after):
    assert parse(f"。{before}{sign}猫{after}").hashtags == ("猫",)


@given(st.sampled_from("·・゠׳״་〜～"), SCRIPTS.filter(lambda letters: "·" not in letters))
def test_a_joiner_is_kept_between_letters_only(joiner, letters):
    whole = topic_name(f"a{joiner}{letters}")
    assert parse(f"#a{joiner}{letters}{joiner} #a{joiner}{joiner}b").hashtags == (whole, "a")


@given(
    st.sampled_from("”»…。、，；：？！）』」،؛؟।॥։።។"), st.sampled_from(["", "谢谢", "x", " x", ".", "”."])
)
def test_punctuation_of_any_script_ends_a_url(sign, after):
    assert parse(f"https://a.example/guide{sign}{after}").links[0] == "https://a.example/guide"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hello", "Hello"),
        ("# A *title*\n\nand `code`", "A title and code"),
        ("[A link](https://a.example) by @ada on #Maths", "A link by @ada on #Maths"),
        ("- one\n- two\n\n> three", "one two three"),
        ("line\nbreak", "line break"),
        ("```\nx = 1\n```", "x = 1"),
        ("2 < 3 &amp; 4", "2 < 3 & 4"),
        ("---", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_an_excerpt_is_plain_text(text, plain):
    assert excerpt(text) == plain


def test_an_excerpt_is_cut_between_words():
    assert excerpt("one two three four", 13) == "one two…"
    assert excerpt("one two three four", 14) == "one two three…"
    assert excerpt("one two three four", 18) == "one two three four"
    assert excerpt("字" * 200, 10) == "字" * 9 + "…"


@given(written | marks, st.integers(10, 200))
def test_an_excerpt_is_one_short_line(text, length):
    shown = excerpt(text, length)
    assert len(shown) <= length
    assert shown == " ".join(shown.split())
