"""Lookup: a Request comes in, Facts from the manual and the car go out. Reads only."""
