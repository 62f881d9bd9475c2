"""The window's dialogs: each takes values and gives values; none writes anything."""
