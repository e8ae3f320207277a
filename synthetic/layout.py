"""Where each table and value of a return stands in its XML, from the specification: a tree of elements in order."""

from dataclasses import dataclass, field
from functools import cache

from loaders import spec

# Document order, where it is not the order of the specification's tables and columns.
ORDER = {
    "CINdetails": ["Section47", "ReferralNFA", "ChildProtectionPlans", "PreProceedingsandFGDM"],
    "HEADER": [
        *["CHILDID", "UPN", "SEX", "DOB", "ETHNIC", "UASC", "DUC"],
        *["DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"],
        *["IN_TOUCH", "ACTIV", "ACCOM", "AMISSING", "AREVIEW", "MOTHER", "MC_DOB", "PERMANENCE", "OC2", "AD_PLACED"],
    ],
}


@dataclass
class Element:
    """One element of a return: rows of tables, a value, or a mere wrapper of what stands inside it."""

    path: str
    is_record: bool = False
    tables: list[spec.Table] = field(default_factory=list)  # whose rows it is; several may share one element
    columns: list[tuple[str, str]] = field(default_factory=list)  # (table, column) that it is the value of
    inside: list["Element"] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The element's name."""
        return self.path.rpartition("/")[2]

    @property
    def is_rows(self) -> bool:
        """Whether it stands once for each row, or for each record."""
        return self.is_record or bool(self.tables)

    def nested(self) -> list["Element"]:
        """The elements of rows next below, whatever wraps them."""
        return [found for inner in self.inside for found in ([inner] if inner.is_rows else inner.nested())]

    def values(self) -> list["Element"]:
        """The values of this element's own rows, whatever wraps them; of a row that is one value, itself."""
        own = [self] if self.columns else []
        for inner in self.inside:
            if not inner.is_rows:
                own += inner.values()
        return own


@cache
def of(return_name: str, year: int) -> Element:
    """The root element of a return's XML in a year."""
    source = spec.returns()[return_name]
    found: dict[str, Element] = {}

    def at(path: str) -> Element:
        if path not in found:
            found[path] = Element(path)
            around = path.rpartition("/")[0]
            if around:
                at(around).inside.append(found[path])
        return found[path]

    root = at(f"/{source.meta.xml_root}")
    for table in source.tables:
        if not table.meta.path or not spec.within(table.meta.years, year):
            continue
        at(table.meta.path).tables.append(table)
        for column in table.columns:
            path = table.path(column)
            if f"{path}/".startswith(f"{table.meta.path}/") and spec.within(column.meta.years, year):
                at(path).columns.append((table.name, column.name))
    at(source.meta.xml_record).is_record = True
    for element in found.values():
        if element.tables:  # a value that is itself a row of another table is that table's alone
            names = [table.name for table in element.tables]
            element.columns = [column for column in element.columns if column[0] in names]
        turns = {tag: turn for turn, tag in enumerate(ORDER.get(element.tag, []))}
        element.inside.sort(key=lambda inner, turns=turns: turns.get(inner.tag, -1))
    return root
