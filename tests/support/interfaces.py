"""The documented interfaces of other projects, and the uses of anything else.

A name that begins with an underscore, and a module without documentation, may change in any release.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
from collections.abc import Iterator
from functools import cache

PROJECTS = {
    "django",
    "channels",
    "channels_redis",
    "redis",
    "celery",
    "kombu",
    "daphne",
    "twisted",
    "autobahn",
}

# The modules in the documentation of each project. daphne documents its command only. Twisted and autobahn
# are dependencies of daphne, and only one folder of ours uses them.
DOCUMENTED = {
    # docs.djangoproject.com: the topic guides and the API reference
    "django",
    "django.apps",
    "django.conf",
    "django.conf.global_settings",  # settings.LANGUAGES: "see django/conf/global_settings.py"
    "django.conf.urls",
    "django.contrib",
    "django.contrib.admin",
    "django.contrib.admin.apps",  # AdminConfig, in "Overriding the default admin site"
    "django.contrib.auth",
    "django.contrib.auth.hashers",
    "django.contrib.auth.models",
    "django.contrib.auth.validators",
    "django.contrib.auth.views",
    "django.contrib.contenttypes.models",
    "django.contrib.messages",
    "django.contrib.sessions.backends.base",
    "django.contrib.sessions.backends.db",
    "django.contrib.sessions.models",
    "django.contrib.staticfiles.finders",
    "django.contrib.staticfiles.storage",
    "django.core",
    "django.core.asgi",
    "django.core.wsgi",
    "django.core.cache",
    "django.core.cache.backends.redis",  # the built-in backend, in "Django's cache framework"
    "django.core.exceptions",
    "django.core.mail",
    "django.core.mail.backends.base",  # "Defining a custom email backend"; those below are listed beside it
    "django.core.mail.backends.dummy",
    "django.core.mail.backends.filebased",
    "django.core.mail.backends.smtp",
    "django.core.management",
    "django.core.management.base",
    "django.core.signing",
    "django.core.validators",
    "django.db",
    "django.db.backends.signals",
    "django.db.migrations",
    "django.db.models",
    "django.db.models.deletion",  # written by makemigrations
    "django.db.models.expressions",
    "django.db.models.functions",
    "django.db.models.lookups",
    "django.db.models.signals",
    "django.db.transaction",
    "django.dispatch",
    "django.forms",
    "django.http",
    "django.middleware.gzip",
    "django.shortcuts",
    "django.template",
    "django.template.defaultfilters",  # "How to create custom template tags and filters"
    "django.template.loader",
    "django.template.loaders.filesystem",  # "Custom loaders"
    "django.templatetags.static",
    "django.test",
    "django.test.utils",
    "django.urls",
    "django.utils",
    "django.utils.cache",
    "django.utils.functional",
    "django.utils.html",
    "django.utils.http",
    "django.utils.safestring",
    "django.utils.text",
    "django.utils.timezone",
    "django.utils.translation",
    "django.views",
    "django.views.decorators.cache",
    "django.views.decorators.csrf",
    "django.views.decorators.http",
    "django.views.defaults",
    # channels.readthedocs.io, and the README of channels_redis
    "channels.auth",
    "channels.db",
    "channels.exceptions",
    "channels.generic.websocket",
    "channels.routing",
    "channels.security.websocket",
    "channels.testing",
    "channels_redis.pubsub",
    # redis.readthedocs.io: connections, clustering, retry, backoff, exceptions
    "redis",
    "redis.asyncio",
    "redis.asyncio.connection",
    "redis.asyncio.retry",
    "redis.backoff",
    "redis.cluster",
    "redis.exceptions",
    "redis.retry",
    # docs.celeryq.dev and docs.celeryq.dev/projects/kombu: their API references
    "celery",
    "celery.signals",
    "celery.worker",
    "celery.worker.state",
    "kombu.exceptions",
    "kombu.pools",
}
# Documented names with an underscore: of model instances and managers, named tuples, and os.
OPEN = {"_meta", "_state", "_default_manager", "_base_manager", "_fields", "_replace", "_asdict", "_exit"}
# Names without an underscore that have no documentation.
CLOSED = {
    *("nodes_manager", "get_redis_connection"),
    *("get_compiler", "klass_info", "annotation_col_map"),
    *("fields_cache", "is_cached", "get_cached_value", "set_cached_value", "delete_cached_value"),
}


def breaches(source: str, own: set[str]) -> Iterator[str]:
    """Each use of an undocumented interface in a file. `own` are the underscore names of our own code."""
    tree = ast.parse(source)
    modules = dict(_imported(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                for asked in _asked(node):
                    yield from _judge_path(node.lineno, asked)
            case ast.Attribute():
                if root := _path(node, modules):
                    yield from _judge_path(node.lineno, root)
                if (_is_private(node.attr) and node.attr not in own | OPEN) or node.attr in CLOSED:
                    yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.Call(
                func=ast.Attribute(attr="setattr" | "import_module"), args=[ast.Constant(value=str(text)), *_]
            ):
                yield from _judge_path(node.lineno, text)
            case ast.Call(
                func=ast.Name("getattr" | "setattr" | "hasattr"), args=[_, ast.Constant(value=name), *_]
            ):
                if (_is_private(name) and name not in own | OPEN) or name in CLOSED:
                    yield f"line {node.lineno}: {ast.unparse(node)}"


def underscore_names(source: str) -> set[str]:
    """The underscore names that a file defines: functions, classes, variables and attributes."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.Attribute(value=ast.Name("self" | "cls"), attr=name, ctx=ast.Store()):
                found.add(name)
    return {name for name in found if _is_private(name)}


def shared_names(ours: type) -> set[str]:
    """The underscore names of a class of ours that a base class of another project has too."""
    theirs = {base for base in ours.__mro__ if base.__module__.partition(".")[0] in PROJECTS}
    if not theirs:
        return set()
    return _names_of(ours) & set().union(*map(_names_of, theirs)) - OPEN


@cache
def _names_of(one: type) -> set[str]:
    """The underscore names of a class: its methods, and the attributes of `self`."""
    try:
        tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(one)))
    except (OSError, TypeError, IndentationError):
        return {name for name in vars(one) if _is_private(name)}
    found = {part.attr for part in ast.walk(tree) if isinstance(part, ast.Attribute) and _is_of_self(part)}
    defined = {
        part.name for part in ast.walk(tree) if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return {name for name in found | defined if _is_private(name)}


def _is_of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def _is_private(name: object) -> bool:
    return isinstance(name, str) and name.startswith("_") and not name.startswith("__") and name != "_"


def _asked(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The dotted paths of the imported names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The imported names of a file with their dotted paths."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                (
                    alias.asname or alias.name.partition(".")[0],
                    (alias.asname and alias.name) or alias.name.partition(".")[0],
                )
                for alias in node.names
            )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _path(node: ast.Attribute, modules: dict[str, str]) -> str | None:
    """The dotted path of an attribute, if it begins with an import from a project."""
    names = [node.attr]
    value: ast.expr = node.value
    while isinstance(value, ast.Attribute):
        names.append(value.attr)
        value = value.value
    if not isinstance(value, ast.Name) or value.id not in modules:
        return None
    path = modules[value.id]
    return ".".join([path, *reversed(names)]) if path.partition(".")[0] in PROJECTS else None


def _judge_path(line: int, path: str) -> Iterator[str]:
    """A message if the module of a path is not documented, or a part of the path is private."""
    if path.partition(".")[0] not in PROJECTS:
        return
    module = _module_of(path)
    if module is None:
        yield f"line {line}: {path} is no module here"
    elif module not in DOCUMENTED:
        yield f"line {line}: {module}"
    elif any(_is_private(part) and part not in OPEN for part in path.split(".")):
        yield f"line {line}: {path}"


@cache
def _module_of(path: str) -> str | None:
    """The longest beginning of a dotted path that is a module."""
    while path:
        try:
            if importlib.util.find_spec(path):
                return path
        except ModuleNotFoundError:
            pass
        except ValueError:  # a module that was added to sys.modules by hand
            return path
        path = path.rpartition(".")[0]
    return None
