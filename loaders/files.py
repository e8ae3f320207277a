"""What is in the inbox: files and members of archives, looked at once before anything trusts them."""

import codecs
import errno
import hashlib
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

CHUNK = 1 << 20
MAX_MEMBERS = 1_000
MAX_MEMBER_BYTES = 4 << 30
MAX_RATIO = 100  # of unpacked to packed size, above the size below
RATIO_COUNTS_FROM = 10 << 20
MAX_UNHEARD = 4 << 20  # of XML inside one element; a child's record takes some kilobytes
OLD_WORKBOOK = "it is a workbook of the old kind, or one with a password; save it as .xlsx, without a password"
OTHER_DOCUMENT = "it is a document of an office program, but no .xlsx workbook; save it as .xlsx or CSV"
ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\10")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # a workbook of the old kind, or a new one with a password
DAMAGED = "this member of the zip archive is damaged"
UNREADABLE_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,  # among them NotImplementedError, of a way of packing that Python does not know
    ValueError,
)
IGNORED = re.compile(r"^(\..*|~\$.*|Thumbs\.db|desktop\.ini|__MACOSX)$", re.IGNORECASE)


class Endless(Exception):
    """Of an XML file, more than `MAX_UNHEARD` bytes passed without the end of an element that was waited for."""


class Refusal(Exception):
    """A file cannot be landed; the message is one sentence for the person who sent it."""


@dataclass(frozen=True)
class Part:
    """One file to land: a file on disk, or a member of a zip archive."""

    name: str  # as it is written in the load log
    place: tuple[str, ...]  # folders it lies in, outermost first
    in_inbox: bool
    size: int
    open: Callable[[], BinaryIO]  # raises OSError where the file has changed since it was found


@dataclass(frozen=True)
class Look:
    """What one pass over a file's bytes tells."""

    sha256: str
    size: int
    is_xml: bool
    encoding: str | None  # to read it in; a workbook has none
    overrides_declaration: bool  # XML: the encoding is not the one the file declares
    is_workbook: bool = False

    @property
    def xml_encoding(self) -> str | None:
        """What to tell an XML parser: nothing, unless the file's own declaration is wrong."""
        return self.encoding if self.overrides_declaration else None


def parts(paths: list[Path], inbox: Path) -> Iterator[Part | tuple[str, Refusal]]:
    """Every file below the paths, archives unpacked in memory; in their place a name and why, where one is refused."""
    for path in (path.absolute() for path in paths):
        for file in _below(path) if path.is_dir() else [path]:
            inside = file.is_relative_to(inbox) and ".." not in file.parts
            shown = file.relative_to(inbox if inside else path.parent)
            if any(IGNORED.match(step) for step in file.relative_to(path).parts):
                continue
            place = shown.parts[:-1] if inside else file.parts[1:-1]
            name = printable(shown.as_posix())
            try:
                yield from _of(file, name, place, inside)
            except Refusal as refusal:
                yield name, refusal
            except FileNotFoundError:
                yield name, Refusal("there is no such file or folder")
            except OSError as error:
                yield name, Refusal(f"it cannot be read ({error.strerror})")


def printable(name: str) -> str:
    """A file's name without what no screen or database can hold: control characters, bytes that are no text."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def _below(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order; a folder that is a link or cannot be opened is there as itself."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for path in inside:
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        else:
            yield path


def _of(file: Path, name: str, place: tuple[str, ...], inside: bool) -> Iterator[Part]:
    seen = file.lstat()
    if stat.S_ISDIR(seen.st_mode):
        raise Refusal("this folder cannot be opened; has its owner shut it?")
    if not stat.S_ISREG(seen.st_mode):
        raise Refusal("it is a link or a device, not a file; put the file itself there")
    members = _members(file) if _starts_with(file, ZIP) else None
    if members is None:
        yield Part(name, place, inside, seen.st_size, lambda: _open(file, seen))
        return
    for member in members:
        inner = PurePosixPath(member.filename.replace("\\", "/"))
        yield Part(
            f"{name}!{printable(str(inner))}",
            place + inner.parts[:-1],
            inside,
            member.file_size,
            lambda member=member: _Member(_open(file, seen), member),
        )


def _open(file: Path, seen: os.stat_result) -> BinaryIO:
    handle = file.open("rb")
    now = os.fstat(handle.fileno())
    if (now.st_size, now.st_mtime_ns) != (seen.st_size, seen.st_mtime_ns):
        handle.close()
        raise OSError(errno.EBUSY, "it changed while it was being loaded; load it again when it is all there")
    return handle


def _starts_with(file: Path, magic: tuple[bytes, ...]) -> bool:
    with file.open("rb") as handle:
        return handle.read(8).startswith(magic)


def _members(file: Path) -> list[zipfile.ZipInfo] | None:
    """What an archive holds that may be landed; None for a workbook, which is an archive and one file to land."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except UNREADABLE_ZIP:
        raise Refusal("the workbook or zip archive is damaged or cut short; send it again") from None
    names = {member.filename for member in members}
    if "xl/workbook.xml" in names:
        return None
    if {"[Content_Types].xml", "content.xml"} & names:
        raise Refusal(OTHER_DOCUMENT)
    _judge(members)
    wanted = [m for m in members if not any(IGNORED.match(step) for step in PurePosixPath(m.filename).parts)]
    if not wanted:
        raise Refusal("the zip archive is empty")
    return wanted


def _judge(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise Refusal(f"the zip archive has {len(members)} files; at most {MAX_MEMBERS} are taken")
    for member in members:
        inner = member.filename.replace("\\", "/")
        if inner.startswith("/") or ".." in inner.split("/") or re.match(r"^[A-Za-z]:", inner):
            raise Refusal("the zip archive names a file outside itself (a path with .. or from the root)")
        if member.flag_bits & 0x1:
            raise Refusal("the zip archive is protected by a password; send it without")
        if inner.lower().endswith((".zip", ".7z", ".gz", ".rar", ".tar")):
            raise Refusal("the zip archive holds another archive; send one level only")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    largest = max((member.file_size for member in members), default=0)
    if largest > MAX_MEMBER_BYTES or (unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * packed):
        raise Refusal("the zip archive unpacks to far more than a return can hold (a zip bomb?)")


class _Member:
    """A member of an archive as a readable stream that closes the archive with itself."""

    def __init__(self, file: BinaryIO, member: zipfile.ZipInfo):
        self._file = file
        try:
            archive = zipfile.ZipFile(file)
            self._stream = archive.open(member)
        except UNREADABLE_ZIP as error:
            file.close()
            raise OSError(errno.EIO, DAMAGED) from error
        self.readable, self.seekable, self.writable = (lambda: True), (lambda: False), (lambda: False)
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        """Bytes of the member, at most `size`. Raises OSError where the archive is damaged there."""
        try:
            return self._stream.read(size)
        except UNREADABLE_ZIP as error:
            raise OSError(errno.EIO, DAMAGED) from error

    def flush(self):
        """Nothing to flush: the stream is read only."""

    def close(self):
        """Close the member and its archive."""
        self._stream.close()
        self._file.close()
        self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Metered:
    """A stream that is cut off where too much of it passes without `heard()`: the parser would keep it all."""

    def __init__(self, file: BinaryIO):
        """Meter `file`."""
        self._file = file
        self._unheard = 0

    def read(self, size: int = -1) -> bytes:
        """Bytes of the stream. Raises Endless where the limit is passed."""
        chunk = self._file.read(size)
        self._unheard += len(chunk)
        if self._unheard > MAX_UNHEARD:
            raise Endless
        return chunk

    def heard(self) -> None:
        """What was read has made sense: count from here."""
        self._unheard = 0


def look(part: Part) -> Look:
    """Read a file once: hash, size, kind and encoding, in memory that does not grow with it.

    The encoding is that of the byte-order mark, else UTF-16 where its zero bytes show it, else UTF-8 where every byte
    fits, else Windows-1252. Raises Refusal where the file is empty, holds NUL characters or fits no encoding.
    """
    digest, size = hashlib.sha256(), 0
    head, blank = b"", True
    decoder, utf8, nul = codecs.getincrementaldecoder("utf-8")("strict"), True, False
    with part.open() as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            head, blank = head or chunk[:4096], blank and chunk.isspace()
            nul = nul or b"\0" in chunk
            if utf8 and not (chunk.isascii() and decoder.getstate()[0] == b""):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
    if head.startswith(OLE):
        raise Refusal(OLD_WORKBOOK)
    if head.startswith(ZIP):
        return Look(digest.hexdigest(), size, False, None, False, is_workbook=True)
    if blank:
        raise Refusal("the file is empty")
    utf8 = utf8 and decoder.getstate()[0] == b""
    encoding = _encoding(head, utf8, nul)
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff").lstrip()
    is_xml = text.startswith("<")
    declared = re.match(r"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", text) if is_xml else None
    if declared and encoding in ("utf-8", "windows-1252"):
        encoding, overrides = _settle(declared[1], encoding)
    else:
        overrides = is_xml and encoding == "windows-1252"
    return Look(digest.hexdigest(), size, is_xml, encoding, overrides)


def _encoding(head: bytes, utf8: bool, nul: bool) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if nul:
        even, odd = head[0:200:2].count(0), head[1:200:2].count(0)
        half = min(len(head), 200) // 2
        if odd > 0.8 * half and even == 0:
            return "utf-16-le"
        if even > 0.8 * half and odd == 0:
            return "utf-16-be"
        raise Refusal("the file holds NUL bytes, which no return has; was it damaged on its way?")
    if head.startswith(codecs.BOM_UTF8):
        if not utf8:
            raise Refusal("the file says that it is UTF-8 and has bytes that are not")
        return "utf-8-sig"
    return "utf-8" if utf8 else "windows-1252"


def _settle(declared: str, seen: str) -> tuple[str, bool]:
    """An XML declaration is believed unless the bytes contradict it."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return seen, True
    if name.startswith("utf-16") or name.startswith("utf-32"):
        return seen, True  # such a file would have shown its zero bytes
    if name == "ascii":
        return seen, True  # what is seen holds ASCII too
    if name == "utf-8":
        return seen, seen != "utf-8"
    return name, False
