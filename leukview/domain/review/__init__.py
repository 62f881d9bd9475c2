"""The review of a slide: events, their reduction to a state, agreement, reviewers, hash chain."""
