"""A small file system in memory, for tests of full and read-only disks: root only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["Disk", "small_disk"]

PAGE = 4  # KiB: what a file's size is rounded up to


class Disk:
    """A mounted tmpfs. Sizes in KiB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, kib: int) -> None:
        """Make it smaller, down to what it holds, or larger."""
        self._remount(f"size={kib}k")

    def limit_files(self, number: int) -> None:
        """Let it hold so many files and folders at most."""
        self._remount(f"nr_inodes={number}")

    def read_only(self) -> None:
        """Let nothing be written any more."""
        self._remount("ro")

    @property
    def used(self) -> int:
        """What its files take, in KiB."""
        status = os.statvfs(self.folder)
        return (status.f_blocks - status.f_bfree) * status.f_frsize // 1024

    @property
    def files(self) -> int:
        """How many files and folders it holds."""
        status = os.statvfs(self.folder)
        return status.f_files - status.f_ffree

    def _remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", self.folder], check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path, kib: int = 64 * 1024) -> Iterator[Disk]:
    """Mount one at a new folder; skips the test where that is not possible."""
    if shutil.which("mount") is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("needs root and mount, to make a file system that is full")
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k,nr_inodes=100000", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"needs a tmpfs: {done.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)
