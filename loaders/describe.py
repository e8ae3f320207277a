"""`liia show`: everything that is known of a field, as text."""

from loaders import spec
from loaders.spec import PROJECT, Column, Return, Table
from loaders.spelling import plain


def describe(field: str) -> str:
    """Describe a field (or `table.field`) wherever it occurs; an empty text where it does not."""
    table_name, _, name = field.rpartition(".")
    found = [
        _one(source, table, column)
        for source in spec.returns().values()
        for table in source.tables
        if not table_name or plain(table.name) == plain(table_name)
        for column in table.columns
        if plain(name) in {plain(spelling) for spelling in column.names}
    ]
    return "\n\n".join(found)


def _years(years: spec.Years) -> str:
    first, last = years
    return f"{first} to {last}" if last else f"{first} onwards"


def _one(source: Return, table: Table, column: Column) -> str:
    meta = column.meta
    facts = {
        "what": column.description,
        "return": f"{source.meta.title} ({source.name}), table {table.name}",
        "XML path": table.path(column) if "xml" in source.meta.formats else None,
        "CSV column": column.name if "csv" in source.meta.formats else None,
        "sheet": table.meta.sheet if "workbook" in source.meta.formats else None,
        "also called": ", ".join(meta.aliases),
        "type": meta.type,
        "pattern": source.pattern(column),
        "years": _years(meta.years),
        "required": {"always": "always", "conditional": "on a condition", "never": "no"}[meta.required],
        "condition": meta.condition,
        "privacy": meta.privacy.replace("_", " "),
        "CBDS number": meta.cbds,
        "note": meta.note,
        "part of the key": "yes" if column.name in table.meta.grain else None,
        "raw column": f'raw.{table.identifier}."{column.name}" (vault)',
        "becomes": _becomes(source, table, column),
        "code list": f"seeds/code_lists/{source.name}/code_{source.name}__{meta.code_list}.csv"
        if meta.code_list
        else None,
    }
    lines = [f"{source.name}.{table.name}.{column.name}"]
    lines += [f"  {name:<16} {value}" for name, value in facts.items() if value]
    if meta.code_list:
        for code in spec.code_list(source.name, meta.code_list):
            lines.append(f"    {code.code:<8} {code.label} ({_years(code.years)})")
    return "\n".join(lines)


def _becomes(source: Return, table: Table, column: Column) -> str | None:
    model = PROJECT / f"models/staging/{source.name}/stg_{source.name}__{table.name}.sql"
    if not model.exists():
        return None
    for line in model.read_text().splitlines():
        if f"'{column.name.lower()}'" in line.lower() or line.strip().lower().startswith(column.name.lower() + " as "):
            name = line.strip().rstrip(",").rpartition(" as ")[2].strip()
            return f"{model.stem}.{name}"
    return f"{model.stem} (see its SQL)"
