"""``python -m tools.picture DIRECTORY``: plays the day, and draws a pair's dashboard and the overview."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from local.cloud import Cloud
from tools.picture.day import function_of, play, start
from tools.picture.draw import Picture

_PROJECT = Path(__file__).resolve().parents[2]
_PICTURES = {"dashboard.png": function_of("newsarchive"), "overview.png": "ecr-batch-updater-prod_overview"}


def main(directory: Path) -> None:
    """Draws into ``directory``."""
    with Cloud(time_factor=0.001) as cloud:
        start(cloud, _PROJECT)
        written = play(cloud)
        for file, name in _PICTURES.items():
            dashboard = cloud.client("cloudwatch").get_dashboard(DashboardName=name)
            Picture(cloud, json.loads(dashboard["DashboardBody"]), written).save(directory / file)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.picture DIRECTORY")
    main(Path(sys.argv[1]))
