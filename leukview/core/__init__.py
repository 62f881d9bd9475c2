"""What every room stands on: errors, jobs, paths, settings, logging. Standard library and platformdirs only."""
