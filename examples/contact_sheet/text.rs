//! Lines of text, in the font that the program brings along.

use ab_glyph::{Font, FontRef, Glyph, PxScaleFont, ScaleFont, point};
use image::Rgb;

use crate::canvas::{Area, Canvas};

/// A font at a size, and the colour to write with.
pub(crate) struct Pen {
    font: PxScaleFont<FontRef<'static>>,
    colour: Rgb<u8>,
}

#[derive(Clone, Copy)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

impl Pen {
    pub(crate) fn regular(size: f32, colour: Rgb<u8>) -> Self {
        Self::new(ttf_noto_sans::REGULAR, size, colour)
    }

    pub(crate) fn bold(size: f32, colour: Rgb<u8>) -> Self {
        Self::new(ttf_noto_sans::BOLD, size, colour)
    }

    fn new(font: &'static [u8], size: f32, colour: Rgb<u8>) -> Self {
        let font = FontRef::try_from_slice(font).expect("the font is part of the program");
        Self { font: font.into_scaled(size), colour }
    }

    /// Writes a line into an area, in the middle of its height, shortened to its width.
    pub(crate) fn write(&self, canvas: &mut Canvas, text: &str, area: Area, align: Align) {
        let (glyphs, width) = self.fit(text, area.width as f32);
        let room = area.width as f32 - width;
        let left = area.left as f32
            + match align {
                Align::Left => 0.0,
                Align::Middle => room / 2.0,
                Align::Right => room,
            };
        let room = area.height as f32 - self.font.ascent() + self.font.descent();
        let baseline = area.top as f32 + room / 2.0 + self.font.ascent();

        for mut glyph in glyphs {
            // A baseline between two rows of pixels would blur the feet of all letters.
            glyph.position = point(left + glyph.position.x, baseline.round());
            let Some(outline) = self.font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, coverage| {
                canvas.blend(corner.x as u32 + x, corner.y as u32 + y, self.colour, coverage);
            });
        }
    }

    /// Lays out the text, or as much of its beginning as fits together with an ellipsis.
    fn fit(&self, text: &str, width: f32) -> (Vec<Glyph>, f32) {
        let whole = self.lay_out(text.chars());
        if whole.1 <= width {
            return whole;
        }
        (0..text.chars().count())
            .rev()
            .map(|length| self.lay_out(text.chars().take(length).chain(['…'])))
            .find(|shorter| shorter.1 <= width)
            .unwrap_or_default()
    }

    /// Puts letters side by side. Returns them with their common width.
    fn lay_out(&self, text: impl Iterator<Item = char>) -> (Vec<Glyph>, f32) {
        let mut glyphs: Vec<Glyph> = Vec::new();
        let mut width = 0.0;
        for letter in text {
            let mut glyph = self.font.scaled_glyph(letter);
            if let Some(last) = glyphs.last() {
                width += self.font.kern(last.id, glyph.id);
            }
            glyph.position = point(width, 0.0);
            width += self.font.h_advance(glyph.id);
            glyphs.push(glyph);
        }
        (glyphs, width)
    }
}
