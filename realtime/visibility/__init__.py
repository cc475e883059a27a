"""Which connection may receive what: rights in memory, and the rule over them."""
