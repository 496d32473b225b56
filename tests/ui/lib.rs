//! Empty. The test in `main.rs` compiles the files in the folders beside it.
