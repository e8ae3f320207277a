"""The command line, `liia`. Exit codes: 0 all is done, 1 something was refused, 2 it could not run."""

import contextlib
import csv
import json
import shlex
import sys
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from loaders import spec
from loaders.home import Home, HomeError

app = typer.Typer(
    name="liia",
    help="From an authority's file to a published London mart. Data folder: LIIA_DATA_DIR, else ./data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another command that is writing.")]


@contextlib.contextmanager
def _writing(command: str, wait: float = 600):
    home = Home.default()
    home.key("vault")
    with home.writer(command, wait, say=lambda text: err.print(escape(text))):
        from loaders import build

        build.recover(home)
        yield home


def _print_json(value) -> None:
    sys.stdout.write(json.dumps(value, indent=2, default=str, ensure_ascii=False) + "\n")


@app.command()
def init() -> None:
    """Make the data folder, its keys (mode 0600) and the empty typed raw tables."""
    from loaders import vault

    home = Home.default()
    made = home.make()
    with home.writer("init"), vault.connect(home, vault=True, warehouse=True) as connection:
        vault.prepare(connection)
    tables = sum(len(source.tables) for source in spec.returns().values())
    out.print(f"{home.root}: {len(made)} new keys, {tables} raw tables of {len(spec.returns())} returns.")
    if made:
        out.print("Keep a copy of keys/ apart from the data: without them the databases cannot be opened by anyone.")


@app.command()
def load(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files, folders or zips; default: the inbox.")] = None,
    la: Annotated[str | None, typer.Option(help="Authority: ONS code, DfE code or name.")] = None,
    period: Annotated[
        str | None,
        typer.Option(help="Year the return ends in, as 2025 or 2024-25; for a snapshot its day, as 2024-06-30."),
    ] = None,
    as_json: Json = False,
    wait: Wait = 600,
) -> None:
    """Land files in the vault; print a line per file. Exit 0 all landed, 1 some were refused."""
    from loaders import landing

    with _writing("load", wait) as home, _progress(quiet=as_json) as said:
        outcomes = landing.load(home, [p.absolute() for p in paths or [home.inbox]], la=la, period=period, said=said)
    if as_json:
        _print_json([asdict(one) for one in outcomes])
    else:
        _print_outcomes(outcomes)
    if any(one.status == "rejected" for one in outcomes):
        raise typer.Exit(1)


@contextlib.contextmanager
def _progress(quiet: bool):
    if quiet or not sys.stderr.isatty():
        yield lambda text, done: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[mb]}"), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True) as progress:
        task, total = progress.add_task("", total=None, mb=""), 0

        def said(text: str, done: int) -> None:
            nonlocal total
            total += max(done, 0)
            progress.update(task, description=escape(text[-60:]), mb=f"{total / 1e6:,.0f} MB")

        yield said


def _print_outcomes(outcomes, problems_only: bool = False) -> None:
    """A line per file, findings below, counts last; with `problems_only` no line for a file that went through."""
    styles = {"landed": "green", "unchanged": "dim", "set aside": "dim", "superseded": "yellow", "rejected": "red"}
    listed = [one for one in outcomes if not problems_only or one.status in ("rejected", "superseded")]
    if sys.stdout.isatty():
        table = Table("file", "authority", "return", "period", "rows", "outcome", box=None, header_style="bold")
        for one in listed:
            table.add_row(
                escape(one.source_file),
                one.la_name or "",
                one.return_name or "",
                _period(one),
                f"{sum(one.table_rows.values()):,}" if one.table_rows else "",
                f"[{styles[one.status]}]{one.status}[/]" + (f": {escape(one.reason)}" if one.reason else ""),
            )
        if listed:
            out.print(table)
    else:
        for one in listed:
            what = " ".join(str(x) for x in (one.la_name, one.return_name, _period(one)) if x)
            rows = f", {sum(one.table_rows.values())} rows" if one.table_rows else ""
            reason = f": {one.reason}" if one.reason else ""
            out.print(escape(f"{one.status}  {one.source_file}  {what}{rows}".rstrip() + reason))
    for one in outcomes:
        for finding in one.findings if one.status == "landed" else []:
            out.print(escape(f"  finding  {one.source_file}: {finding}"))
    counts = {status: sum(one.status == status for one in outcomes) for status in styles}
    out.print(", ".join(f"{count} {status}" for status, count in counts.items() if count) or "No file found.")


def _period(one) -> str:
    known = spec.returns().get(one.return_name)
    return known.period_name(spec.Period(one.return_year, one.period_end)) if known and one.return_year else ""


@app.command()
def status(as_json: Json = False) -> None:
    """What has landed: authority x return x period, with counts and problems."""
    from loaders import landing_status

    home = Home.default()
    rows, refused = landing_status.status(home)
    if as_json:
        _print_json({"landed": rows, "refused": refused})
        return
    columns = ("authority", "return", "period", "files", "rows", "loaded", "findings", "failures")
    table = Table(*columns, box=None)
    for row in rows:
        values = (row[name] for name in columns)
        table.add_row(*(f"{value:,}" if isinstance(value, int) and value > 9999 else str(value) for value in values))
    out.print(table)
    for row in refused:
        out.print(escape(f"refused  {row['source_file']}: {row['reason']}"))
    out.print(f"{len(rows)} submissions landed, {len(refused)} files refused.")


@app.command()
def show(field: Annotated[str, typer.Argument(help="A field, as DfE names it; or table.field.")]) -> None:
    """Print everything known of a field, in every return and table that has it."""
    from loaders.describe import describe

    found = describe(field)
    if not found:
        err.print(
            escape(f"No return has a field called {field}. Names are DfE's, as in UPN, DECOM or CINreferralDate.")
        )
        raise typer.Exit(1)
    out.print(escape(found))


@app.command()
def check(as_json: Json = False, wait: Wait = 600) -> None:
    """Run the expectation suites over what has landed; write the fix lists and Data Docs."""
    with _writing("check", wait) as home:
        _check(home, as_json)


def _check(home: Home, as_json: bool = False) -> None:
    from loaders import build
    from loaders.quality import run_checks

    summary = run_checks(home, say=lambda text: err.print(escape(text)))
    made = ["--resource-type", "seed", "--resource-type", "model"]
    if build.run_dbt(home, ["--quiet", "build", "--select", "+quality", *made]):
        raise HomeError(
            "The fix lists are written; the warehouse's copy of what was found could not be made (see above)."
        )
    if as_json:
        _print_json(asdict(summary))
    else:
        out.print(escape(summary.text()))
        out.print(escape(f"Fix lists and Data Docs: {home.quality}"))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def dbt(context: typer.Context) -> None:
    """Run dbt with the keys in its environment: `liia dbt build`, `liia dbt test -s …`."""
    from loaders import build

    with _writing("dbt " + " ".join(context.args[:1])) as home:
        code = build.run_dbt(home, context.args)
    raise typer.Exit(code)


@app.command()
def env() -> None:
    """Print what a shell needs for plain `dbt`: eval "$(liia env)". It prints the keys: do not paste it anywhere."""
    home = Home.default()
    values = home.environment() | {"DBT_PROFILES_DIR": str(spec.PROJECT)}
    for name, value in values.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


def _plain(value):
    """A number without the noughts that its type adds: 35 for 35.000000."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else value.normalize()


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One select statement.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Ask the pseudonymous warehouse and what is published, read-only: `liia sql 'from measures.msr_all limit 5'`."""
    import duckdb

    from loaders import vault

    home = Home.default()
    with vault.connect(home, warehouse=True, published=True, read_only=True) as connection:
        connection.execute("use warehouse")
        try:
            answer = connection.execute(query)
        except duckdb.Error as error:
            err.print(escape(str(error)))
            raise typer.Exit(2) from None
        if answer is None:
            err.print("That is no statement: give one, as in `liia sql 'from measures.msr_all limit 5'`.")
            raise typer.Exit(2)
        names = [column[0] for column in answer.description or []]
        if as_csv:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(names)
            while rows := answer.fetchmany(10_000):
                writer.writerows([_plain(value) for value in row] for row in rows)
            return
        table = Table(*names, box=None, header_style="bold")
        for row in answer.fetchmany(1_000):
            table.add_row(*("" if value is None else escape(str(_plain(value))) for value in row))
        out.print(table)
        if answer.fetchone():
            out.print("… the first 1,000 rows; --csv prints them all.")


@app.command()
def publish(
    what: Annotated[str | None, typer.Argument(help="What to publish; only the London mart is agreed so far.")] = None,
    wait: Wait = 600,
) -> None:
    """Write what may leave to published/: Parquet, a manifest, and a page of results."""
    if what:
        err.print(escape(f"No agreement covers `{what}` yet: only the London mart (`liia publish`) can be published."))
        raise typer.Exit(1)
    with _writing("publish", wait) as home:
        _publish(home)


def _publish(home: Home) -> None:
    from publishing.publish import publish as write

    for one in write(home):
        out.print(escape(f"published  {one.name}  {one.rows:,} rows  {one.file}"))
    out.print(escape(f"Results: {home.published / 'index.html'}"))


@app.command()
def template(
    what: Annotated[str, typer.Argument(help="The return to fill in; only `quarterly` has a template.")],
    period: Annotated[str, typer.Option(help="Last day of the quarter, as 2025-06-30.")],
    la: Annotated[
        str | None, typer.Option(help="Authority: ONS code, DfE code or name; default: all of the region.")
    ] = None,
    wait: Wait = 600,
) -> None:
    """Write an authority's workbook to fill in to templates/<la>/: its own counts, for that authority alone."""
    from publishing import quarterly

    if what != "quarterly":
        raise HomeError(f"There is no template for {what}; expected quarterly.")
    day = quarterly.quarter_of(period)
    with _writing("template", wait) as home:
        for file in quarterly.write_templates(home, day, la):
            out.print(escape(f"template  {file}"))


@app.command()
def run(wait: Wait = 600) -> None:
    """Load the inbox, build, check and publish. Exit 1 where some files were refused and the rest went through."""
    from loaders import build, landing

    with _writing("run", wait) as home:
        with _progress(quiet=False) as said:
            outcomes = landing.load(home, [home.inbox], said=said)
        _print_outcomes(outcomes, problems_only=True)
        code = build.run_dbt(home, ["build"])
        if code:
            err.print("The build failed; the warehouse and what is published are as they were before.")
            raise typer.Exit(2)
        _check(home)
        _publish(home)
    if any(one.status == "rejected" for one in outcomes):
        raise typer.Exit(1)


@app.command()
def synthesise(
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder for inbox/ and answer_key/; default: the data folder.")
    ] = None,
    scale: Annotated[float, typer.Option(min=0.001, max=2, help="1 is as many children as London has.")] = 0.05,
    years: Annotated[str, typer.Option(help="Years the returns end in, as 2021-2026.")] = "2021-2026",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    las: Annotated[str | None, typer.Option(help="Authorities, as Camden,Sutton; default: all of London.")] = None,
    returns: Annotated[str | None, typer.Option(help="Returns, as cin,ssda903; default: all that can be made.")] = None,
    error_rate: Annotated[float, typer.Option(min=0, help="0 is clean, 1 lifelike, 2 twice as bad.")] = 1.0,
) -> None:
    """Write made-up returns of London's authorities, with the usual faults and an answer key that lists them."""
    from synthetic.make import SynthesisError
    from synthetic.make import synthesise as make

    def several(text: str | None) -> list[str] | None:
        return [one.strip() for one in text.split(",")] if text else None

    first, _, last = years.partition("-")
    if not (first.isdigit() and (last or first).isdigit() and int(first) <= int(last or first)):
        err.print(escape(f"--years is {years}: expected a year or a span such as 2021-2026."))
        raise typer.Exit(2)
    with _progress(quiet=False) as said:
        try:
            made = make(
                to or Home.default().root,
                scale=scale,
                years=range(int(first), int(last or first) + 1),
                seed=seed,
                las=several(las),
                returns=several(returns),
                error_rate=error_rate,
                said=lambda text: said(text, 0),
            )
        except SynthesisError as error:
            err.print(escape(str(error)))
            raise typer.Exit(2) from None
    out.print(escape(f"{made.files:,} made-up files in {made.inbox}, with {made.faults:,} faults."))
    out.print(escape(f"Answer key: {made.answer_key}"))


@app.command("new-return")
def new_return(
    name: Annotated[str, typer.Argument(help="What the return is called in folders and tables, as young_carers.")],
    sample: Annotated[list[Path], typer.Option("--from", help="A sample: CSV, workbook, XML, a folder or a zip.")],
    period: Annotated[str | None, typer.Option(help="What the sample is of: a year as 2025, or a day.")] = None,
) -> None:
    """Draft a return from sample files: specification, code lists, staging. Of their values only codes are taken."""
    from loaders import draft, recognise, samples
    from loaders.files import Refusal

    of = recognise.period_of(period) if period else None
    try:
        if period and of is None:
            raise Refusal(f"--period {period} is no year and no day; expected for example 2025 or 2024-06-30")
        files = draft.write(name, samples.read([path.absolute() for path in sample]), of)
    except Refusal as refusal:
        err.print(escape(str(refusal)))
        raise typer.Exit(2) from None
    for file in files:
        out.print(escape(f"drafted  {file.relative_to(spec.PROJECT)}"))
    out.print("Now `python -m checks spec` says what is left for you to decide: every place that says `drafted:`.")


def main() -> None:
    """Run `liia`; a HomeError or SpecError is one sentence and exit code 2, not a traceback."""
    try:
        app()
    except (HomeError, spec.SpecError) as error:
        err.print(escape(str(error)))
        sys.exit(2)


if __name__ == "__main__":
    main()
