//! `chatkit serve` on a store: what outlives it.

use crate::opening::Test;
use crate::place::Kind;

pub const TESTS: &[(Kind, &str, Test)] = &[];
