"""Runs existing compiler test suites."""
