"""What belongs to a return against the folder it lies in: its name, its group, and what it reads.

These are the rules that dbt-bouncer would need once more for each return.
"""

import re
from pathlib import Path

from checks.columns import manifest
from loaders.spec import returns

OWN = re.compile(r"^(models/staging|models/single_year|seeds/code_lists)/([a-z0-9_]+)/")
NAMES = {
    "models/staging": r"stg_{}__\w+",
    "models/single_year": r"(year|int)_{}__\w+",
    "seeds/code_lists": r"code_{}__\w+",
}


def problems() -> tuple[list[str], str]:
    """What is wrong, and what was looked at."""
    nodes = {name: n for name, n in manifest()["nodes"].items() if n["resource_type"] in ("model", "seed")}
    found, seen = [], 0
    for node in nodes.values():
        place = OWN.match(Path(node["original_file_path"]).as_posix())
        if place is None:
            continue
        seen += 1
        folder, owner = place.groups()
        if owner not in returns():
            found.append(f"{node['original_file_path']} lies in a folder of {owner}, which is no return")
        if not re.fullmatch(NAMES[folder].format(owner), node["name"]):
            found.append(f"{node['name']} lies in {folder}/{owner}, where names are {NAMES[folder].format(owner)}")
        if node["resource_type"] == "model" and node["group"] != owner:
            found.append(
                f"{node['name']} is in the group {node['group']}, and dbt_project.yml should put it in {owner}"
            )
        for other in node.get("depends_on", {}).get("nodes", []):
            theirs = OWN.match(Path(nodes[other]["original_file_path"]).as_posix()) if other in nodes else None
            if folder == "models/single_year" and theirs and theirs[2] != owner:
                found.append(
                    f"{node['name']} reads {nodes[other]['name']}, of another return; that is for later layers"
                )
    return sorted(found), f"{seen} models and code lists"
