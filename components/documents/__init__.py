"""What AWS reads: policies, event patterns, alarms and dashboards, as plain data. Pure."""
