"""The networks; everything here imports torch and is therefore imported only by what needs torch."""
