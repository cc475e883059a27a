"""Find old names in the code. docs/names.md lists them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

NAMES = Path("docs") / "names.md"
KINDS = ("word", "name", "definition", "module", "script", "javascript", "attribute", "css")
CODE = ("bench", "commands", "feeds", "network", "realtime", "safety", "samples", "tests")

_ROW = re.compile(r"\| (`.+`) \| (.+) \| (\w+) \| ([\w/, ]*)\|")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TAG = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_STRING = re.compile(r"""\"(?:\\.|[^"\\])*\"|'(?:\\.|[^'\\])*'""")
_TEXT, _VALUE = re.compile(r"`[^`]*`"), re.compile(r"\$\{([^}]*)\}")  # of a script
_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
_CLASS = re.compile(r'\bclass="([^"]*)"')
_CLASS_OF_TAG = re.compile(r'\{% (?:icon "[\w-]+"|avatar \S+) "([^"]*)"')
_SELECTOR = re.compile(r"\.(-?[A-Za-z_][\w-]*)(?=[^{}]*\{)")


@dataclass(frozen=True)
class Old:
    """An old name. `folders` is empty where it is forbidden everywhere."""

    name: str
    new: str
    kind: str
    folders: tuple[str, ...] = ()

    def is_in_force(self, path: str) -> bool:
        """Whether the name is forbidden in the file at `path`: in its folders and in their tests."""
        own = re.sub(r"^tests/(support/)?(?=.*/)", "", path)
        return not self.folders or any(own.startswith(f"{folder}/") for folder in self.folders)


@dataclass(frozen=True)
class Found:
    """An identifier of a file, and in which ways it is used there."""

    name: str
    kinds: frozenset[str]
    line: int = 0


def read_table(text: str) -> list[Old]:
    """Return the old names in the tables of docs/names.md."""
    rows = [match for line in text.splitlines() if (match := _ROW.fullmatch(line))]
    return [
        Old(name, new, kind, tuple(folder for folder in re.split(r", ?", folders.strip()) if folder))
        for names, new, kind, folders in (row.groups() for row in rows)
        for name in re.findall(r"`([\w-]+)`", names)
    ]


def old_names(root: Path, table: Iterable[Old]) -> list[str]:
    """Return a line for each use of an old name in the code under `root`."""
    words = [old for old in table if old.kind == "word"]
    others: dict[tuple[str, str], list[Old]] = {}
    for old in table:
        others.setdefault((old.kind, old.name), []).append(old)
    lines = []
    for path in _files(root):
        relative = str(path.relative_to(root))
        for found in sorted(_identifiers(path, relative), key=lambda found: (found.line, found.name)):
            matches = [old for kind in found.kinds for old in others.get((kind, found.name), ())]
            if "word" in found.kinds:
                parts = {part.lower() for part in _WORD.findall(found.name)}
                matches += [old for old in words if old.name in parts]
            lines += [
                f"{relative}:{found.line}: {found.name} ({old.name} is now {old.new})"
                for old in matches
                if old.is_in_force(relative)
            ]
    return list(dict.fromkeys(lines))


def _files(root: Path) -> Iterator[Path]:
    for folder in CODE:
        yield from sorted(path for path in (root / folder).rglob("*.py") if "migrations" not in path.parts)
    yield from sorted((root / "static").rglob("*.js"))
    yield from sorted((root / "static").rglob("*.css"))
    yield from sorted((root / "templates").rglob("*.html"))


def _identifiers(path: Path, relative: str) -> set[Found]:
    text = path.read_text()
    if path.suffix == ".py":
        module = re.sub(r"^test_", "", path.stem if path.stem != "__init__" else path.parent.name)
        return {Found(module, frozenset({"module"})), *_in_python(ast.parse(text, relative))}
    if path.suffix == ".js":
        return {Found(path.stem, frozenset({"script"})), *_in_script(text)}
    if path.suffix == ".css":
        plain = _COMMENT.sub("", text)
        return {Found(name, frozenset({"css"})) for name in _SELECTOR.findall(plain)}
    return set(_in_template(text))


def _in_python(tree: ast.AST) -> Iterator[Found]:
    definition, name = frozenset({"definition", "name", "word"}), frozenset({"name", "word"})
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if not node.name.startswith("test_"):  # names of tests are sentences
                    yield Found(node.name.lstrip("_"), definition, node.lineno)
            case ast.ImportFrom():
                for alias in node.names:
                    for word in (alias.name, alias.asname or alias.name):
                        yield Found(word.lstrip("_"), definition, node.lineno)
                for part in (node.module or "").split("."):
                    yield Found(part, frozenset({"module"}), node.lineno)
            case ast.Name():
                yield Found(node.id.lstrip("_"), name, node.lineno)
            case ast.Attribute(value=ast.Name(id="pytest")):
                pass  # pytest.mark
            case ast.Attribute():
                yield Found(node.attr.lstrip("_"), name, node.lineno)
            case ast.arg():
                yield Found(node.arg.lstrip("_"), name, node.lineno)
            case ast.Constant(value=str(text)):
                for names in _CLASS.findall(text):
                    yield from (Found(css, frozenset({"css"}), node.lineno) for css in names.split())
            case ast.keyword(arg=str(argument)):
                yield Found(argument, name, node.value.lineno)


def _in_script(text: str) -> Iterator[Found]:
    code = _STRING.sub(
        "", _TEXT.sub(lambda match: " ".join(_VALUE.findall(match[0])), _COMMENT.sub("", text))
    )
    for word in set(re.findall(r"[A-Za-z_$][\w$]*", code)):
        yield Found(word, frozenset({"javascript", "word"}))
    yield from (Found(name, frozenset({"attribute"})) for name in re.findall(r"data-[\w-]+", text))
    for name in re.findall(r"dataset\.(\w+)", code):
        attribute = re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
        yield Found(f"data-{attribute}", frozenset({"attribute"}))


def _in_template(text: str) -> Iterator[Found]:
    for tag in _TAG.findall(text):
        for word in re.findall(r"[A-Za-z_]\w*", _STRING.sub("", "".join(tag))):
            yield Found(word, frozenset({"word"}))
    yield from (Found(name, frozenset({"attribute"})) for name in re.findall(r"\bdata-[\w-]+", text))
    for names in (*_CLASS.findall(_TAG.sub(" ", text)), *_CLASS_OF_TAG.findall(text)):
        yield from (Found(name, frozenset({"css"})) for name in names.split())
