"""Where identifiers go: no column outside the vault may hold what a direct identifier or a full birth date says.

Each model's compiled SQL is read by sqlglot, and what every column is made of is followed from raw to published. An
identifier is lost, and may pass, in what cannot be turned back into it: an HMAC under the pepper, a comparison (so a
flag, or the choice between two other values), a count, the year or month of a date, the rank in an order.
"""

from graphlib import TopologicalSorter

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from checks.columns import built, manifest
from loaders.home import Home
from loaders.spec import Column, returns

LOSES = (exp.Predicate, exp.Connector, exp.Not, exp.Count, exp.Year, exp.Month, exp.RowNumber, exp.Exists)
Held = dict[str, dict[str, set[str]]]  # table: column: the identifying fields that it gives away


def problems() -> tuple[list[str], str]:
    """What is wrong, and what was looked at."""
    nodes = {name: node for name, node in manifest()["nodes"].items() if node["resource_type"] in ("model", "seed")}
    there = built(Home.default())
    schema: dict = {}
    for name, columns in there.items():
        database, layer, table = name.split(".")
        schema.setdefault(database, {}).setdefault(layer, {})[table] = columns
    held, found, seen = _raw(), [], 0
    for unique_id in TopologicalSorter(
        {name: [on for on in node["depends_on"].get("nodes", []) if on in nodes] for name, node in nodes.items()}
    ).static_order():
        node = nodes[unique_id]
        table = f"{node['database']}.{node['schema']}.{node['alias']}".lower()
        if node["resource_type"] == "seed":
            held[table] = {}
            continue
        if "compiled_code" not in node or table not in there:
            return [f"{node['name']} is not compiled and built; run `dbt build --empty`"], "no column"
        held[table] = given_away(node["compiled_code"], schema, held)
        seen += len(held[table])
        if missed := there[table].keys() - held[table].keys():
            found.append(f"{node['name']}: {', '.join(sorted(missed))} could not be followed")
        if node["database"] != "vault":
            found += [f"{node['name']}.{c} gives away {', '.join(sorted(f))}" for c, f in held[table].items() if f]
    return found, f"{seen} columns"


def _raw() -> Held:
    held: Held = {"vault.quality.field_failures": {"child_id": {"field_failures.child_id"}}}
    for source in returns().values():
        for table in source.tables:
            held[f"vault.raw.{table.identifier}".lower()] = {
                column.name.lower(): {f"{source.name}.{table.name}.{column.name}"}
                for column in table.columns
                if column.meta.privacy == "direct_identifier" or _tells_a_birth(column)
            } | {"unmapped": {f"{source.name}.{table.name}.unmapped"}}
    return held


def _tells_a_birth(column: Column) -> bool:
    """Whether it is a whole date that helps to tell who somebody is; every other date is about what was done."""
    return column.meta.type in ("date", "partial_date") and column.meta.privacy == "indirect_identifier"


def given_away(sql: str, schema: dict, held: Held) -> dict[str, set[str]]:
    """For each column that a select makes, the identifying fields whose values it gives away."""
    tree = qualify(parse_one(sql, dialect="duckdb"), dialect="duckdb", schema=schema, validate_qualify_columns=True)
    scope = build_scope(tree)
    return {name.lower(): _column(scope, name, held, {}) for name in scope.expression.named_selects}


def _column(scope: Scope, name: str, held: Held, known: dict) -> set[str]:
    key = id(scope), name.lower()
    if key not in known:
        known[key] = set()  # a relation that reads itself gives away nothing that its first rows do not
        if scope.set_operation_scopes:
            place = [one.lower() for one in scope.expression.named_selects].index(name.lower())
            for part in scope.set_operation_scopes:
                known[key] |= _column(part, part.expression.named_selects[place], held, known)
        elif isinstance(scope.expression, exp.Select):
            for made in scope.expression.selects:
                if made.alias_or_name.lower() == name.lower():
                    known[key] |= _value(made, scope, held, known)
        else:  # unnest and its like: whatever goes in may come out
            known[key] |= _value(scope.expression, scope, held, known)
    return known[key]


def _value(node: exp.Expression, scope: Scope, held: Held, known: dict) -> set[str]:
    if isinstance(node, LOSES) or _is_hmac(node) or _is_month(node):
        return set()
    if isinstance(node, exp.Column):
        while scope.parent and node.table not in scope.sources:
            scope = scope.parent  # a lateral or correlated select sees what stands outside it
        source = scope.sources.get(node.table)
        if isinstance(source, Scope):
            return _column(source, node.name, held, known)
        if isinstance(source, exp.Table):
            table = f"{source.catalog}.{source.db}.{source.name}".lower()
            return held.get(table, {}).get(node.name.lower(), set())
        return {f"{node.sql('duckdb')}, which cannot be followed"}
    if isinstance(node, exp.Select | exp.SetOperation):
        inner = next((one for one in scope.subquery_scopes if one.expression is node), None)
        return set().union(*(_column(inner, name, held, known) for name in node.named_selects)) if inner else set()
    if isinstance(node, exp.Case):
        parts = [branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default")]
    elif isinstance(node, exp.If):
        parts = [node.args["true"], node.args.get("false")]
    elif isinstance(node, exp.Window | exp.Filter | exp.WithinGroup):
        parts = [node.this]
    else:
        parts = list(node.iter_expressions())
    return set().union(*(_value(part, scope, held, known) for part in parts if part is not None))


def _is_hmac(node: exp.Expression) -> bool:
    """sha256 over the outer pad, as macros/keys/hmac.sql writes it; a hash without the pepper is no pseudonym."""
    return isinstance(node, exp.SHA2) and "getvariable('opad')" in node.sql("duckdb").lower()


def _is_month(node: exp.Expression) -> bool:
    return isinstance(node, exp.DateTrunc | exp.TimestampTrunc) and node.unit.name.upper() in ("MONTH", "YEAR")
