"""`xqg` as a program: help, version, imports, Ctrl-C, closed pipes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xqg import __version__
from xqg.cli import COMMANDS

HEAVY = (
    "numpy",
    "torch",
    "transformers",
    "sentence_transformers",
    "ctranslate2",
    "lance",
    "pyarrow",
    "faiss",
    "scipy",
    "babel",
    "ir_measures",
    "lingua",
    "nltk",
    "yaml",
)


def program(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8", timeout=120
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv[1:] = ['--help']\n"
        "from xqg.cli import main\n"
        "try: main()\n"
        f"finally: print('HEAVY', sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    result = program(code)
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.splitlines()[-1] == "HEAVY []"
    for name in COMMANDS:
        assert f"  {name} " in result.stdout


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(xqg, name: str) -> None:
    result = xqg(name, "--help")
    assert result.code == 0
    assert result.out.startswith(f"Usage: xqg {name}")
    assert result.err == ""


def test_without_a_command_help_is_shown(xqg) -> None:
    assert xqg().out.startswith("Usage: xqg")


def test_version(xqg) -> None:
    assert xqg("--version") == (0, f"xqg {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing"], "no such command 'nothing'; see xqg --help"),
        (["index"], "missing argument"),
        (["info", "--jsn"], "no such option: --jsn"),
        (["search", "i", "text", "-k", "0"], "'-k'"),
        (["search", "i", "text", "-k", "many"], "'-k'"),
        (["retrieve", "i", "q"], "missing option '--out'"),
        (["generate", "p", "--generator"], "'--generator'"),
        (["info", "a", "b"], "unexpected extra argument"),
    ],
)
def test_wrong_use_is_one_line(refused, arguments: list[str], says: str) -> None:
    assert says in refused(*arguments)


def test_program_ends_with_one_line_and_code_2(tmp_path: Path) -> None:
    result = program("from xqg.cli import main; main()", "info", str(tmp_path / "no\nsuch"))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr == (
        f"xqg: error: {tmp_path}/no such: no such folder; give the folder that `xqg index --out` made\n"
    )


def test_interruption_says_that_it_goes_on(xqg, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("xqg.index.StoredIndex.open", interrupted)
    result = xqg("info", "index")
    assert result.code == 130
    assert result.err == "xqg: error: interrupted; the same command goes on where it stopped\n"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(28, "No space left on device", "x"), "x: No space left on device; free space"),
        (PermissionError(13, "Permission denied", "x"), "x: Permission denied; check its permissions"),
        (MemoryError(), "out of memory; "),
        (ValueError("two\nlines"), "unexpected ValueError (two lines)"),
    ],
)
def test_other_errors_are_one_line(refused, monkeypatch, error: Exception, says: str) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr("xqg.index.StoredIndex.open", fail)
    assert says in refused("info", "index")


def test_debugging_shows_the_traceback(xqg, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr("xqg.index.StoredIndex.open", fail)
    monkeypatch.setenv("XQG_DEBUG", "1")
    assert "Traceback" in xqg("info", "index").err


def test_a_closed_pipe_is_no_error() -> None:
    code = (
        "import os, sys\n"
        "reader, writer = os.pipe(); os.close(reader); os.dup2(writer, 1)\n"
        "sys.argv[1:] = ['--help']\n"
        "from xqg.cli import main; main()"
    )
    result = program(code)
    assert (result.returncode, result.stderr) == (0, "")


def test_warnings_are_clean_lines() -> None:
    code = (
        "from xqg.cli.quiet import prepare; prepare(); prepare()\n"
        "import logging, warnings\n"
        "from xqg.models import warn_untrained\n"
        "warn_untrained('encoder', 'e', ('en',), ['ja'])\n"
        "logging.getLogger('transformers').warning('noise')\n"
        "warnings.warn('noise')\n"
        "print('日本')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="ascii",
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        timeout=60,
    )
    assert result.stderr == ("xqg: warning: encoder e was not trained for ja (its model card says so)\n")
    assert result.stdout == "\\u65e5\\u672c\n"
