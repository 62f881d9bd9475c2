"""Files and folders that operating systems, storage boxes and cloud services put beside a user's files."""

from __future__ import annotations

import re
from enum import StrEnum

_HELPER_FOLDERS = frozenset({
    "system volume information", "recycler", "recycled", "recycle bin", "recycle", "trashbox", "msocache",
    "config.msi", "lost+found", "lost.dir", "network trash folder", "temporary items", "thevolumesettingsfolder",
    "__macosx", "#recycle", "#snapshot", "~snapshot", "picasa originals",
})  # fmt: skip
_HELPER_FOLDER = re.compile(r"[$@].+|found\.\d{3}", re.IGNORECASE)
"""Windows begins such names with ``$``, storage boxes of Synology and QNAP with ``@``; ``found.000`` is chkdsk's."""
_HELPER_FILES = frozenset({
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "folder.htt", "autorun.inf", "iconcache.db",
    "picasa.ini", "zbthumbnail.info", "icon\r", "sthumbs.dat", "thumbs.db:encryptable",
})  # fmt: skip
_HIDDEN_HELPER_FILES = frozenset({
    ".ds_store", ".localized", ".apdisk", ".volumeicon.icns", ".directory", ".picasa.ini", ".nomedia", ".hidden",
    ".dropbox", ".dropbox.attr", ".com.apple.timemachine.donotpresent", ".metadata_never_index", ".gitkeep", ".keep",
})  # fmt: skip
_HELPER_FILE = re.compile(
    r"\._.*|~\$.*|\.~lock\..*#|synofile_thumb_.*|synoindex_.*|\.fuse_hidden.*|\.nfs[0-9a-f]{8,}"
    r"|.*(@synoeastream|@synoresource|:zone\.identifier|:com\.dropbox\.\w+|:afp_\w+)",
    re.IGNORECASE | re.DOTALL,
)
"""``._name`` is the second half of a file as macOS writes it to foreign disks; ``name:stream`` is one of Windows."""
_CLOUD_PLACEHOLDER = (".icloud", ".nextcloud", ".owncloud", ".cloud", ".cloudf", ".dropbox-placeholder")
_UNFINISHED_COPY = (
    ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".!ut", ".tmp", ".temp", ".~tmp",
)  # fmt: skip
_TEMPORARY_COPY = re.compile(r"\..+\.\w+\.[A-Za-z0-9]{6}")
"""``.name.jpg.Ab12Cd``, as rsync names a file while it copies."""


class SystemFile(StrEnum):
    """What a file is to the system that wrote it."""

    PLAIN = "plain"
    HELPER = "helper"
    """Written by a system for itself: thumbnails, folder settings."""
    PLACEHOLDER = "placeholder"
    """Stands for a file that is in a cloud and not on this computer."""
    UNFINISHED = "unfinished"
    """A copy or download that has not ended."""


def is_helper_folder(name: str) -> bool:
    """Whether a folder belongs to a system or storage box: recycle bin, thumbnails, snapshots.

    Folders whose name begins with a dot are hidden by their owner; copies that have not ended use such names too.
    """
    folded = name.casefold()
    if folded in {".", ".."}:
        return False
    return folded.startswith(".") or folded in _HELPER_FOLDERS or bool(_HELPER_FOLDER.fullmatch(folded))


def system_file(name: str) -> SystemFile:
    """What a file is, by its name alone."""
    folded = name.casefold()
    if folded.endswith(_CLOUD_PLACEHOLDER):
        return SystemFile.PLACEHOLDER
    if folded in _HELPER_FILES or folded in _HIDDEN_HELPER_FILES or _HELPER_FILE.fullmatch(folded):
        return SystemFile.HELPER
    if folded.endswith(_UNFINISHED_COPY) or _TEMPORARY_COPY.fullmatch(name):
        return SystemFile.UNFINISHED
    return SystemFile.PLAIN
