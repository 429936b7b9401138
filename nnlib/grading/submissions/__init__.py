"""Submissions: read from anywhere, brought back to the form of the release, hostile or not."""
