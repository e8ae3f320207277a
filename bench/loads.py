"""Benchmarks of loading: each figure is a ratio to a named baseline over the same bytes, in the same run.

`python -m bench.loads` writes dense made-up returns to a temporary folder and prints Markdown tables. A dense child has
every block of the census: 12 rows in 10 tables.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from bench.measure import in_own_process, row, table

CHILD = """
        <Child>
            <ChildIdentifiers>
                <LAchildID>C{0:09d}</LAchildID>
                <UPN>A{0:012d}</UPN>
                <FormerUPN>B{0:012d}</FormerUPN>
                <UPNunknown>UN3</UPNunknown>
                <PersonBirthDate>2012-05-17</PersonBirthDate>
                <ExpectedPersonBirthDate>2012-05-20</ExpectedPersonBirthDate>
                <GenderCurrent>1</GenderCurrent>
                <PersonDeathDate>2024-02-01</PersonDeathDate>
            </ChildIdentifiers>
            <ChildCharacteristics>
                <Ethnicity>WBRI</Ethnicity>
                <Disabilities>
                    <Disability>HAND</Disability>
                    <Disability>HEAR</Disability>
                </Disabilities>
            </ChildCharacteristics>
            <CINdetails>
                <CINreferralDate>2023-06-01</CINreferralDate>
                <ReferralSource>1A</ReferralSource>
                <PrimaryNeedCode>N4</PrimaryNeedCode>
                <CINclosureDate>2024-02-27</CINclosureDate>
                <ReasonForClosure>RC1</ReasonForClosure>
                <DateOfInitialCPC>2023-06-20</DateOfInitialCPC>
                <Assessments>
                    <AssessmentActualStartDate>2023-06-03</AssessmentActualStartDate>
                    <AssessmentInternalReviewDate>2023-06-22</AssessmentInternalReviewDate>
                    <AssessmentAuthorisationDate>2023-07-18</AssessmentAuthorisationDate>
                    <FactorsIdentifiedAtAssessment>
                        <AssessmentFactors>2A</AssessmentFactors>
                        <AssessmentFactors>2B</AssessmentFactors>
                    </FactorsIdentifiedAtAssessment>
                </Assessments>
                <CINPlanDates>
                    <CINPlanStartDate>2023-07-24</CINPlanStartDate>
                    <CINPlanEndDate>2023-08-26</CINPlanEndDate>
                </CINPlanDates>
                <Section47>
                    <S47ActualStartDate>2023-06-10</S47ActualStartDate>
                    <InitialCPCtarget>2023-06-30</InitialCPCtarget>
                    <DateOfInitialCPC>2023-06-21</DateOfInitialCPC>
                    <ICPCnotRequired>false</ICPCnotRequired>
                </Section47>
                <ReferralNFA>false</ReferralNFA>
                <ChildProtectionPlans>
                    <CPPstartDate>2023-06-21</CPPstartDate>
                    <CPPendDate>2024-01-14</CPPendDate>
                    <InitialCategoryOfAbuse>PHY</InitialCategoryOfAbuse>
                    <LatestCategoryOfAbuse>PHY</LatestCategoryOfAbuse>
                    <NumberOfPreviousCPP>0</NumberOfPreviousCPP>
                    <Reviews>
                        <CPPreviewDate>2023-09-15</CPPreviewDate>
                    </Reviews>
                </ChildProtectionPlans>
            </CINdetails>
        </Child>"""
HEAD = """<Message>
  <Header>
    <CollectionDetails><Collection>CIN</Collection><Year>2024</Year><ReferenceDate>2024-03-31</ReferenceDate></CollectionDetails>
    <Source><SourceLevel>L</SourceLevel><LEA>202</LEA><SerialNo>001</SerialNo><DateTime>2024-05-23T11:14:05</DateTime></Source>
  </Header>
  <Children>"""
TAIL = "\n  </Children>\n</Message>\n"
EPISODE = "{0:07d},{1:02d}/06/2023,S,C2,N1,U4,PR1,{1:02d}/11/2023,X1,CARPL,ZZ1 1AA,ZZ2 2BB,SC900001\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
ROUNDS = 3


def write_census(file: Path, children: int) -> None:
    """Write a census of so many dense children."""
    with file.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        out.writelines(CHILD.format(number) for number in range(children))
        out.write(TAIL)


def write_episodes(file: Path, rows: int) -> None:
    """Write an episodes table of so many rows."""
    with file.open("w", encoding="utf-8") as out:
        out.write(EPISODES)
        out.writelines(EPISODE.format(number, number % 28 + 1) for number in range(rows))


def compare(baseline: str, file: Path) -> tuple[dict, dict]:
    """Medians of a few rounds of the baseline and of landing, taken in turn, without Python's own start."""
    rounds = [[_once(piece, file) for piece in (baseline, "land")] for _ in range(ROUNDS)]
    return tuple(
        {key: statistics.median(one[side][key] for one in rounds) for key in ("cpu", "wall", "peak_mb")}
        for side in (0, 1)
    )


def _once(piece: str, file: Path) -> dict:
    took = in_own_process("bench.work", piece, str(file))
    return json.loads(took.printed.splitlines()[-1]) | {"peak_mb": took.peak_mb}


def main() -> None:
    """Print the tables."""
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory() as folder:
        table("CIN XML, dense children", "MB", "iterparse, CPU s", "landed, CPU s", "ratio", "children/s", "peak MB")
        for size in sizes:
            file = Path(folder) / f"cin_{size}.xml"
            write_census(file, size)
            base, landed = compare("iterparse", file)
            _print(size, file, base, landed, size / landed["cpu"])
            file.unlink()
        sys.stdout.write("\n")
        table("SSDA903 CSV, episodes", "MB", "read_csv, CPU s", "landed, CPU s", "ratio", "rows/s (wall)", "peak MB")
        for size in (10 * size for size in sizes):
            file = Path(folder) / "episodes.csv"
            write_episodes(file, size)
            base, landed = compare("read_csv", file)
            _print(size, file, base, landed, size / landed["wall"])


def _print(size: int, file: Path, base: dict, landed: dict, pace: float) -> None:
    row(
        f"{size:,}",
        f"{file.stat().st_size / 1e6:.1f}",
        f"{base['cpu']:.2f}",
        f"{landed['cpu']:.2f}",
        f"{landed['cpu'] / base['cpu']:.2f}",
        f"{pace:,.0f}",
        f"{landed['peak_mb']:.0f}",
    )


if __name__ == "__main__":
    main()
