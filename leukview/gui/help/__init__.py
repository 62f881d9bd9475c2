"""Tour, shortcuts, about box."""
