"""What the record of changes costs, beside the same writes without it and with a row trigger."""
