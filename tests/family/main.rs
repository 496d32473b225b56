//! What all weak containers have to bear.
