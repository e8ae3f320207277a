"""The templates of the pages that this project writes."""

from pathlib import Path

import jinja2

FOLDER = Path(__file__).resolve().parent.parent / "templates"


def template(name: str) -> jinja2.Template:
    """A template whose every value is escaped, and in which a name that is not given is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    return environment.get_template(name)
