"""Image display: view, toolbar, overlays."""
