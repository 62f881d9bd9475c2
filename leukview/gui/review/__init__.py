"""Dialogs of the review: comment, details, signature, amendment, second reading."""
