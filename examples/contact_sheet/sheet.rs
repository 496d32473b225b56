//! The layout of the sheet: a title, and below it a grid of cards, one for each picture.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use image::{Rgb, RgbImage};

use crate::{
    canvas::{Area, Canvas},
    exhibition::Tile,
    text::{Align, Pen},
    views::Swatch,
};

/// The room for a picture, width and height.
pub(crate) const FRAME: (u32, u32) = (240, 180);

const MARGIN: u32 = 36;
const GAP: u32 = 20;
const PADDING: u32 = 16;
const LITTLE: u32 = 8;
/// The room for the number of pictures, beside the title.
const COUNT: u32 = 120;

// Heights, from the top of the sheet and of a card downwards.
const TITLE: u32 = 32;
const NAME: u32 = 26;
const SIZE: u32 = 20;
const TONES: u32 = 30;
const PALETTE: u32 = 6;

const CARD: (u32, u32) = (
    PADDING + FRAME.0 + PADDING,
    PADDING + FRAME.1 + LITTLE + NAME + SIZE + LITTLE + TONES + LITTLE + PALETTE + PADDING,
);

const PAPER: Rgb<u8> = Rgb([24, 25, 28]);
const SURFACE: Rgb<u8> = Rgb([36, 38, 42]);
const FAINT: Rgb<u8> = Rgb([84, 88, 96]);
const DIM: Rgb<u8> = Rgb([146, 151, 160]);
const BRIGHT: Rgb<u8> = Rgb([236, 238, 241]);
const WARNING: Rgb<u8> = Rgb([196, 110, 98]);

/// Draws the sheet. A picture without a tile is shown as a crossed-out box.
pub(crate) fn draw(title: &str, pictures: &[PathBuf], tiles: &BTreeMap<&Path, Tile>) -> RgbImage {
    let (columns, rows) = grid(pictures.len());
    let width = columns * (CARD.0 + GAP) - GAP;
    let height = TITLE + rows * (GAP + CARD.1);
    let mut canvas = Canvas::new((width + 2 * MARGIN, height + 2 * MARGIN), PAPER);
    let mut sheet = Area { left: MARGIN, top: MARGIN, width, height };
    let pens = Pens::default();

    let mut head = sheet.cut_top(TITLE);
    let count = match pictures.len() {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    };
    pens.title.write(&mut canvas, title, head.cut_left(width - COUNT), Align::Left);
    pens.small.write(&mut canvas, &count, head, Align::Right);

    for row in pictures.chunks(columns as usize) {
        sheet.cut_top(GAP);
        let mut cards = sheet.cut_top(CARD.1);
        for path in row {
            let card = cards.cut_left(CARD.0);
            cards.cut_left(GAP);
            pens.card(&mut canvas, card, path, tiles.get(path.as_path()));
        }
    }
    canvas.into_pixels()
}

/// Chooses columns and rows, so that the sheet is a bit wider than high and the last row is full
/// or nearly so.
fn grid(pictures: usize) -> (u32, u32) {
    let columns = (pictures as f64 * 1.7).sqrt().ceil().min(pictures as f64) as u32;
    let rows = (pictures as u32).div_ceil(columns);
    ((pictures as u32).div_ceil(rows), rows)
}

struct Pens {
    title: Pen,
    name: Pen,
    small: Pen,
    warning: Pen,
}

impl Default for Pens {
    fn default() -> Self {
        Self {
            title: Pen::bold(28.0, BRIGHT),
            name: Pen::regular(19.0, BRIGHT),
            small: Pen::regular(16.5, DIM),
            warning: Pen::regular(16.5, WARNING),
        }
    }
}

impl Pens {
    fn card(&self, canvas: &mut Canvas, mut card: Area, path: &Path, tile: Option<&Tile>) {
        canvas.rectangle(card, 8.0, SURFACE);
        card = card.inside(PADDING);
        let frame = card.cut_top(FRAME.1);
        card.cut_top(LITTLE);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.name.write(canvas, &name, card.cut_top(NAME), Align::Middle);
        let below = card.cut_top(SIZE);

        let Some(tile) = tile else {
            canvas.crossed_box(frame, FAINT);
            self.warning.write(canvas, "cannot be read", below, Align::Middle);
            return;
        };
        canvas.picture(&tile.thumbnail, frame);
        let (width, height) = tile.size;
        self.small.write(canvas, &format!("{width} × {height}"), below, Align::Middle);
        card.cut_top(LITTLE);
        canvas.hills(card.cut_top(TONES), &tile.tones, FAINT);
        card.cut_top(LITTLE);
        palette(canvas, card.cut_top(PALETTE), &tile.palette);
    }
}

/// Draws the main colours side by side, each as wide as its share.
fn palette(canvas: &mut Canvas, mut area: Area, swatches: &[Swatch]) {
    let mut left: f32 = swatches.iter().map(|swatch| swatch.share).sum();
    for swatch in swatches {
        let stripe = area.cut_left((area.width as f32 * swatch.share / left).round() as u32);
        left -= swatch.share;
        canvas.rectangle(stripe, 0.0, swatch.colour);
    }
}
