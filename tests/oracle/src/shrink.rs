//! Makes a program smaller that still shows a difference.

use crate::language::Program;

/// Returns the smallest program that was found for which `differs` holds. It removes operations,
/// many
/// at a time at first, as long as that helps.
pub(crate) fn shrink(mut program: Program, mut differs: impl FnMut(&Program) -> bool) -> Program {
    loop {
        let before = program.len();
        for size in [16, 8, 4, 2, 1] {
            for body in 0..program.bodies.len() {
                let mut start = 0;
                while start < program.bodies[body].len() {
                    let mut smaller = program.clone();
                    let end = (start + size).min(smaller.bodies[body].len());
                    smaller.bodies[body].drain(start..end);
                    if differs(&smaller) {
                        program = smaller;
                    } else {
                        start += size;
                    }
                }
            }
        }
        if program.len() == before {
            return program;
        }
    }
}
