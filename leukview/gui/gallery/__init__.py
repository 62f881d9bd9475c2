"""Gallery of the cells of a slide: sorted, grouped and filtered thumbnails."""
