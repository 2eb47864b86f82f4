"""The line on real records: the Open University's, with a catalogue and agreements of their own."""
