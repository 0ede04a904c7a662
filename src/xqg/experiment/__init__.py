"""Experiments: systems on one benchmark, with controls and significance; one table for what comes out."""
