"""The dbt-duckdb plugin that readies each connection: encryption library, pepper, lock-down.

dbt-duckdb calls it; see `plugins` in profiles.yml. The pepper goes in as two bound variables (the inner and outer
pads of HMAC, RFC 2104), so that no statement, log line or compiled model ever holds it.
"""

import os
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin

from loaders.vault import hmac_pads, httpfs_path, lock_down

PROJECT = Path(__file__).resolve().parent.parent


class Plugin(BasePlugin):
    """Loads httpfs (for encrypted writes), hands the pepper to every cursor and locks the connection down."""

    def configure_connection(self, conn):
        """Load the encryption library before the databases are attached."""
        conn.load_extension(httpfs_path())

    def configure_cursor(self, cursor):
        """Set the two pads; on the first cursor also shut every path but the project's seeds and its data."""
        ipad, opad = hmac_pads(bytes.fromhex(os.environ["DBT_ENV_SECRET_PEPPER"]))
        cursor.execute("set variable ipad = ?::blob", [ipad])
        cursor.execute("set variable opad = ?::blob", [opad])
        data_dir = Path(os.environ["LIIA_WAREHOUSE"]).parent
        lock_down(cursor, [PROJECT / "seeds", data_dir])
