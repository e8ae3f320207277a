"""Files that are broken, or meant to break the loader: each is refused in one sentence, and the rest lands."""

import io
import os
import struct
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from made_up import (
    CHILD_ID,
    CHILD_ROW,
    UPN,
    cin,
    cin_child,
    contacts,
    episodes_csv,
    header_csv,
    table,
    workbook,
)

from loaders import landing

WHERE = {"la": "202", "period": "2025"}
PEAK = """
import sys
from pathlib import Path
from loaders.cli import app
code = 0
try:
    app(["load", *sys.argv[2:], "--la", "202", "--period", "2025", "--json"])
except SystemExit as left:
    code = left.code
status = Path("/proc/self/status").read_text()
Path(sys.argv[1]).write_text(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
sys.exit(code)
"""


def packed(files: dict[str, str | bytes], how=zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def with_password(archive: bytes) -> bytes:
    """An archive whose members say that they are encrypted."""
    flagged = bytearray(archive)
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        flagged[archive.index(magic) + offset] |= 1
    return bytes(flagged)


def packed_in_an_unknown_way(archive: bytes) -> bytes:
    odd = bytearray(archive)
    for magic, offset in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        struct.pack_into("<H", odd, archive.index(magic) + offset, 97)
    return bytes(odd)


def spoilt(archive: bytes) -> bytes:
    """An archive with a flipped byte in the middle of its first member."""
    at = archive.index(b"PK\1\2") - 20
    return archive[:at] + bytes([archive[at] ^ 0xFF]) + archive[at + 1 :]


SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook({"List 1": contacts()})


def rebuilt(part: str, change) -> bytes:
    """A workbook with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return packed(files | {part: change(files[part])})


def far_cell(place: bytes) -> bytes:
    """A workbook with a cell at a place that is far away."""
    cell = b"<row r='4'><c %s><v>1</v></c></row></sheetData>" % place
    return rebuilt(SHEET, lambda text: text.replace(b"</sheetData>", cell))


def lying(archive: bytes) -> bytes:
    """An archive whose list of contents says of each member that it unpacks to ten bytes."""
    at, changed = -1, bytearray(archive)
    while (at := archive.find(b"PK\1\2", at + 1)) >= 0:
        struct.pack_into("<I", changed, at + 24, 10)
    return bytes(changed)


BOMB = '<!DOCTYPE Message [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
ENTITY_FILE = '<!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
RAGGED = header_csv(CHILD_ROW, CHILD_ROW).rstrip() + ",more,and,more\n"
HOSTILE = {
    "an entity bomb": (BOMB + cin(cin_child("&c;")).replace("&amp;c;", "&c;"), "DOCTYPE"),
    "an external entity": (ENTITY_FILE + cin(cin_child("X")).replace(">X<", ">&x;<"), "DOCTYPE"),
    "an external DTD": ('<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/x.dtd">' + cin(), "DOCTYPE"),
    "an undeclared entity": (cin(cin_child("X")).replace(">X<", ">&x;<"), "an entity is used at line 1"),
    "a file cut short": (cin().partition("</CINreferralDate>")[0], "breaks off at line 1: an element is not closed"),
    "a file cut inside a tag": (cin()[:-30], "line 1"),
    "crossed elements": (cin().replace("</Child>", "</Chidl>"), "line 1"),
    "two roots": (cin() + cin(), "not well formed at line 1"),
    "nesting without end": (cin().replace("<Child>", "<Child>" + "<a>" * 200_000), "nested too deeply"),
    "nesting around the root": ("<a>" * 200_000, "root element is <a>, expected <Message> (cin, "),
    "a wrong root": ("<html><body/></html>", "root element is <html>, expected <Message> (cin, "),
    "another collection": (cin().replace("<Collection>CIN<", "<Collection>XYZ<"), "its Collection is not one"),
    "a value of 11 MB": (cin(cin_child("x" * (11 << 20))), "4 MB"),
    "no child": (cin().split("<Children>")[0] + "<Children/></Message>", "no rows"),
    "nothing": ("", "the file is empty"),
    "blanks": (" \n\t\n" * 3_000, "the file is empty"),
    "a mark alone": (b"\xef\xbb\xbf", "no header line"),
    "a header alone": (header_csv().splitlines()[0] + "\n", "it has a header and no rows"),
    "a header and blank lines": (header_csv().splitlines()[0] + "\n,,,,,,\n\n", "no rows"),
    "no header": (",".join(CHILD_ROW) + "\n" + ",".join(CHILD_ROW) + "\n", "is the header missing?"),
    "a header of something else": (table(["CHILD", "COLOUR"], [CHILD_ID, "red"]), "is that of no known table"),
    "a header without its key": (table(["RNE", "LS", "PLACE"], ["S", "C2", "U1"]), "lacks CHILD, DECOM"),
    "NUL in the middle": (header_csv().replace("WBRI", "WB\0RI"), "NUL bytes"),
    "a long row": (RAGGED, "line 3 has 10 values, the header names 7 columns"),
    "a short row": (header_csv(CHILD_ROW, ["A", "1"]), "line 3 has 2 values, the header names 7 columns"),
    "an open quotation mark": (header_csv().replace(CHILD_ID, '"' + CHILD_ID), "quotation mark"),
    "bytes of no encoding": (header_csv().encode() + b"\x81\x8d,\n", "not text in windows-1252"),
    "half a character": (header_csv().encode("utf-16")[:-1], "not text in utf-16"),
    "XML of no encoding": (cin(cin_child("X")).encode().replace(b">X<", b">\x81\xe9<"), "line 1"),
    "noise": (bytes(range(1, 256)) * 50, ""),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100), "NUL bytes"),
    "a workbook of the old kind": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), "a workbook of the old kind"),
    "an open document": (packed({"mimetype": "x", "content.xml": "<x/>"}), "no .xlsx workbook"),
    "a letter": (packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "no .xlsx workbook"),
    "a binary workbook": (packed({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}), "no .xlsx workbook"),
    "a workbook of nothing": (packed({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>"}), "damaged"),
    "a workbook cut short": (BOOK[:-30], "the workbook or zip archive is damaged"),
    "a workbook with a spoilt sheet": (rebuilt(SHEET, lambda text: text[: len(text) // 2]), "damaged"),
    "a workbook that is no XML": (rebuilt("xl/workbook.xml", lambda text: text[:-20]), "damaged"),
    "a workbook with an entity bomb": (rebuilt("xl/workbook.xml", lambda text: BOMB.encode() + text[55:]), "damaged"),
    "a workbook with a password": (with_password(BOOK), "password"),
    "a sheet with a far cell": (far_cell(b'r="XFD1048576"'), "reaches to row 1,048,576 and column 16,384"),
    "a sheet with a cell beyond": (far_cell(b"t='n' r = 'zzzz99999999'"), "a sheet reaches to row"),
    "a sheet with a cell beyond that": (far_cell(b'r="A99999999999999999999"'), "a sheet reaches to row"),
    "a sheet with a row far down": (
        rebuilt(
            SHEET, lambda text: text.replace(b"</sheetData>", b'<row r="9999999"><c><v>1</v></c></row></sheetData>')
        ),
        "a sheet reaches to row",
    ),
    "a sheet with cells that say not where": (
        rebuilt(
            SHEET,
            lambda text: text.replace(
                b"</sheetData>", b"<row/>" * 6_000 + b"<row>" + b"<c/>" * 999 + b"</row></sheetData>"
            ),
        ),
        "a sheet reaches to row",
    ),
    "a sheet merged without end": (
        rebuilt(
            SHEET,
            lambda text: text.replace(
                b"</sheetData>",
                b'<row r="400000"><c r="A400000"><v>1</v></c></row></sheetData><mergeCells>'
                + b'<mergeCell ref="A1:A1048576"/>' * 99
                + b"</mergeCells>",
            ),
        ),
        "damaged",
    ),
    "a workbook bomb": (rebuilt(SHEET, lambda text: text + b" " * (201 << 20)), "far larger than a return can be"),
    "a workbook with a lie about its size": (lying(BOOK), "damaged"),
    "a zip bomb": (packed({"header.csv": b" " * (30 << 20)}), "a zip bomb?"),
    "a bomb in many pieces": (packed({f"{n}.csv": b" " * (1 << 20) for n in range(30)}), "a zip bomb?"),
    "a zip of too many": (packed({f"{n}.csv": "x" for n in range(1_001)}), "at most 1000"),
    "a zip with a way out": (packed({"../../header.csv": header_csv()}), "names a file outside itself"),
    "a zip from the root": (packed({"/etc/header.csv": header_csv()}), "names a file outside itself"),
    "a zip with a Windows way out": (packed({"a\\..\\..\\header.csv": header_csv()}), "names a file outside itself"),
    "a zip in a zip": (packed({"inner.zip": packed({"header.csv": header_csv()})}), "holds another archive"),
    "a zip with a password": (with_password(packed({"header.csv": header_csv()})), "protected by a password"),
    "a zip cut short": (packed({"header.csv": header_csv()})[:-40], "zip archive is damaged"),
    "an empty zip": (packed({}), "the zip archive is empty"),
    "a zip of nothing that counts": (packed({"__MACOSX/._header.csv": "x"}), "the zip archive is empty"),
    "a spoilt zip": (spoilt(packed({"header.csv": header_csv() * 9}, zipfile.ZIP_STORED)), "damaged"),
    "a zip of an unknown kind": (packed_in_an_unknown_way(packed({"header.csv": header_csv()})), "damaged"),
}


def innocent(text: str) -> bool:
    """Whether a message holds nothing of a child."""
    return not any(secret in text for secret in (CHILD_ID, UPN, "29/02/2012", "2012-02-29", "WBRI"))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """One load of every hostile file, each in a folder of its own, and of two good ones."""
    from conftest import Data

    data = Data(tmp_path_factory.mktemp("hostile") / "data")
    folder = data.home.root / "elsewhere"
    folder.mkdir()
    files = []
    for name, (content, _) in HOSTILE.items():
        files.append(folder / f"{name}.dat")
        files[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
    data.put("203/cin/2025/good.xml", cin(la="203"))
    data.put("203/ssda903/2025/good.csv", header_csv())
    outcomes = landing.load(data.home, [data.home.inbox])
    for file in files:
        outcomes += landing.load(data.home, [file], **WHERE)
    return data, {one.source_file.split("!")[0].split("/")[-1].removesuffix(".dat"): one for one in outcomes}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_plain_sentence(verdicts, name):
    _, outcomes = verdicts
    outcome = outcomes[name]
    assert outcome.status == "rejected"
    assert HOSTILE[name][1] in outcome.reason
    assert innocent(outcome.reason)
    assert len(outcome.reason) < 250
    assert "\n" not in outcome.reason


def test_of_hostile_files_nothing_landed_and_the_good_ones_did(verdicts):
    data, outcomes = verdicts
    assert {name for name, one in outcomes.items() if one.status == "landed"} == {"good.xml", "good.csv"}
    assert [row["la_code"] for row in data.raw("cin__child_identifiers")] == ["E09000011"]
    assert [row["source_file"] for row in data.raw("ssda903__header")] == ["203/ssda903/2025/good.csv"]


def test_hostile_and_good_files_in_one_run(data):
    for number, (content, _) in enumerate(HOSTILE.values()):
        data.put(f"{['204', '205', '206'][number % 3]}/ssda903/{2018 + number // 3 % 9}/{number}", content)
    data.put("203/cin/2025/good.xml", cin(la="203"))
    run = data.liia("load", "--json")
    assert run.returncode == 1
    assert innocent(run.stdout + run.stderr)
    assert "Traceback" not in run.stderr
    assert len(data.raw("cin__child_identifiers")) == 1
    shown = data.liia("status")
    assert shown.returncode == 0
    assert innocent(shown.stdout)


def test_links_and_devices_are_refused(data, tmp_path):
    (tmp_path / "header.csv").write_text(header_csv())
    (tmp_path / "folder").mkdir()
    place = data.put("202/ssda903/2025/episodes.csv", episodes_csv()).parent
    (place / "header.csv").symlink_to(tmp_path / "header.csv")
    (place / "folder").symlink_to(tmp_path / "folder")
    (place / "gone.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(place / "pipe.csv")
    outcomes = data.load()
    assert outcomes.pop("episodes.csv").status == "landed"
    assert set(outcomes) == {"header.csv", "folder", "gone.csv", "pipe.csv"}
    assert {one.reason for one in outcomes.values()} == {
        "it is a link or a device, not a file; put the file itself there"
    }


def test_what_is_not_there_is_said(data, tmp_path):
    assert data.load(tmp_path / "nowhere.csv")["nowhere.csv"].reason == "there is no such file or folder"


@pytest.mark.parametrize("name", [b"bad-\xff-name.csv", b"bell-\x07-\x1b[31m.csv", b"line\nbreak.csv"])
def test_a_name_that_no_screen_can_show_stops_nothing(data, name):
    folder = os.fsencode(data.put("202/ssda903/2025/header.csv", header_csv()).parent)
    Path(os.fsdecode(folder + b"/" + name)).write_text(episodes_csv())
    run = data.liia("load")
    assert (run.returncode, run.stderr) == (0, "")
    assert "\x1b" not in run.stdout
    assert len(data.raw("ssda903__episodes")) == 1


@dataclass
class Trick:
    """Does something to a file at the moment the loader opens it for the nth time."""

    moment: int
    act: object
    opened: int = 0

    def __call__(self, file, seen):
        self.opened += 1
        if self.opened == self.moment:
            self.act(file)
        return self.open(file, seen)


@pytest.mark.parametrize("moment", [1, 2, 3])
@pytest.mark.parametrize(
    ("what", "told"),
    [(Path.unlink, "No such file"), (lambda file: file.write_text(header_csv() * 2), "it changed while")],
)
def test_a_file_that_goes_or_changes_under_the_loader_is_refused(data, monkeypatch, moment, what, told):
    from loaders import files

    trick = Trick(moment, what)
    trick.open = files._open
    monkeypatch.setattr(files, "_open", trick)
    file = data.put("202/ssda903/2025/header.csv", header_csv())
    data.put("203/cin/2025/good.xml", cin(la="203"))
    outcomes = landing.load(data.home, [file]) + landing.load(data.home, [data.home.inbox / "203"])
    assert [one.status for one in outcomes] == ["rejected", "landed"]
    assert data.raw("ssda903__header") == []
    if moment < 3:
        assert told in outcomes[0].reason


def test_a_file_that_cannot_be_read_stops_nothing(data, monkeypatch):
    data.put("202/ssda903/2025/header.csv", header_csv())
    data.put("203/ssda903/2025/header.csv", header_csv())
    opening = Path.open

    def denied(path, *arguments, **options):
        if "202" in path.parts:
            raise PermissionError(13, "Permission denied")
        return opening(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", denied)
    outcomes = landing.load(data.home, [data.home.inbox])
    assert sorted((one.status, one.reason) for one in outcomes) == [
        ("landed", None),
        ("rejected", "it cannot be read (Permission denied)"),
    ]


def test_a_folder_that_cannot_be_opened_is_said(data, monkeypatch):
    data.put("202/ssda903/2025/header.csv", header_csv())
    data.put("203/ssda903/2025/header.csv", header_csv())
    listing = Path.iterdir

    def denied(path):
        if path.name == "202":
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(Path, "iterdir", denied)
    outcomes = landing.load(data.home, [data.home.inbox])
    assert [(one.status, one.source_file) for one in outcomes] == [
        ("rejected", "202"),
        ("landed", "203/ssda903/2025/header.csv"),
    ]


def test_macros_links_and_the_like_in_a_workbook_are_left_behind(data):
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files |= {
        "xl/vbaProject.bin": b"\0" * 1_000,
        "xl/externalLinks/externalLink1.xml": "<x/>",
        "xl/embeddings/oleObject1.bin": b"\0" * 1_000,
        "xl/media/image1.png": b"\0" * (30 << 20),
        "customXml/item1.xml": BOMB,
    }
    outcome = data.one(packed(files), "annex a.xlsm", la="202", period="2024-06-30")
    assert (outcome.status, outcome.table_rows) == ("landed", {"contacts": 1})


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/sharedStrings.xml", b'count="', b'count="99999999999'),
        ("xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="99999999999'),
        ("xl/styles.xml", b'<cellXfs count="', b'<cellXfs count="99999999999'),
        (SHEET, b'<dimension ref="A1:G2"/>', b'<dimension ref="A1:XFD1048576"/>'),
    ],
)
def test_what_a_workbook_says_of_its_own_size_is_not_believed(data, part, old, new):
    """In a process of its own, since a reader that believed it would take the process with it."""
    file = data.put("202/annex_a/2024-06-30/a.xlsx", rebuilt(part, lambda text: text.replace(old, new, 1)))
    assert old in zipfile.ZipFile(io.BytesIO(BOOK)).read(part)
    run = data.liia("load", str(file))
    assert (run.returncode, run.stdout.split()[0]) == (0, "landed")


def one_line(file):
    for _ in range(1 << 10):
        file.write(b"a" * (1 << 20))


def one_line_of_a_table(file):
    file.write(header_csv().encode())
    for _ in range(200):
        file.write(b"a" * (1 << 20))


def an_open_quotation_mark(file):
    file.write(header_csv().encode() + b'"')
    for _ in range(100_000):
        file.write(header_csv().encode())


def junk_elements(file):
    file.write(cin().split("<Children>")[0].encode() + b"<Children>")
    for _ in range(100):
        file.write(b"<x/>" * (1 << 18))
    file.write(b"</Children></Message>")


def one_child_without_end(file):
    file.write(cin().split("</Child>")[0].encode())
    for _ in range(100):
        file.write(b"<CINdetails><x>1</x></CINdetails>" * (1 << 15))


def one_long_comment(file):
    file.write(cin().split("<Children>")[0].encode() + b"<!--")
    for _ in range(200):
        file.write(b"a" * (1 << 20))


def many_attributes(file):
    file.write(b"<Message")
    for number in range(3_000_000):
        file.write(b" a%d='%d'" % (number, number))


@pytest.mark.parametrize(
    "make",
    [
        one_line,
        one_line_of_a_table,
        an_open_quotation_mark,
        junk_elements,
        one_child_without_end,
        one_long_comment,
        many_attributes,
    ],
)
def test_memory_stays_bounded_whatever_comes(data, tmp_path, make):
    """In a process of its own; 400 MB is about what an ordinary load of a large authority takes."""
    file = tmp_path / "file"
    with file.open("wb") as handle:
        make(handle)
    good = tmp_path / "episodes.csv"
    good.write_text(episodes_csv())
    run, peak = measured(data, tmp_path, file)
    file.unlink()
    assert run.returncode == 1
    assert '"status": "rejected"' in run.stdout
    assert "Traceback" not in run.stderr
    assert peak < 400 << 10
    assert data.one(good.read_text(), **WHERE).status == "landed"


def test_long_values_land_in_bounded_memory(data, tmp_path):
    file = tmp_path / "header.csv"
    file.write_text(header_csv() + (",".join(["v" * 2_000, *CHILD_ROW[1:]]) + "\n") * 20_000)
    run, peak = measured(data, tmp_path, file)
    assert run.returncode == 0
    assert peak < 400 << 10
    assert data.ask("select count(*), max(length(child)) from vault.raw.ssda903__header") == [(20_001, 2_000)]


def test_many_rows_land_in_bounded_memory(data, tmp_path):
    """What was inserted is let go: a file of a million rows takes no more than a smaller one."""
    file = tmp_path / "header.csv"
    with file.open("w") as handle:
        handle.write(header_csv())
        for number in range(1_500_000):
            handle.write(f"C{number},1,{number % 28 + 1:02}/02/2012,WBRI,A{number:012},,\n")
    run, peak = measured(data, tmp_path, file)
    assert run.returncode == 0
    assert peak < 400 << 10
    assert data.ask("select count(*) from vault.raw.ssda903__header") == [(1_500_001,)]


def measured(data, tmp_path, file: Path):
    """Load a file in a process of its own; the process and the most memory that it held, in KiB."""
    import subprocess

    peak = tmp_path / "peak"
    run = subprocess.run(
        [sys.executable, "-c", PEAK, str(peak), str(file)],
        env=data.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return run, int(peak.read_text())
