//! How much is in a file, or in all files of a folder.

use std::{fmt, iter::Sum};

#[derive(Clone, Copy, Default)]
pub(crate) struct Content {
    files: usize,
    lines: usize,
    bytes: usize,
}

impl Content {
    pub(crate) fn of_file(text: &[u8]) -> Self {
        let lines = text.split_inclusive(|&byte| byte == b'\n').count();
        Self { files: 1, lines, bytes: text.len() }
    }

    pub(crate) fn lines(self) -> usize {
        self.lines
    }
}

impl Sum for Content {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            files: sum.files + part.files,
            lines: sum.lines + part.lines,
            bytes: sum.bytes + part.bytes,
        })
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, lines, bytes } = self;
        write!(f, "files: {files}, lines: {lines}, bytes: {bytes}")
    }
}
