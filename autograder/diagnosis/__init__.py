"""From a failed test to the likely mistake: named mistakes first, then symptoms."""
