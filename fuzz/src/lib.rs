//! What the fuzz targets share.

pub mod containers;
pub mod harness;
pub mod structs;
pub mod words;
pub mod world;
