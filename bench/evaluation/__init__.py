"""Evaluation: questions with known answers come in, how many were answered right goes out."""
