"""Benchmarks: what is measured, as JSON and as a picture. No test looks at a clock, these do."""
