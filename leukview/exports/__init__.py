"""What an analyser writes: reads exported folders and archives, and draws synthetic ones. Owner of Pillow."""
