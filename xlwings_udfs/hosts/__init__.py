"""The hosts: programs whose cells call the functions."""
