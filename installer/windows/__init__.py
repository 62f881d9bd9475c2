"""Builds the installer for Windows x64 on any machine that has NSIS and mingw."""
