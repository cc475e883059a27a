from tests.network.conftest import ada, ben, chi, dan

__all__ = ["ada", "ben", "chi", "dan"]
