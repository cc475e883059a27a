"""Rendering: the HTML of a text, and what it can never contain."""

import re
from html.parser import HTMLParser

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from network.text import parse, render

OUTSIDE = re.compile(r"https?://|mailto:", re.IGNORECASE)
OUTWARD = 'rel="nofollow noopener ugc"'

# All elements that a post may contain, listed here again, independently of the code.
HARMLESS = {
    **{tag: set() for tag in ("br", "hr", "strong", "em", "s", "code", "li")},
    **{tag: {"dir"} for tag in ("p", "blockquote", "ul")},
    "ol": {"dir", "start"},
    "a": {"href", "title", "rel", "class"},
    "pre": {"dir", "tabindex", "role", "aria-label"},
}


class Page(HTMLParser):
    """Parses HTML as a browser does, and fails at anything that is not known to be harmless."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[dict[str, str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        assert tag in HARMLESS, tag
        assert {name for name, _ in attrs} <= HARMLESS[tag], attrs
        if tag not in ("br", "hr"):
            self.open.append(tag)
        if tag == "a":
            link = dict(attrs)
            self.links.append(link)
            href = link.get("href", "https://")  # the renderer removes a link that is not a URL
            inward = link.get("class") in ("mention", "hashtag") and re.match(r"/(?!/)", href)
            outward = link.get("rel") == "nofollow noopener ugc" and OUTSIDE.match(href)
            assert inward or outward, link

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def shown(text: str, mentions: tuple[str, ...] = ("ada",), topics: tuple[str, ...] = ("statistics",)) -> str:
    return render(
        text,
        mentions={handle: f"/@{handle}" for handle in mentions},
        topics={name: f"/topics/{name}" for name in topics},
    ).strip()


PIECES = [
    *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "onclick=", "style="),
    *(
        "javascript:",
        "&#106;avascript:",
        "java\tscript:",
        "data:text/html,",
        "<!--",
        "-->",
        "<![CDATA[",
        "<?",
    ),
    *(
        "http://",
        "https://a.example",
        "//a.example",
        "[a](",
        "[",
        "](",
        ")",
        "<",
        ">",
        '"',
        "'",
        "`",
        "```\n",
    ),
    *(
        "\n",
        "\n\n",
        " ",
        "    ",
        "> ",
        "- ",
        "1. ",
        "# ",
        "***",
        "~~",
        "_",
        "\\",
        "&lt;",
        "&quot;",
        "&colon;",
    ),
    *("@ada", "#Statistics", "@", "#", "é", "字", "\x00", "\ud800", "\u202e"),
]
hostile = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
written = st.text(st.characters(codec=None, exclude_categories=[]))


@given(hostile | written)
def test_nothing_harmful_is_rendered(text):
    Page(shown(text))


@given(hostile | written)
def test_the_links_are_those_of_the_parsed_mentions_and_hashtags(text):
    found = parse(text)
    links = Page(shown(text, found.mentions, found.hashtags)).links
    assert {a["href"][2:] for a in links if a.get("class") == "mention"} == set(found.mentions)
    assert {a["href"][8:] for a in links if a.get("class") == "hashtag"} == set(found.hashtags)


@given(hostile)
def test_urls_of_mentions_are_escaped(address):
    address = "/x" + address.replace("\ud800", "")
    Page(render("@ada #a", mentions={"ada": address}, topics={"a": address}))


def test_urls_of_mentions_are_kept():
    address = "/people/ada?from=\"a\"&to='b'#<c>"
    assert Page(render("@ada", mentions={"ada": address}, topics={})).links[0]["href"] == address


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:,x", "JAVASCRIPT:x", ""]
)
def test_a_mention_never_links_to_a_wrong_url(address):
    assert "href" not in render("@ada", mentions={"ada": address}, topics={})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello *you*, **all** ~~two~~ `x < 1`",
         '<p dir="auto">Hello <em>you</em>, <strong>all</strong> <s>two</s> <code>x &lt; 1</code></p>'),
        ("one\ntwo", '<p dir="auto">one<br>\ntwo</p>'),
        ("one\n\ntwo", '<p dir="auto">one</p>\n<p dir="auto">two</p>'),
        ("# Title", '<p dir="auto"><strong>Title</strong></p>'),
        ("> # Title", '<blockquote dir="auto">\n<p><strong>Title</strong></p>\n</blockquote>'),
        ("- a\n- b", '<ul dir="auto">\n<li>a</li>\n<li>b</li>\n</ul>'),
        ("3. a\n4. b", '<ol start="3" dir="auto">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("a\n\n---", '<p dir="auto">a</p>\n<hr>'),
        ("a\n---", '<p dir="auto">a</p>\n<hr>'),
        ("a\n\n    b", '<p dir="auto">a</p>\n<p dir="auto">b</p>'),
        ("[a]: http://a.b", f'<p dir="auto">[a]: <a href="http://a.b" {OUTWARD}>http://a.b</a></p>'),
        ("[a](mailto:a@b.example)", f'<p dir="auto"><a href="mailto:a@b.example" {OUTWARD}>a</a></p>'),
        ("[a](http://b.c 'd')", f'<p dir="auto"><a href="http://b.c" title="d" {OUTWARD}>a</a></p>'),
        ("![a](https://b.example)", f'<p dir="auto">!<a href="https://b.example" {OUTWARD}>a</a></p>'),
        ("[a](javascript:b)", '<p dir="auto">[a](javascript:b)</p>'),
        ("**「重要」**です", '<p dir="auto"><strong>「重要」</strong>です</p>'),
        ("これは*「重要」*です", '<p dir="auto">これは<em>「重要」</em>です</p>'),
        ("~~「重要」~~です", '<p dir="auto"><s>「重要」</s>です</p>'),
        ("**약관(규정)**은 **(ไทย)**ครับ",
         '<p dir="auto"><strong>약관(규정)</strong>은 <strong>(ไทย)</strong>ครับ</p>'),
        ("a**「b」**c __「x」__です", '<p dir="auto">a**「b」**c __「x」__です</p>'),
        ("x ~~~~a~~~~ ~a~ ***b***", '<p dir="auto">x <s><s>a</s></s> ~a~ <em><strong>b</strong></em></p>'),
        ("¯\\_(ツ)_/¯ \\(^o^)/", '<p dir="auto">¯\\_(ツ)_/¯ \\(^o^)/</p>'),
        ("¯\\\\\\_(ツ)\\_/¯", '<p dir="auto">¯\\_(ツ)_/¯</p>'),
        ("\\*a\\* a\\_b [a]\\(b)", '<p dir="auto">*a* a_b [a](b)</p>'),
        ("1\\) a", '<p dir="auto">1) a</p>'),
        ("<b>x</b>", '<p dir="auto">&lt;b&gt;x&lt;/b&gt;</p>'),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown_becomes_html(text, html):
    assert shown(text) == html


def test_code_can_be_focused_to_scroll_it_with_the_keyboard():
    pre = '<pre dir="auto" tabindex="0" role="group" aria-label="Code"><code>a &lt; b\n</code></pre>'
    assert shown("```js\na < b\n```") == pre
    assert f"<li>\n{pre}" in shown("- ```\n  a < b\n  ```")


def test_only_known_people_and_topics_are_linked():
    html = shown("@Ada and @ben on #Statistics and #maths")
    assert '<a class="mention" href="/@ada">@Ada</a> and @ben on' in html
    assert '<a class="hashtag" href="/topics/statistics">#Statistics</a> and #maths' in html


def test_each_outermost_block_has_its_own_writing_direction():
    html = shown("سلام\n\n> سلام\n>\n> - a\n\n- b\n\n1. c\n\n# سلام")
    assert html.count('dir="auto"') == 5
    assert "<p>سلام</p>\n<ul>\n<li>a</li>" in html


def test_the_written_text_is_not_changed():
    text = "2 < 3 & \"four\" 'five' © &copy;"
    assert Page(shown(text)).text == "2 < 3 & \"four\" 'five' © ©"


def test_the_label_of_code_is_translated(monkeypatch):
    monkeypatch.setattr("network.text.rendering.gettext", lambda words: f"«{words}»")
    with translation.override("fr"):
        assert 'aria-label="«Code»"' in shown("```\nx\n```")
