"""Test material from elsewhere: where it comes from, under which licence, with which hash."""
