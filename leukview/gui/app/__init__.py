"""Window-wide parts: actions, tasks, translation, theme, preferences, notifications."""
