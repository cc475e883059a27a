"""People who can sign in, by a session or by the form."""

from __future__ import annotations

import itertools

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from network.actions import people
from network.actions.people import Profile
from network.models import Person
from tests.support import factories

PASSWORD = "limpets go home at night"
# The site accepts real hashes only. This one is cheap to compute.
HASH = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)

_numbers = itertools.count(1)


def someone(name: str) -> Person:
    """A new person. The handle is unique, the name need not be."""
    user = factories.user(f"{name.split()[0].lower()}{next(_numbers)}")
    user.password = HASH
    user.save()
    return people.describe(user.person, Profile(name))
