use std::{fmt::Display, sync::Arc};

use weakref_core::{Slotted, finalize_with};

fn main() {
    let node: Arc<Slotted<dyn Display + Send + Sync>> = Arc::new(Slotted::new(1));
    finalize_with(&node, |node| assert!(node.is_some()));
}
