"""From records to transfers: what was exported twice, what two banks both recorded, what was taken back, what
is missing."""
