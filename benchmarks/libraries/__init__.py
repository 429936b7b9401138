"""One file for each library: ``steps(row)`` gives {setting: function that makes one training step}.

A file names the package it needs in ``NEEDS``; ``steps`` is empty where the library has no such network.
"""
