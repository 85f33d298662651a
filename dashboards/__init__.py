"""The forum for people: pages and commands (rummen)."""
