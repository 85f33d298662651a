"""What every other wing stands on: settings, database, rights, errors, journal (grunden)."""
