"""Who takes part and what they may do (deltagare och aktörer)."""
