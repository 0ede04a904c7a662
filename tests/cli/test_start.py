"""`xqg` as a program: help, version, imports, Ctrl-C, closed pipes."""

from __future__ import annotations

import os
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


def test_without_a_command_it_says_what_to_do_first(xqg) -> None:
    out = xqg().out
    first, _, usage = out.partition("Usage: xqg [OPTIONS] COMMAND")
    assert "  xqg demo " in first
    assert "  xqg index passages.jsonl --encoder minilm --out my-index " in first
    assert len(first.splitlines()) < 10
    assert usage == xqg("--help").out.removeprefix("Usage: xqg [OPTIONS] COMMAND")


def test_as_a_module() -> None:
    run = [sys.executable, "-m", "xqg", "--version"]
    result = subprocess.run(run, capture_output=True, encoding="utf-8", timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, f"xqg {__version__}\n", "")


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
    def interrupted(*_: object, **__: object) -> None:
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
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("xqg.index.StoredIndex.open", fail)
    assert says in refused("info", "index")


def test_debugging_shows_the_traceback(xqg, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
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


def complete(words: str) -> list[str]:
    """What a shell offers after these words."""
    asked = {"_XQG_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    result = subprocess.run(
        [sys.executable, "-m", "xqg"], capture_output=True, encoding="utf-8", timeout=60, env={**os.environ, **asked}
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.split()


def test_shells_complete_commands_and_flags() -> None:
    assert complete("xqg re") == ["retrieve", "remove", "reweight", "restore", "report", "reproduce"]
    assert complete("xqg search --al") == ["--alpha"]
    assert complete("xqg train en") == ["encoder"]


def test_completion_is_installed_and_shown(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path)}
    for flag in ("--show-completion", "--install-completion"):
        line = f"{sys.executable} -m xqg {flag}; exit $?"  # a shell between, which is told by its process
        result = subprocess.run(
            ["bash", "-c", line], capture_output=True, encoding="utf-8", timeout=60, env=environment
        )
        assert (result.returncode, result.stderr) == (0, ""), result
    script = (tmp_path / ".bash_completions" / "xqg.sh").read_text()
    assert "_XQG_COMPLETE=complete_bash" in script
    assert "xqg.sh" in (tmp_path / ".bashrc").read_text()


def test_a_command_of_another_package(tmp_path: Path) -> None:
    """A package on the path with a command that works, and one that cannot be imported."""
    (tmp_path / "greeting.py").write_text(
        "def greet(name: str) -> None:\n    '''Greet somebody.'''\n    print(f'Hello {name}')\n"
    )
    info = tmp_path / "greeting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[xqg.commands]\ngreet = greeting:greet\nbroken = no_such_module:run\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "xqg", *arguments],
            capture_output=True, encoding="utf-8", timeout=60, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip

    said = run("greet", "Aino")
    assert (said.returncode, said.stdout) == (0, "Hello Aino\n")
    assert said.stderr.startswith("xqg: warning: command 'broken' of entry point no_such_module:run cannot be imported")
    assert said.stderr.count("\n") == 1
    assert "\n  greet         Greet somebody.\n" in run("--help").stdout
