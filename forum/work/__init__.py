"""What the forum does about it: causes, measures, meetings (arbetet)."""
