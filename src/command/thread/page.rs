//! Which page of a list is asked for.

use clap::Args;

use crate::conversation::pages::{Query, WALK_LIMIT, Walk};
use crate::protocol::Order;

/// Which rows.
#[derive(Args, Debug)]
pub struct PageArgs {
    /// How many rows; with --all, how many at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// The order by creation
    #[arg(long, value_name = "ORDER", value_parser = ["asc", "desc"])]
    order: Option<String>,

    /// Begin after the row of this id
    #[arg(long, value_name = "ID")]
    after: Option<String>,

    /// Walk all pages
    #[arg(long)]
    all: bool,
}

impl PageArgs {
    /// The walk that is meant, in this order if nothing else was said.
    pub fn walk(&self, order: Order) -> Walk {
        let order = match self.order.as_deref() {
            Some("asc") => Order::Asc,
            Some(_) => Order::Desc,
            None => order,
        };
        Walk {
            first: Query {
                limit: self.limit.or(self.all.then_some(WALK_LIMIT)),
                order,
                after: self.after.clone(),
            },
            all: self.all,
            largest: None,
        }
    }
}
