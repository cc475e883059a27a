from tests.network.views.conftest import as_person, noor

__all__ = ["as_person", "noor"]
