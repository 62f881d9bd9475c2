"""A Windows of its own for a test: a Wine prefix with the three libraries that Wine 8 lacks.

The stand-ins are for tests alone and are never installed: the C99 complex functions of ``ucrtbase.dll`` (numpy),
``icuuc.dll`` (Qt) and ``bcryptprimitives.dll`` (typst). Wine's own MSVC runtime is barred, so that a setup without one
fails. WMI is barred too: Wine 8 ends a program that asks it, as Python 3.12's ``platform`` does.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path

WINE = Path("/usr/lib/wine/wine64")
_STAND_INS = Path(__file__).parent / "wine_stand_ins"
_COMPILER = "x86_64-w64-mingw32-gcc"
_BARRED = ("msvcp140", "msvcp140_1", "msvcp140_2", "vcruntime140", "vcruntime140_1", "concrt140")
_REAL_RESULTS = ("creal", "cimag", "cabs", "carg")
_COMPLEX_RESULTS = (
    "ccos", "ccosh", "cexp", "clog", "csin", "csinh", "csqrt", "ctan", "ctanh", "catan", "casin", "cacos", "catanh",
    "casinh", "cacosh", "conj",
)  # fmt: skip


def wine_is_available() -> bool:
    """Whether Wine, mingw and a virtual display are installed."""
    return WINE.exists() and all(shutil.which(tool) for tool in (_COMPILER, "Xvfb"))


class Windows:
    """A Wine prefix.

    Args:
        folder: Of the prefix; created.
    """

    def __init__(self, folder: Path) -> None:
        self.prefix = folder / "prefix"
        self._scratch = folder / "stand_ins"
        self._scratch.mkdir(parents=True)
        self.run("wineboot", "--init", timeout=300)
        self.run("winecfg", "-v", "win10", timeout=120)
        system = self.prefix / "drive_c" / "windows" / "system32"
        for name in ("icuuc", "bcryptprimitives"):
            source = _STAND_INS / f"{name}.c"
            self._compile("-shared", "-o", str(system / f"{name}.dll"), str(source), "-ladvapi32")
        self._complete_ucrtbase(system)
        for name in _BARRED:
            (system / f"{name}.dll").unlink(missing_ok=True)

    @property
    def local_app_data(self) -> Path:
        """The user's ``%LOCALAPPDATA%``."""
        (user,) = [p for p in (self.prefix / "drive_c" / "users").iterdir() if p.name != "Public"]
        return user / "AppData" / "Local"

    def run(self, *command: str, timeout: float = 600, display: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program and wait for it; its output is a pipe."""
        return subprocess.run(
            [str(WINE), *command], env=self.environment(display), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout, check=False,
        )  # fmt: skip

    def start(self, *command: str, display: str) -> subprocess.Popen[str]:
        """Start a program in the background."""
        return subprocess.Popen(
            [str(WINE), *command], env=self.environment(display), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip

    def environment(self, display: str) -> dict[str, str]:
        """Environment of a program in this prefix."""
        overrides = ["mscoree=d", "mshtml=d", "winemenubuilder.exe=d", "wbemprox=d", "ucrtbase=n,b"]
        overrides += [f"{name}=n" for name in _BARRED]
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
        own = {"WINEPREFIX": str(self.prefix), "WINEARCH": "win64", "WINEDEBUG": "-all", "DISPLAY": display}
        return {**kept, **own, "WINEDLLOVERRIDES": ";".join(overrides), "OMP_NUM_THREADS": "2"}

    def stop(self) -> None:
        """End all programs of the prefix."""
        wineserver = WINE.with_name("wineserver64")
        server = str(wineserver) if wineserver.exists() else "wineserver"
        subprocess.run([server, "-k"], env=self.environment(""), check=False, capture_output=True)

    def _compile(self, *arguments: str) -> None:
        subprocess.run([_COMPILER, "-O1", "-w", "-static-libgcc", *arguments], cwd=self._scratch, check=True)

    def _complete_ucrtbase(self, system: Path) -> None:
        """Wine's ``ucrtbase.dll`` under another name, behind one that adds the complex functions."""
        data = bytearray((system / "ucrtbase.dll").read_bytes())
        names = _exported_names(data)
        marker = data.find(b"Wine builtin DLL")
        if marker >= 0:  # Wine would load its own file instead
            data[marker : marker + 16] = bytes(16)
        (system / "wineucrt.dll").write_bytes(data)
        source, own = _complex_functions()
        (self._scratch / "ucrtbase.c").write_text(source)
        exports = [f'  "{n}" = "{own[n]}"' if n in own else f'  "{n}" = "wineucrt.{n}"' for n in names]
        exports += [f'  "{n}" = "{inner}"' for n, inner in own.items() if n not in names]
        (self._scratch / "ucrtbase.def").write_text("\n".join(["LIBRARY ucrtbase.dll", "EXPORTS", *exports]))
        self._compile("-shared", "-o", str(self._scratch / "ucrtbase.dll"), "ucrtbase.c", "ucrtbase.def")
        (system / "ucrtbase.dll").unlink()
        shutil.copy2(self._scratch / "ucrtbase.dll", system / "ucrtbase.dll")


def _exported_names(data: bytes | bytearray) -> list[str]:
    """Names that a 64-bit PE library exports."""
    (header,) = struct.unpack_from("<I", data, 0x3C)
    (count,) = struct.unpack_from("<H", data, header + 6)
    (optional_size,) = struct.unpack_from("<H", data, header + 20)
    (directory,) = struct.unpack_from("<I", data, header + 24 + 112)
    sections = [struct.unpack_from("<8sIIII", data, header + 24 + optional_size + 40 * i) for i in range(count)]

    def offset(address: int) -> int:
        for _name, size, start, raw_size, raw in sections:
            if start <= address < start + max(size, raw_size):
                return int(address - start + raw)
        raise ValueError(f"no section holds address {address}")

    table = offset(directory)
    _functions, name_count, _addresses, name_table, _ordinals = struct.unpack_from("<IIIII", data, table + 20)
    names = []
    for i in range(name_count):
        (address,) = struct.unpack_from("<I", data, offset(name_table) + 4 * i)
        begin = offset(address)
        names.append(bytes(data[begin : data.index(b"\0", begin)]).decode())
    return names


def _complex_functions() -> tuple[str, dict[str, str]]:
    """C source of the complex functions, and inner name by exported name."""
    lines = [
        "#include <math.h>",
        "typedef struct {float r, i;} FC; typedef struct {double r, i;} DC;",
        "static inline float _Complex f(FC z) {float _Complex w; __real__ w = z.r; __imag__ w = z.i; return w;}",
        "static inline double _Complex g(DC z) {double _Complex w; __real__ w = z.r; __imag__ w = z.i; return w;}",
        "static inline FC F(float _Complex w) {FC z = {__real__ w, __imag__ w}; return z;}",
        "static inline DC G(double _Complex w) {DC z = {__real__ w, __imag__ w}; return z;}",
    ]
    own: dict[str, str] = {}
    # suffix, argument type, real result, inward and outward conversion, suffix of the builtin; long double is double
    for suffix, kind, real, inward, outward, builtin in (
        ("", "DC", "double", "g", "G", ""),
        ("f", "FC", "float", "f", "F", "f"),
        ("l", "DC", "double", "g", "G", ""),
    ):
        for name in _REAL_RESULTS:
            body = f"return __builtin_{name}{builtin}({inward}(z));"
            lines.append(f"{real} my_{name}{suffix}({kind} z) {{{body}}}")
        for name in _COMPLEX_RESULTS:
            body = f"return {outward}(__builtin_{name}{builtin}({inward}(z)));"
            lines.append(f"{kind} my_{name}{suffix}({kind} z) {{{body}}}")
        body = f"return {outward}(__builtin_cpow{builtin}({inward}(a), {inward}(e)));"
        lines.append(f"{kind} my_cpow{suffix}({kind} a, {kind} e) {{{body}}}")
        own |= {n + suffix: f"my_{n}{suffix}" for n in (*_REAL_RESULTS, *_COMPLEX_RESULTS, "cpow")}
    return "\n".join(lines), own
