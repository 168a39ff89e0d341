"""The system account that runs the embedded PostgreSQL where the site runs as root, which PostgreSQL refuses."""

from __future__ import annotations

import contextlib
import pwd
import stat
import subprocess
from pathlib import Path

SYSTEM_USER = "fashion-postgres"


def server_account() -> pwd.struct_passwd:
    """The account, made where there is none; "nobody" where it cannot be made."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        subprocess.run(command, check=True, capture_output=True)
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    return pwd.getpwnam("nobody")


def make_reachable(folder: Path) -> None:
    """Lets the server's account pass through (not list) every parent of `folder`, and read what is the wheel's."""
    for parent in [folder, *folder.parents]:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
    if folder.name.startswith("pginstall") and not (folder / "bin" / "postgres").stat().st_mode & stat.S_IROTH:
        subprocess.run(["chmod", "-R", "o+rX", str(folder), *map(str, folder.parent.glob("../*.libs"))], check=True)
