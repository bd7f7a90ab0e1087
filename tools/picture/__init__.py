"""Draws the dashboards as an operator sees them after a day's work, from what a local cloud holds."""
