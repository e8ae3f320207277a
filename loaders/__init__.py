"""Files in: from what an authority sent to rows in the vault."""
