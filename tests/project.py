"""A copy of the project in a folder of its own, where commands run with the network shut."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from models.approvals import ROLES
from pipelines.code import ROOT

# Python runs this before anything else: whoever tries to reach another machine is refused and written down.
NO_NETWORK = """
import os, socket
def refuse(self, address, *_):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        with open(os.environ["CALLED_OUT"], "a") as log:
            print(address[0], file=log)
        raise OSError("this run may not use the network")
    return connect(self, address)
connect, socket.socket.connect = socket.socket.connect, refuse
"""


@dataclass(frozen=True)
class Project:
    """A copy of the project's own files in a folder of its own, with a git and a DVC of its own."""

    folder: Path
    called_out: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{self.called_out.parent}{os.pathsep}{self.folder}",
            "CALLED_OUT": str(self.called_out),
        }

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess:
        given = {"cwd": self.folder, "env": self.environment}
        done = subprocess.run(command, **given, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
        return done

    def commit(self, message: str) -> None:
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=tests", "-c", "user.email=tests@localhost", "commit", "-qm", message)

    def edit(self, file: str, *changes: tuple[str, str]) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"{file} no longer says {old!r}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


def project(folder: Path) -> Project:
    """Copy the project's files (not what it made) and start its histories."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file() and name != "dvc.lock":
            (folder / "project" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "project" / name)
    (folder / "shut").mkdir()
    (folder / "shut" / "sitecustomize.py").write_text(NO_NETWORK)
    made = Project(folder / "project", folder / "shut" / "called_out.txt")
    made.run("git", "init", "-q")
    made.commit("the project")
    return made


def sign_off(run: Project, outcome: str, recipient: str) -> None:
    """Have all three roles sign the model of an outcome as it lies there, whatever its gates say."""
    sha256 = run.run(sys.executable, "-c", f"from pipelines.seal import seal; print(seal({outcome!r}))").stdout.strip()
    bundle = json.loads((run.folder / f"models/bundles/{outcome}/bundle.json").read_text(encoding="utf-8"))
    told = {"outcome": outcome, "model": bundle["meta"]["identity"], "sha256": sha256, "use_level": "prioritisation"}
    told |= {"recipients": [recipient], "name": "a test", "signed_on": "2020-01-01", "until": "2999-01-01"}
    records = [told | {"role": role} for role in ROLES]
    (run.folder / "models/approvals.yaml").write_text(yaml.safe_dump(records), encoding="utf-8")
