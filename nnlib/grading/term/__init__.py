"""What an instructor does in a term around the grading: who takes part, what comes in, what goes out."""
