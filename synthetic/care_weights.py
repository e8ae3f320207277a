"""The weights of what is not published, and the same as arrays."""

from pathlib import Path

import yaml

WEIGHTS = yaml.safe_load(Path(__file__).with_name("weights_care.yml").read_text(encoding="utf-8"))
