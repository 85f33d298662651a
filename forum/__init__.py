"""The domain: what the forum is and does (trygghetsforum). Knows nothing of the web or of data frames."""
