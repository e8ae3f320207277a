"""What may be odd about a submission's files although they can be read."""

import codecs
from dataclasses import dataclass, fields, replace
from pathlib import Path

ENCODINGS = {  # by name: the codec, the mark before the text (not left to the codec: it follows the machine)
    "utf-8": ("utf-8", b""),
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8),
    "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE),
    "windows-1252": ("cp1252", b""),
}


@dataclass(frozen=True)
class Shape:
    """What is odd about the files of a submission that can still be read; by default nothing.

    `file` is the one file that is odd (`episodes.csv`), "" all of them. `dates` is for `as_text`: by the time that
    files are written a date is text.
    """

    file: str = ""
    dates: str = ""  # a format other than the return's own
    encoding: str = "utf-8"  # a key of ENCODINGS
    delimiter: str = ","
    has_lower_case_header: bool = False
    has_columns_reversed: bool = False
    has_alias: bool = False  # a column by the first of its other names
    has_own_column: bool = False  # one that no specification knows
    has_title: bool = False  # above the header, on a sheet
    lacks: str = ""  # the table whose sheet is not there
    is_cut: bool = False  # broken off in the middle
    is_xml: bool = False  # where the return may be sent either way
    is_zip: bool = False
    name: str = "{stem}{suffix}"  # of a file, from its usual stem and suffix

    def named(self, usual: str) -> str:
        """A file's name in this shape."""
        path = Path(usual)
        return self.name.format(stem=path.stem, suffix=path.suffix)

    def of(self, file: str) -> "Shape":
        """The shape of one file of the submission, by its usual name."""
        return self if self.file in ("", file) else PLAIN

    def over(self, usual: "Shape") -> "Shape":
        """The usual shape, but for what is odd about this one."""
        odd = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return replace(usual, **odd)


SHAPES = {
    "lower_case_header": Shape(has_lower_case_header=True),
    "reordered_columns": Shape(has_columns_reversed=True),
    "aliased_column": Shape(has_alias=True),
    "iso_dates": Shape(dates="%Y-%m-%d"),
    "byte_order_mark": Shape(encoding="utf-8-sig"),
    "utf_16": Shape(encoding="utf-16"),
    "cp1252": Shape(encoding="windows-1252", has_own_column=True),
    "semicolons": Shape(delimiter=";"),
    "sent_as_xml": Shape(is_xml=True),
    "sent_as_zip": Shape(is_zip=True),
    "file_renamed": Shape(name="{stem} (1) final{suffix}"),
}
SHAPES_OF_WORKBOOKS = {
    "file_renamed": SHAPES["file_renamed"],
    "sheet_missing": Shape(),  # of which table is drawn
    "workbook_unreadable": Shape(is_cut=True),
}
OF_WORKBOOKS = [  # how authorities that like it otherwise fill in a workbook
    Shape(),
    Shape(has_title=True),
    Shape(has_alias=True, has_lower_case_header=True),
    Shape(has_title=True, dates="%d/%m/%Y"),
    Shape(has_columns_reversed=True),
]
PLAIN = Shape()
