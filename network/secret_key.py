"""The key that signs sessions and tokens. It is made once and stored beside the data."""

import os
import secrets
from pathlib import Path


def read_or_make(path: Path) -> str:
    """Return the key in the file at `path`. Make the file (mode 0600) where there is none yet."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # fails where another process was first; a rename would overwrite
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
