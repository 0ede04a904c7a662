"""Studies: what a comparison's choices do, one file each (`xqg study KIND`)."""
