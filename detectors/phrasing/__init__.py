"""What ``detectors.phrases`` is made of: classes of words, rules over them, and the automaton that follows the rules."""
