"""The forum for programs: JSON over HTTP (gränssnitt för program)."""
