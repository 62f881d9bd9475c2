"""The open slide: review commands and background jobs."""
