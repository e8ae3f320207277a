"""Lints that SQL cannot do."""
