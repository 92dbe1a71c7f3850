"""Ingest: the files of an owner's manual come in, its passages go out; nothing is stored here."""
