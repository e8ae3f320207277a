"""What is in the inbox: files and members of archives, looked at once before anything trusts them."""

import codecs
import hashlib
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

CHUNK = 1 << 20
MAX_MEMBERS = 1_000
MAX_MEMBER_BYTES = 4 << 30
MAX_RATIO = 100  # of unpacked to packed size, above the size below
RATIO_COUNTS_FROM = 10 << 20
IGNORED = re.compile(r"^(\..*|~\$.*|Thumbs\.db|desktop\.ini|__MACOSX)$", re.IGNORECASE)


class Refusal(Exception):
    """A file cannot be landed; the message is one sentence for the person who sent it."""


@dataclass(frozen=True)
class Part:
    """One file to land: a file on disk, or a member of a zip archive."""

    name: str  # as it is written in the load log
    place: tuple[str, ...]  # folders it lies in, outermost first
    size: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Look:
    """What one pass over a file's bytes tells."""

    sha256: str
    size: int
    is_xml: bool
    encoding: str  # to read it in
    overrides_declaration: bool  # XML: the encoding is not the one the file declares


def parts(paths: list[Path], inbox: Path) -> Iterator[Part | tuple[str, Refusal]]:
    """Every file below the paths, archives unpacked in memory; in their place a name and why, where one is refused."""
    for path in paths:
        if not path.exists():
            yield str(path), Refusal("there is no such file or folder")
            continue
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if not p.is_dir())
        for file in files:
            inside = file.is_relative_to(inbox)
            shown = file.relative_to(inbox) if inside else file.relative_to(path.parent)
            if any(IGNORED.match(step) for step in shown.parts):
                continue
            place = shown.parts[:-1] if inside else file.absolute().parts[1:-1]
            name = shown.as_posix()
            mode = file.lstat().st_mode
            if not stat.S_ISREG(mode):
                yield name, Refusal("it is a link or a device, not a file; put the file itself there")
            elif zipfile.is_zipfile(file) and _starts_with(file, b"PK"):
                yield from _members(file, name, place)
            else:
                yield Part(name, place, file.stat().st_size, lambda file=file: file.open("rb"))


def _starts_with(file: Path, magic: bytes) -> bool:
    with file.open("rb") as handle:
        return handle.read(len(magic)) == magic


def _members(file: Path, name: str, place: tuple[str, ...]) -> Iterator[Part | tuple[str, Refusal]]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if "[Content_Types].xml" in archive.namelist():
                raise Refusal("it is a workbook, and no return that comes as a workbook is known yet; save it as CSV")
            _judge(members)
    except Refusal as refusal:
        yield name, refusal
        return
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        yield name, Refusal("the zip archive is damaged or of a kind that cannot be read")
        return
    for member in members:
        inner = PurePosixPath(member.filename)
        if any(IGNORED.match(step) for step in inner.parts):
            continue
        yield Part(
            f"{name}!{member.filename}",
            place + inner.parts[:-1],
            member.file_size,
            lambda file=file, member=member: _Member(file, member),
        )


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
        too_big = member.file_size > MAX_MEMBER_BYTES
        swells = member.file_size > RATIO_COUNTS_FROM and member.file_size > MAX_RATIO * member.compress_size
        if too_big or swells:
            raise Refusal("the zip archive unpacks to far more than a return can hold (a zip bomb?)")


class _Member:
    """A member of an archive as a readable stream that closes the archive with itself."""

    def __init__(self, file: Path, member: zipfile.ZipInfo):
        self._archive = zipfile.ZipFile(file)
        self._stream = self._archive.open(member)
        self.readable, self.readinto, self.read = self._stream.readable, self._stream.readinto, self._stream.read
        self.seekable, self.writable = (lambda: False), (lambda: False)
        self.closed = False

    def flush(self):
        """Nothing to flush: the stream is read only."""

    def close(self):
        """Close the member and its archive."""
        self._stream.close()
        self._archive.close()
        self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def look(part: Part) -> Look:
    """Read a file once: hash, size, kind and encoding, in memory that does not grow with it.

    The encoding is that of the byte-order mark, else UTF-16 where its zero bytes show it, else UTF-8 where every byte
    fits, else Windows-1252. Raises Refusal where the file is empty, holds NUL characters or fits no encoding.
    """
    digest, size = hashlib.sha256(), 0
    head = b""
    decoder, utf8, nul = codecs.getincrementaldecoder("utf-8")("strict"), True, False
    try:
        with part.open() as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                head = head or chunk[:4096]
                nul = nul or b"\0" in chunk
                if utf8 and not (chunk.isascii() and decoder.getstate()[0] == b""):
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        utf8 = False
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError) as error:
        raise Refusal("this member of the zip archive is damaged") from error
    if not head.strip():
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
    if name == "utf-8" or name == "ascii":
        return seen, seen != "utf-8"
    return name, False
