"""From the linked single view to what was known about a resident, household or property at a date."""
