"""Quality control."""
