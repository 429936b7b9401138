"""What runs in the sandbox. Of grading, only this package, ``wire`` and ``comparison.reply`` are there."""
