"""How quick the program is beside its peers (mätningar): both over loopback HTTP, on the same rows, in the same run."""
