"""Made-up London: returns that resemble real ones and describe no real child."""
