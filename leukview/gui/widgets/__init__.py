"""General-purpose Qt widgets and models, independent of slides and cells."""
