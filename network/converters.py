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
