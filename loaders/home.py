"""The data folder: where the databases, keys and locks are, and how one writer at a time is kept."""

import os
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

KEY_NAMES = ("vault", "warehouse", "pepper")


class HomeError(Exception):
    """The data folder cannot be used; the message says what to do about it."""


@dataclass(frozen=True)
class Home:
    """One data folder (`LIIA_DATA_DIR`, default `./data`) and the paths inside it."""

    root: Path

    @classmethod
    def default(cls) -> "Home":
        """The folder named by `LIIA_DATA_DIR`, else `./data`."""
        return cls(Path(os.environ.get("LIIA_DATA_DIR") or "data").absolute())

    @property
    def inbox(self) -> Path:
        """Where authorities' files arrive: `inbox/<la>/<return>/<period>/<file>`."""
        return self.root / "inbox"

    @property
    def vault(self) -> Path:
        """The encrypted database that alone holds identifiers."""
        return self.root / "vault.duckdb"

    @property
    def warehouse(self) -> Path:
        """The encrypted database of pseudonymous tables."""
        return self.root / "warehouse.duckdb"

    @property
    def published_db(self) -> Path:
        """The database of `pub_` tables, the only one that leaves."""
        return self.root / "published.duckdb"

    @property
    def published(self) -> Path:
        """What is published as files."""
        return self.root / "published"

    @property
    def quality(self) -> Path:
        """Fix lists and Data Docs, for the authorities that can mend what they list."""
        return self.root / "quality"

    @property
    def temp(self) -> Path:
        """Encrypted spill files, inside the data folder."""
        return self.root / "tmp"

    @property
    def keys(self) -> Path:
        """The folder of secrets, readable by its owner alone."""
        return self.root / "keys"

    def make(self) -> list[str]:
        """Create the folders and the keys that are missing; return the names of the keys made now.

        A key is 32 random bytes in hex, written with mode 0600 before its name exists, and never overwritten.
        """
        for folder in (self.root, self.inbox, self.temp):
            folder.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
        made = []
        for name in KEY_NAMES:
            path = self.keys / f"{name}.key"
            if path.exists():
                continue
            draft = self.keys / f"{name}.{secrets.token_hex(4)}.new"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was quicker: its key is the key
                os.link(draft, path)
                made.append(name)
            draft.unlink()
        return made

    def key(self, name: str) -> str:
        """The secret called `name` ('vault', 'warehouse', 'pepper') as 64 hex digits.

        Raises HomeError where the folder has not been made yet.
        """
        path = self.keys / f"{name}.key"
        if not path.exists():
            raise HomeError(f"{self.root} has no {name} key: run `liia init` first.")
        return path.read_text().strip()

    def environment(self, build: Path | None = None) -> dict[str, str]:
        """What dbt needs in its environment; `build` is the folder of a build that is made aside."""
        aside = build or self.root
        return {
            "LIIA_DATA_DIR": str(self.root),
            "LIIA_VAULT": str(self.vault),
            "LIIA_WAREHOUSE": str(aside / self.warehouse.name),
            "LIIA_PUBLISHED": str(aside / self.published_db.name),
            "LIIA_TEMP_DIR": str(self.temp),
            "DBT_ENV_SECRET_VAULT_KEY": self.key("vault"),
            "DBT_ENV_SECRET_WAREHOUSE_KEY": self.key("warehouse"),
            "DBT_ENV_SECRET_PEPPER": self.key("pepper"),
        }

    @contextmanager
    def writer(self, command: str, wait_seconds: float = 600, say=print):
        """Hold the folder's write lock; a second writer waits, says so, and gives up plainly after `wait_seconds`.

        Raises HomeError where the lock is still held after the wait. The lock falls with the process that holds it.
        """
        holder = self.root / ".lock.holder"
        lock = FileLock(self.root / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            who = _read(holder) or "another liia command"
            say(f"Waiting: {who} is writing to {self.root}.")
            try:
                lock.acquire(timeout=wait_seconds)
            except Timeout as error:
                raise HomeError(
                    f"{who} has been writing to {self.root} for {wait_seconds:g} seconds; try again when it has ended."
                ) from error
        try:
            holder.write_text(f"`liia {command}` (process {os.getpid()})")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


def _read(path: Path) -> str:
    with suppress(FileNotFoundError):
        return path.read_text()
    return ""
