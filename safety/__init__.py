"""Safety: who may come in, and how administrators look after the site."""
