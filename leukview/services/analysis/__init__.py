"""Analysis of a slide: pipeline, mask repair, feature similarity, quality control."""
