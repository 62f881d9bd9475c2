"""General-purpose Qt widgets and models; they know nothing of slides."""
