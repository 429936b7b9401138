"""A student's functions against the reference: replies, points, and the misconception behind an error."""
