"""Path converters: how an id is written in an address (`path("posts/<id:post_id>", ...)`)."""

from network import ids


class IdConverter:
    """A 53-bit id in plain decimal digits; any other writing matches no route, and so is a 404."""

    regex = "[1-9][0-9]{0,15}"

    def to_python(self, value: str) -> int:
        if (id := ids.parse(value)) is None:
            raise ValueError("not an id")
        return id

    def to_url(self, value: int | str) -> str:
        return str(value)


class HandleConverter:
    """The handle of a person, in whatever case it is written; no other writing can be one."""

    regex = "[A-Za-z0-9_.]{1,30}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TokenConverter(HandleConverter):
    """A secret that leads somewhere, as `secrets.token_urlsafe` writes it."""

    regex = "[A-Za-z0-9_-]{16,64}"
