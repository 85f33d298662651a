"""The prize (Trygghetspriset): editions and their juries, nominations with evidence, awards, methods taken over."""
