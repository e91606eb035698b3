//! Breaking styled text into lines that fit.
