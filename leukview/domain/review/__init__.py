"""Review of a slide: events, state, agreement, reviewer profiles, hash chain."""
