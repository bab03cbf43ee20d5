"""Results as a person reads them: values in, something to print out."""
