"""Sign-in, lock screen, reviewer profiles."""
