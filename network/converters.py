"""Path converters: how an id is written in an address (`path("posts/<id:post_id>", ...)`)."""

from network import ids


class IdConverter:
    """A 53-bit id in plain decimal digits. Anything else matches no route and gives a 404."""

    regex = "[1-9][0-9]{0,15}"

    def to_python(self, value: str) -> int:
        if (id := ids.parse(value)) is None:
            raise ValueError("not an id")
        return id

    def to_url(self, value: int | str) -> str:
        return str(value)


class HandleConverter:
    """The handle of a person, in upper or lower case."""

    regex = "[A-Za-z0-9_.]{1,30}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TokenConverter(HandleConverter):
    """A secret token, as `secrets.token_urlsafe` makes it."""

    regex = "[A-Za-z0-9_-]{16,64}"
