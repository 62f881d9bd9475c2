"""Actions, background tasks, translation, theme, preferences and notifications."""
