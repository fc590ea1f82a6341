"""What each merchant has: customers, a catalogue, stock, orders."""
