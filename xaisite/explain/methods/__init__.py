"""One module per method: adapters on libraries, and our own code where there is none."""
