"""Which of the items belong together, and whose they say they are, by each platform's names.

    Moodle       Name Surname_1234567_assignsubmission_file_/momentum.ipynb, or flat
    Canvas       surnamename_LATE_12345_67890_momentum-2.ipynb
    Blackboard   ps1_userid_attempt_2026-11-20-10-15-00_momentum.ipynb, and a .txt beside it
    Gradescope   submission_123456/…, with submission_metadata.yml     (gradescope.py)
    otherwise    student-01/momentum.ipynb, student-01_05-momentum.ipynb     (plain.py)

A name is a claim of whoever packed the archive, nothing more: ``matching.py`` decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from autograder.intake.archives import ArrivalError, Item

MOODLE = re.compile(
    r"(?P<name>[^/]+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
GROUP = re.compile(r"[^/]*?-(?=\S)")
CANVAS = re.compile(
    r"(?P<who>[^/]+?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>[^/]+)"
)
CANVAS_ANONYMOUS = re.compile(
    r"anon_(?P<who>[A-Za-z0-9]{5})_(?P<late>LATE_)?(?P<attachment>\d+)_(?P<file>[^/]+)"
)
VERSION = re.compile(r"(?P<stem>.+?)-(?P<number>\d{1,3})(?P<suffix>\.[^.]+(?:\.[^.]+)?)")
BLACKBOARD = re.compile(
    r"(?P<before>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<sidecar>\.txt))"
)
SIDECAR_NAME = re.compile(r"^\s*(?:Name|Nom|이름)\s*:\s*(?P<name>.*?)\s*\((?P<id>[^()]+)\)", re.M)
SIDECAR_FILE = re.compile(
    r"^\s*Original filename:\s*(?P<own>.+?)\s*\n\s*Filename:\s*(?P<given>.+?)\s*$", re.M
)
MAX_SIDECAR = 100_000


@dataclass(frozen=True)
class Claims:
    """Who a bundle says it is from; what comes first counts more."""

    ids: tuple[str, ...] = ()
    """Ids or logins; several where an underscore may belong to the id or not."""
    endings: tuple[str, ...] = ()
    """What a file's name ends in may be an id as well, and then another one."""
    number: tuple[str, str] = ("", "")
    """("moodle", participant) or ("canvas", user)."""
    emails: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    anonymous: bool = False
    firm: bool = True
    """May the first id be believed where there is no class list?"""

    @property
    def shown(self) -> str:
        """The best of them, for messages; empty where there is none."""
        return next((text for text in (*self.names, *self.ids, *self.emails) if text), "")


@dataclass(frozen=True)
class Bundle:
    """What one student handed in at one time, as a platform packed it."""

    platform: str
    key: str
    """The folder or the beginning of the names that the platform gave: feedback goes back so."""
    claims: Claims
    items: tuple[tuple[str, Item], ...]
    """The student's own name of each file, with ``/``, and the file."""
    attempt: int = 1
    time: str = ""
    """When the platform says it came; without a zone it is the platform's own clock."""
    late: bool = False
    """Has the platform marked it as late?"""


def split(items: Iterable[Item]) -> tuple[list[Bundle], list[Item]]:
    """The bundles of Moodle, Canvas and Blackboard; what no platform named stays over."""
    moodle: dict[tuple[str, str, str], list[tuple[str, str, Item]]] = defaultdict(list)
    canvas: dict[tuple[str, ...], list[tuple[re.Match[str], Item]]] = defaultdict(list)
    blackboard: dict[tuple[str, str], list[tuple[re.Match[str], Item]]] = defaultdict(list)
    over = []
    for item in items:
        at, found = _moodle_part(item)
        if found is not None:
            own = "/".join(part for part in (found["file"] or "", *item.parts[at + 1 :]) if part)
            key = ("/".join(item.parts[:at]), found["name"], found["number"])
            moodle[key].append((found["kind"], own or item.name, item))
        elif match := BLACKBOARD.fullmatch(item.name):
            blackboard[match["before"], match["time"]].append((match, item))
        elif match := CANVAS_ANONYMOUS.fullmatch(item.name) or CANVAS.fullmatch(item.name):
            user = match.groupdict().get("user", "")
            canvas[match["who"], user].append((match, item))
        else:
            over.append(item)
    bundles = [_moodle(key, files) for key, files in moodle.items()]
    for files in canvas.values():
        bundles += _canvas(files)
    bundles += [_blackboard(files) for files in blackboard.values()]
    return bundles, over


def _moodle_part(item: Item) -> tuple[int, re.Match[str] | None]:
    for at, part in enumerate(item.parts):
        if found := MOODLE.fullmatch(part):
            return at, found
    return 0, None


def _moodle(key: tuple[str, str, str], files: list[tuple[str, str, Item]]) -> Bundle:
    """Files and online text of one participant; groups stand before the name: ``A-Kim Minjun``."""
    _, name, number = key
    kind = next((kind for kind, _, _ in files if kind == "file"), files[0][0])
    names = tuple(dict.fromkeys((name, GROUP.sub("", name, count=1))))
    return Bundle(
        "moodle",
        f"{name}_{number}_assignsubmission_{kind}_",
        Claims(number=("moodle", number), names=names),
        tuple((own, item) for _, own, item in files),
    )


def _canvas(files: list[tuple[re.Match[str], Item]]) -> Iterator[Bundle]:
    """One user's files: of several versions of a notebook each is an attempt of its own."""
    match = files[0][0]
    anonymous = "user" not in match.groupdict()
    claims = Claims(
        number=("canvas", "" if anonymous else match["user"]),
        names=(match["who"],),
        ids=(match["who"],),
        anonymous=anonymous,
    )
    by_version: dict[int, list[tuple[str, Item]]] = defaultdict(list)
    stems: dict[str, set[int]] = defaultdict(set)
    for found, item in files:
        own, version = _version(found["file"])
        stems[own].add(version)
        by_version[version].append((own, item))
    late = any(found["late"] for found, _ in files)
    prefix = match.string[: match.start("file")]
    if max(len(versions) for versions in stems.values()) == 1:
        together = tuple(entry for version in sorted(by_version) for entry in by_version[version])
        yield Bundle("canvas", prefix, claims, together, max(by_version) or 1, late=late)
        return
    for version, entries in sorted(by_version.items()):
        yield Bundle("canvas", prefix, claims, tuple(entries), version or 1, late=late)


def _version(name: str) -> tuple[str, int]:
    """Canvas numbers what is handed in again: ``momentum-2.ipynb``."""
    found = VERSION.fullmatch(name)
    if found is None or not name.lower().endswith((".ipynb", ".zip", ".txt", ".html")):
        return name, 0
    return found["stem"] + found["suffix"], int(found["number"])


def _blackboard(files: list[tuple[re.Match[str], Item]]) -> Bundle:
    match = files[0][0]
    texts = [_sidecar(item) for found, item in files if found["sidecar"]]
    told = SIDECAR_NAME.search(texts[0]) if texts else None
    own = {m["given"]: m["own"] for text in texts for m in SIDECAR_FILE.finditer(text)}
    pieces = match["before"].split("_")
    # "ps1_kim_minjun": where the assignment's name ends nobody can tell but the class list.
    ids = tuple("_".join(pieces[at:]) for at in range(1, len(pieces))) or (match["before"],)
    return Bundle(
        "blackboard",
        f"{match['before']}_attempt_{match['time']}",
        Claims(ids=(told["id"],) if told else ids, names=(told["name"],) if told else ()),
        tuple(
            (own.get(item.name, found["file"] or item.name), item)
            for found, item in files
        ),
        time="{}-{}-{} {}:{}:{}".format(*match["time"].split("-")),
    )  # fmt: skip


def _sidecar(item: Item) -> str:
    """What Blackboard's note says; empty for one that cannot be read."""
    if item.trouble:
        return ""
    try:
        text = item.read(MAX_SIDECAR).decode("utf-8-sig", "replace")
    except ArrivalError:
        return ""
    return text.replace("\r\n", "\n")


def renumbered(bundles: Iterable[Bundle]) -> list[Bundle]:
    """Attempts of one student, told apart by the platform's time, get their numbers."""
    counts: dict[tuple[str, Claims], int] = defaultdict(int)
    result = []
    for bundle in sorted(bundles, key=lambda each: (each.time, each.attempt)):
        if bundle.time:
            counts[bundle.platform, bundle.claims] += 1
        number = counts[bundle.platform, bundle.claims]
        result.append(replace(bundle, attempt=max(bundle.attempt, number)))
    return result
