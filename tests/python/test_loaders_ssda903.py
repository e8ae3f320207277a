"""SSDA903 files, however they are written, land as they were sent."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import (
    CHILD_ROW,
    EPISODE_COLUMNS,
    EPISODE_ROW,
    HEADER_COLUMNS,
    episodes_csv,
    header_csv,
    ssda903_xml,
    table,
)

from loaders import spec
from loaders.csv_rows import CsvReader, read_header
from loaders.headers import table_of

WHERE = {"la": "Camden", "period": "2025"}


def read(text: str | bytes, encoding: str = "utf-8") -> list[dict]:
    """Rows of one CSV file, by the reader alone."""
    content = text if isinstance(text, bytes) else text.encode()
    header = read_header(io.BytesIO(content), encoding)
    reader = CsvReader(table_of(spec.returns()["ssda903"], header.names), io.BytesIO(content), encoding, header, 2025)
    return [row for batch in reader.batches() for some in batch.values() for row in some.to_pylist()]


def header_rows(columns: list[str], row: list[str]) -> list[dict]:
    return read(table(columns, row))


@pytest.mark.parametrize(
    "columns",
    [
        HEADER_COLUMNS,
        [name.lower() for name in HEADER_COLUMNS],
        [name.title() for name in HEADER_COLUMNS],
        [f" {name} " for name in HEADER_COLUMNS],
        ["CHILD", "GENDER", *HEADER_COLUMNS[2:]],
        ["Child ID", *HEADER_COLUMNS[1:]],
        ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC DOB"],
    ],
)
def test_a_header_may_be_written_in_many_ways(columns):
    (row,) = header_rows(columns, CHILD_ROW)
    assert [row[name] for name in HEADER_COLUMNS] == [value or None for value in CHILD_ROW]


def test_columns_may_come_in_any_order():
    (row,) = header_rows(HEADER_COLUMNS[::-1], CHILD_ROW[::-1])
    assert [row[name] or "" for name in HEADER_COLUMNS] == CHILD_ROW


def test_optional_columns_may_be_missing(data):
    outcome = data.one(table(EPISODE_COLUMNS[:-2], EPISODE_ROW[:-2]), **WHERE)
    assert (outcome.status, outcome.table_rows) == ("landed", {"episodes": 1})
    assert data.raw("ssda903__episodes")[0]["URN"] is None


def test_columns_of_our_own_are_kept_and_told(data):
    outcome = data.one(table([*HEADER_COLUMNS, "Worker", ""], [*CHILD_ROW, "Zoë", "x"]), **WHERE)
    assert json.loads(data.raw("ssda903__header")[0]["unmapped"]) == {"Worker": "Zoë", "column 9": "x"}
    assert outcome.findings == ["Columns not in the specification, kept as unmapped: Worker."]


def test_two_columns_of_one_unknown_name_are_both_kept():
    (row,) = header_rows([*HEADER_COLUMNS, "Note", "Note"], [*CHILD_ROW, "one", "two"])
    assert {"one", "two"} <= set(json.loads(row["unmapped"]).values())


def test_a_known_column_that_stands_twice_is_refused(data):
    outcome = data.one(table([*HEADER_COLUMNS, "Gender"], [*CHILD_ROW, "2"]), **WHERE)
    assert (outcome.status, outcome.reason) == ("rejected", "column SEX stands in the header twice")


@pytest.mark.parametrize(
    "value", ["29/02/2012", "2012-02-29", "29/2/12", "2012-02-29 00:00:00", "31/02/2012", "soon", "0"]
)
def test_dates_land_verbatim(value):
    (row,) = header_rows(HEADER_COLUMNS, [*CHILD_ROW[:2], value, *CHILD_ROW[3:]])
    assert row["DOB"] == value


@pytest.mark.parametrize("value", ["1.0", "0012", " 12 ", "1e5", "NULL", "N/A", "nan", "None", "true", "=1+1", "'"])
def test_numbers_and_the_like_land_verbatim(value):
    (row,) = header_rows(HEADER_COLUMNS, [value, *CHILD_ROW[1:]])
    assert row["CHILD"] == value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_and_line_ends(delimiter, end):
    text = table(HEADER_COLUMNS, CHILD_ROW, CHILD_ROW, delimiter=delimiter).replace("\n", end)
    rows = read(text)
    assert [row["source_line"] for row in rows] == [2, 3]
    assert [rows[0][name] or "" for name in HEADER_COLUMNS] == CHILD_ROW


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_an_encoding_is_told_from_the_bytes(data, encoding):
    row = ["Zoë–O’Neill", *CHILD_ROW[1:]]
    assert data.one(header_csv(row).encode(encoding), **WHERE).encoding == encoding
    assert data.raw("ssda903__header")[0]["CHILD"] == row[0]


def test_blank_lines_and_trailing_commas_are_passed_over():
    blank = "," * (len(HEADER_COLUMNS) - 1)
    text = f"\n{blank}\n" + header_csv() + f"\n{blank}\n" + header_csv().splitlines()[1] + f"\n{blank}\n\n"
    assert [(row["source_line"], row["source_row"]) for row in read(text)] == [(4, 1), (7, 2)]


def test_a_file_without_a_last_line_end_loses_nothing():
    assert len(read(header_csv(CHILD_ROW, CHILD_ROW).rstrip("\n"))) == 2


def test_a_row_after_a_value_of_several_lines_knows_its_line():
    rows = read(header_csv(["a\nb", *CHILD_ROW[1:]], CHILD_ROW, ["a\r\nb\r\nc", *CHILD_ROW[1:]], CHILD_ROW))
    assert [row["source_line"] for row in rows] == [2, 4, 5, 8]
    assert [row["CHILD"] for row in rows][::2] == ["a\nb", "a\r\nb\r\nc"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=6))
def test_any_text_lands_verbatim_with_its_line(rows):
    rows = [["x" + row[0], *row[1:]] for row in rows]  # a row that holds nothing would be passed over
    text = table(HEADER_COLUMNS, *rows, quoting=csv.QUOTE_ALL)
    landed = read(text)
    assert [[row[name] or "" for name in HEADER_COLUMNS] for row in landed] == rows
    line, lines = 2, []
    for row in rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    assert [row["source_line"] for row in landed] == lines


def test_a_folder_a_zip_and_single_files_come_to_the_same(data, new_data):
    files = {"header.csv": header_csv(), "episodes.csv": episodes_csv()}
    for name, text in files.items():
        data.put(f"Camden/ssda903/2025/{name}", text)
    assert {one.status for one in data.load().values()} == {"landed"}

    packed, inside = new_data("packed"), io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"export/{name}", text)
    packed.put("202/903/2024-25/return.zip", inside.getvalue())
    outcomes = packed.load()
    assert {one.status for one in outcomes.values()} == {"landed"}
    assert {one.source_file for one in outcomes.values()} == {
        f"202/903/2024-25/return.zip!export/{name}" for name in files
    }

    single = new_data("single")
    for name, text in files.items():
        single.one(text, name, **WHERE)

    def values(one, name):
        where = ("source_file", "submission_id")
        return [{k: v for k, v in row.items() if k not in where} for row in one.raw(name)]

    for name in ("ssda903__header", "ssda903__episodes"):
        assert values(data, name) == values(packed, name) == values(single, name)


def test_xml_lands_in_the_same_tables(data):
    rows = data.one(ssda903_xml(), **WHERE).table_rows
    assert {name: count for name, count in rows.items() if count} == {"header": 1, "episodes": 1}
    (row,) = data.raw("ssda903__episodes")
    assert (row["DECOM"], row["PLACE"], row["CIN"]) == ("03/06/2024", "U1", "N1")
