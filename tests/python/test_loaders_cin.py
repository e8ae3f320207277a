"""CIN census files of every year, shape and encoding land as they were sent."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import cin, cin_child, cin_header, cin_tree, xml

from loaders import spec
from loaders.files import look
from loaders.xml_rows import XmlReader

FIRST, LAST = spec.returns()["cin"].meta.years
YEARS = range(FIRST, LAST + 1)


def read(text: str | bytes) -> dict[str, list[dict]]:
    """Rows of every table, by the reader alone."""
    import io

    content = text if isinstance(text, bytes) else text.encode()
    rows: dict[str, list[dict]] = {}
    for batch in XmlReader(spec.returns()["cin"], io.BytesIO(content)).batches():
        for name, some in batch.items():
            rows.setdefault(name, []).extend(some.to_pylist())
    return rows


@pytest.mark.parametrize("year", YEARS)
def test_every_year_lands(data, year):
    outcome = data.one(cin(year=year))
    assert (outcome.status, outcome.return_year, outcome.la_name) == ("landed", year, "Camden")
    assert outcome.findings == []


def test_a_year_that_the_specification_does_not_cover_is_refused(data):
    assert f"covers {FIRST} to {LAST}" in data.one(cin(year=FIRST - 1)).reason


def test_blocks_repeat_and_each_knows_its_parent():
    plans = [
        (
            "ChildProtectionPlans",
            [
                ("CPPstartDate", f"2024-0{n}-01"),
                ("Reviews", [("CPPreviewDate", f"2024-0{n}-10"), ("CPPreviewDate", f"2024-0{n}-20")]),
                ("Reviews", [("CPPreviewDate", f"2024-0{n}-25")]),
            ],
        )
        for n in (7, 8)
    ]
    assessments = [
        (
            "Assessments",
            [
                ("AssessmentActualStartDate", f"2024-06-0{n}"),
                ("FactorsIdentifiedAtAssessment", [("AssessmentFactors", "1A"), ("AssessmentFactors", "2B")]),
            ],
        )
        for n in (4, 5, 6)
    ]
    rows = read(cin(cin_child("A", more=plans), cin_child("B", more=assessments), cin_child("C", more=plans[:1])))
    assert [row["LAchildID"] for row in rows["child_protection_plans"]] == ["A", "A", "C"]
    assert [(row["LAchildID"], row["parent_row"], row["CPPreviewDate"]) for row in rows["cpp_reviews"]] == [
        ("A", 1, "2024-07-10"),
        ("A", 1, "2024-07-20"),
        ("A", 1, "2024-07-25"),
        ("A", 2, "2024-08-10"),
        ("A", 2, "2024-08-20"),
        ("A", 2, "2024-08-25"),
        ("C", 3, "2024-07-10"),
        ("C", 3, "2024-07-20"),
        ("C", 3, "2024-07-25"),
    ]
    assert [row["CPPstartDate"] for row in rows["cpp_reviews"]][::3] == ["2024-07-01", "2024-08-01", "2024-07-01"]
    assert [row["parent_row"] for row in rows["assessment_factors"]] == [1, 1, 2, 2, 3, 3]
    assert [row["record_number"] for row in rows["cin_details"]] == [1, 2, 3]


def test_the_date_of_an_initial_conference_stands_at_both_levels():
    more = [
        ("DateOfInitialCPC", "2024-06-20"),
        ("Section47", [("S47ActualStartDate", "2024-06-10"), ("DateOfInitialCPC", "2024-06-21")]),
    ]
    rows = read(cin(cin_child(more=more)))
    assert rows["cin_details"][0]["DateOfInitialCPC"] == "2024-06-20"
    assert rows["section_47"][0]["DateOfInitialCPC"] == "2024-06-21"


def test_empty_blocks_say_nothing_and_lose_nothing():
    more = [("Assessments", None), ("Section47", [("S47ActualStartDate", None)]), ("ChildProtectionPlans", [])]
    rows = read(cin(cin_child(more=more), ("Child", [])))
    assert set(rows) == {"header", "child_identifiers", "child_characteristics", "disabilities", "cin_details"}
    assert len(rows["child_identifiers"]) == 1


def shuffled(tree, order: random.Random):
    """The same elements, at every level in another order."""
    tag, inside = tree
    if not isinstance(inside, list):
        return tree
    return tag, order.sample([shuffled(child, order) for child in inside], len(inside))


@pytest.mark.parametrize("seed", range(5))
def test_elements_may_come_in_any_order(data, new_data, seed):
    more = [("Section47", [("S47ActualStartDate", "2024-06-10"), ("ICPCnotRequired", "false")])]
    tree = cin_tree(cin_child("A", more=more), cin_child("B"))
    assert data.one(xml(tree)).status == "landed"
    other = new_data("shuffled")
    assert other.one(xml(shuffled(tree, random.Random(seed)))).status == "landed"

    def values(rows):
        names = ("source_row", "record_number", "parent_row", "source_line", "submission_id", "return_year")
        return sorted(str({k: v for k, v in row.items() if k not in names}) for row in rows)

    for name in ("child_identifiers", "child_characteristics", "cin_details", "section_47"):
        assert values(data.raw(f"cin__{name}")) == values(other.raw(f"cin__{name}"))


def test_the_header_may_come_after_many_children(data):
    text = xml(("Message", [("Children", [cin_child(f"C{n}") for n in range(2_000)]), cin_header()]))
    outcome = data.one(text)
    assert (outcome.status, outcome.return_year, outcome.table_rows["child_identifiers"]) == ("landed", 2025, 2_000)


@pytest.mark.parametrize(
    ("root", "prefix"),
    [
        ('<Message xmlns="urn:made-up">', ""),
        ('<x:Message xmlns:x="urn:made-up">', "x:"),
        ('<Message xmlns:xsi="urn:xsi" xsi:noNamespaceSchemaLocation="CIN.xsd">', ""),
    ],
)
def test_a_namespace_makes_no_difference(data, root, prefix):
    text = cin().replace("<", f"<{prefix}").replace(f"<{prefix}/", f"</{prefix}")
    outcome = data.one(text.replace(f"<{prefix}Message>", root, 1))
    assert outcome.status == "landed"
    assert outcome.table_rows == {
        "header": 1,
        "child_identifiers": 1,
        "child_characteristics": 1,
        "disabilities": 1,
        "cin_details": 1,
    }


NAME = "Zoë–O’Neill"  # in Windows-1252, but not in Latin-1


def named(declaration: str) -> str:
    return declaration + cin(cin_child(NAME))


@pytest.mark.parametrize(
    ("what", "content", "encoding"),
    [
        ("plain", named("").encode(), "utf-8"),
        ("declared", named('<?xml version="1.0" encoding="UTF-8"?>').encode(), "utf-8"),
        ("mark", named('<?xml version="1.0" encoding="utf-8"?>').encode("utf-8-sig"), "utf-8-sig"),
        ("mark alone", named("").encode("utf-8-sig"), "utf-8-sig"),
        ("UTF-16", named('<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"), "utf-16"),
        ("UTF-16, undeclared", named("").encode("utf-16"), "utf-16"),
        ("UTF-16, said to be UTF-8", named('<?xml version="1.0" encoding="UTF-8"?>').encode("utf-16"), "utf-16"),
        ("UTF-16 without a mark", named('<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16-le"), "utf-16-le"),
        ("UTF-16, big end first", named('<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16-be"), "utf-16-be"),
        ("Windows", named('<?xml version="1.0" encoding="Windows-1252"?>').encode("cp1252"), "cp1252"),
        ("Windows, undeclared", named("").encode("cp1252"), "windows-1252"),
        (
            "Windows, said to be UTF-8",
            named('<?xml version="1.0" encoding="UTF-8"?>').encode("cp1252"),
            "windows-1252",
        ),
        ("UTF-8, said to be UTF-16", named('<?xml version="1.0" encoding="UTF-16"?>').encode(), "utf-8"),
        ("UTF-8, said to be ASCII", named('<?xml version="1.0" encoding="us-ascii"?>').encode(), "utf-8"),
        ("UTF-8, said to be nonsense", named('<?xml version="1.0" encoding="klingon"?>').encode(), "utf-8"),
    ],
)
def test_an_encoding_is_told_from_the_bytes(data, what, content, encoding):
    outcome = data.one(content)
    assert (outcome.status, outcome.encoding) == ("landed", encoding), (what, outcome.reason)
    assert data.raw("cin__child_identifiers")[0]["LAchildID"] == NAME


def test_what_is_said_to_be_latin_1_is_read_so(data):
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + cin(cin_child("Zoë"))
    assert data.one(text.encode("latin-1")).status == "landed"
    assert data.raw("cin__child_identifiers")[0]["LAchildID"] == "Zoë"


def test_text_lands_verbatim_spaces_comments_and_entities_included():
    text = cin(cin_child("ID")).replace("<LAchildID>ID<", "<LAchildID> a<!-- c -->b&amp;&#233;<![CDATA[<&]]>\t\n <")
    assert read(text)["child_identifiers"][0]["LAchildID"] == " ab&é<&\t\n "
    assert read(cin(cin_child(" ")))["child_identifiers"][0]["LAchildID"] == " "


def test_a_row_knows_its_line():
    children = "".join(
        f"\n<Child><ChildIdentifiers><LAchildID>{n}</LAchildID></ChildIdentifiers></Child>" for n in range(5)
    )
    text = cin().split("<Children>")[0] + "<Children>" + children + "</Children></Message>"
    assert [row["source_line"] for row in read(text)["child_identifiers"]] == [2, 3, 4, 5, 6]


def test_a_row_far_down_a_file_knows_the_line_of_its_first_value():
    """libxml2 keeps the line of an element up to 65,535 only; after that it gives that of the first text inside."""
    child = "<Child>\n<ChildIdentifiers>\n<LAchildID>{}</LAchildID>\n</ChildIdentifiers>\n</Child>\n"
    text = cin().split("<Children>")[0] + "<Children>\n" + "".join(child.format(n) for n in range(14_000))
    lines = [row["source_line"] for row in read(text + "</Children></Message>")["child_identifiers"]]
    begins = [3 + 5 * n for n in range(14_000)]
    assert lines == [line if line <= 65_535 else line + 1 for line in begins]


def test_what_the_specification_does_not_know_is_kept_and_told(data):
    child = cin_child(more=[("HairColour", "red"), ("Pets", [("Cat", "Tom")]), ("ReferralSource", "2B")])
    outcome = data.one(cin(child))
    assert outcome.status == "landed"
    unmapped = data.raw("cin__cin_details")[0]["unmapped"]
    for value in ("red", "<Cat>Tom</Cat>", "2B"):
        assert value in unmapped
    assert any("HairColour" in finding for finding in outcome.findings)
    assert not any("red" in finding for finding in outcome.findings)


def test_a_child_inside_a_child_costs_neither_its_identifiers():
    inner = cin_child("INNER")
    outer = ("Child", [*cin_child("OUTER")[1][:1], inner, *cin_child("OUTER")[1][1:]])
    rows = read(cin(outer, cin_child("NEXT")))
    ids = [row["LAchildID"] for row in rows["child_identifiers"]]
    assert ids == ["OUTER", "NEXT"]
    assert [row["LAchildID"] for row in rows["cin_details"]] == ["OUTER", "NEXT"]
    assert any("INNER" in (row["unmapped"] or "") for some in rows.values() for row in some)


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=12)


@st.composite
def records(draw):
    """A child with any of the specification's tables, any number of times, and any text."""
    tables = [t for t in spec.returns()["cin"].tables if t.meta.path.startswith("/Message/Children/Child/")]

    def block(table):
        own = [c for c in table.columns if (table.path(c) or "").rpartition("/")[0] == table.meta.path]
        inside = [(c.name, draw(VALUES)) for c in own if draw(st.booleans())]
        if not inside and own:
            inside = [(own[0].name, draw(VALUES))]
        for part in tables:
            if part.meta.path.startswith(table.meta.path + "/") and part.meta.parent == table.name:
                inside += [hang(part, table) for _ in range(draw(st.integers(0, 2)))]
        return table.meta.path.rpartition("/")[2], inside

    def hang(part, table):
        below = part.meta.path.removeprefix(table.meta.path + "/").split("/")
        leaf = any(part.path(c) == part.meta.path for c in part.columns)
        tree = (below[-1], draw(VALUES)) if leaf else block(part)
        for tag in reversed(below[:-1]):
            tree = tag, [tree]
        return tree

    top = [t for t in tables if t.meta.path.count("/") == 4]
    blocks = [block(t) for t in top for _ in range(draw(st.integers(t.name == "child_identifiers", 1)))]
    return "Child", blocks + [block(t) for t in top if t.name == "cin_details" and draw(st.booleans())]


def said(tree, path="") -> list[tuple[str, str]]:
    """(path, text) of every value of a tree."""
    tag, inside = tree
    here = f"{path}/{tag}"
    return [(here, inside)] if isinstance(inside, str) else [pair for child in inside for pair in said(child, here)]


@settings(max_examples=60, deadline=None)
@given(st.lists(records(), min_size=1, max_size=4))
def test_any_tree_of_the_specification_comes_back_as_it_was_sent(children):
    tree = cin_tree(*children)
    rows = read(xml(tree))
    came = []
    for table in spec.returns()["cin"].tables:
        for row in rows.get(table.name, []):
            assert row["unmapped"] is None
            came += [
                (table.path(column), row[column.name])
                for column in table.columns
                if row[column.name] is not None
                and table.path(column).startswith(table.meta.path)
                and not any(other.meta.path == table.path(column) != table.meta.path for other in _tables())
            ]
    assert sorted(came) == sorted(pair for pair in said(tree))


def _tables():
    return spec.returns()["cin"].tables


def test_looking_at_a_file_takes_one_pass_over_it(tmp_path):
    from loaders.files import parts

    file = tmp_path / "file.xml"
    file.write_text(cin())
    (part,) = parts([file], tmp_path / "inbox")
    assert look(part).size == file.stat().st_size == part.size
