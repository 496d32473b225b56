//! The plots of a run, as SVG.

use std::{error::Error, path::Path};

use plotters::prelude::*;

use crate::results::Figure;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Contestants keep their colours in all plots.
const COLORS: [(&str, RGBColor); 8] = [
    ("ours", RGBColor(0xd4, 0x3d, 0x2a)),
    ("exact", RGBColor(0x2a, 0x6f, 0xbb)),
    ("exact in Mutex", RGBColor(0x2a, 0x6f, 0xbb)),
    ("weak-table", RGBColor(0x3a, 0x96, 0x4a)),
    ("weak-table in Mutex", RGBColor(0x3a, 0x96, 0x4a)),
    ("DashMap", RGBColor(0x8a, 0x4f, 0xb0)),
    ("papaya", RGBColor(0xe0, 0x8e, 0x0b)),
    ("scc", RGBColor(0x10, 0x9a, 0x9a)),
];

fn color(contestant: &str) -> RGBColor {
    let known = COLORS.iter().find(|(label, _)| *label == contestant);
    known.map_or(RGBColor(0x88, 0x88, 0x88), |(_, color)| *color)
}

/// One chart of several, side by side.
#[derive(Debug, Clone, Copy)]
struct Panel {
    title: &'static str,
    /// The part of a workload's name before the size, and the part after it.
    workload: (&'static str, &'static str),
    contestants: &'static [&'static str],
}

/// One file.
struct Plot {
    name: &'static str,
    panels: [Panel; 2],
    /// What the vertical axis shows, and nanoseconds in its unit.
    unit: (&'static str, f64),
}

const LOCAL: &[&str] = &["ours", "exact", "weak-table"];
const SHARED: &[&str] = &["ours", "exact in Mutex", "weak-table in Mutex"];
const GROWTH: &[&str] = &["ours", "exact"];
const THREADS: &[&str] = &["ours", "exact in Mutex", "DashMap", "papaya", "scc"];

const fn of_maps(
    figure: &'static str,
    [local, shared]: [&'static [&'static str]; 2],
) -> [Panel; 2] {
    [
        Panel { title: "Rc", workload: ("map/rc", figure), contestants: local },
        Panel { title: "Arc", workload: ("map/arc", figure), contestants: shared },
    ]
}

const PLOTS: [Plot; 5] = [
    Plot { name: "hits", panels: of_maps("hit", [LOCAL, SHARED]), unit: ("ns a hit", 1.0) },
    Plot { name: "churn", panels: of_maps("churn", [LOCAL, SHARED]), unit: ("ns a step", 1.0) },
    Plot {
        name: "walks",
        panels: of_maps("for_each", [LOCAL, SHARED]),
        unit: ("ns an entry", 1.0),
    },
    Plot {
        name: "worst",
        panels: of_maps("worst insert, growing", [GROWTH; 2]),
        unit: ("us, longest insertion", 1e3),
    },
    Plot {
        name: "threads",
        panels: [
            Panel { title: "hits", workload: ("2 threads/arc", "hit"), contestants: THREADS },
            Panel { title: "churn", workload: ("2 threads/arc", "churn"), contestants: THREADS },
        ],
        unit: ("ns, 2 threads", 1.0),
    },
];

/// Draws the plots into `directory`, one file each.
pub fn draw(directory: &Path, figures: &[Figure]) -> Result<()> {
    for Plot { name, panels, unit } in PLOTS {
        let file = directory.join(format!("{name}.svg"));
        let root = SVGBackend::new(&file, (960, 360)).into_drawing_area();
        root.fill(&WHITE)?;
        for (area, panel) in root.split_evenly((1, panels.len())).iter().zip(&panels) {
            lines(area, panel, unit, figures)?;
        }
        root.present()?;
    }
    Ok(())
}

/// The points of a contestant: the size and the median.
fn points(panel: &Panel, unit: f64, figures: &[Figure], contestant: &str) -> Vec<(f64, f64)> {
    let (before, after) = panel.workload;
    let size = |workload: &str| {
        let size = workload.strip_prefix(before)?.strip_suffix(after)?;
        size.strip_prefix('/')?.strip_suffix('/')?.parse::<f64>().ok()
    };
    let of_contestant = figures.iter().filter(|figure| figure.contestant == contestant);
    let mut points: Vec<_> = of_contestant
        .filter_map(|figure| Some((size(&figure.workload)?, figure.time.median / unit)))
        .collect();
    points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    points
}

fn lines<B: DrawingBackend<ErrorType: 'static>>(
    area: &DrawingArea<B, plotters::coord::Shift>,
    panel: &Panel,
    (label, unit): (&str, f64),
    figures: &[Figure],
) -> Result<()> {
    let series: Vec<_> = (panel.contestants.iter())
        .map(|&contestant| (contestant, points(panel, unit, figures, contestant)))
        .filter(|(_, points)| !points.is_empty())
        .collect();
    let all = || series.iter().flat_map(|(_, points)| points);
    let extent = |value: fn(&(f64, f64)) -> f64| {
        let (min, max) = (all().map(value))
            .fold((f64::MAX, 0.0_f64), |(min, max), value| (min.min(value), max.max(value)));
        (min, max)
    };
    let (x, y) = (extent(|point| point.0), extent(|point| point.1));
    // A part of the run has no points here.
    if all().next().is_none() || x.0 >= x.1 {
        return Ok(());
    }
    let mut chart = ChartBuilder::on(area)
        .caption(panel.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(56)
        .build_cartesian_2d((x.0..x.1).log_scale(), (y.0 / 1.3..y.1 * 1.3).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc("entries")
        .y_desc(label)
        .x_label_formatter(&|x| format!("1e{:.0}", x.log10()))
        .y_label_formatter(&|y| if *y < 10.0 { format!("{y:.1}") } else { format!("{y:.0}") })
        .draw()?;
    for (contestant, points) in series {
        let style = color(contestant).stroke_width(if contestant == "ours" { 3 } else { 2 });
        chart
            .draw_series(LineSeries::new(points.clone(), style))?
            .label(contestant)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        chart.draw_series(
            points.iter().map(|&point| Circle::new(point, 3, color(contestant).filled())),
        )?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    Ok(())
}

/// The bytes of some contestants in one container.
pub type Bytes = (String, Vec<(&'static str, f64)>);

/// Draws a bar for each contestant in each container.
pub fn bars(file: &Path, title: &str, containers: &[Bytes]) -> Result<()> {
    const WIDTH: i32 = 960;
    const LEFT: i32 = 190;
    const BAR: i32 = 9;
    let most = containers.iter().flat_map(|(_, all)| all).map(|bar| bar.1).fold(1.0, f64::max);
    #[expect(clippy::cast_possible_truncation, reason = "a part of the width")]
    let length = |bytes: f64| (bytes / most * f64::from(WIDTH - LEFT - 70)) as i32;
    let bars = containers.iter().map(|(_, all)| all.len()).sum::<usize>();
    let height = 50 + i32::try_from(bars)? * BAR + i32::try_from(containers.len())? * 8;
    let root =
        SVGBackend::new(file, (WIDTH.unsigned_abs(), height.unsigned_abs())).into_drawing_area();
    root.fill(&WHITE)?;
    root.draw(&Text::new(title.to_owned(), (12, 10), ("sans-serif", 18)))?;
    let mut y = 42;
    for (name, all) in containers {
        root.draw(&Text::new(name.clone(), (12, y + 4), ("sans-serif", 14)))?;
        for (contestant, bytes) in all {
            let end = LEFT + length(*bytes);
            let style = color(contestant).filled();
            root.draw(&Rectangle::new([(LEFT, y), (end, y + BAR - 2)], style))?;
            let text = format!("{bytes:.0} {contestant}");
            root.draw(&Text::new(text, (end + 4, y - 2), ("sans-serif", 10)))?;
            y += BAR;
        }
        y += 8;
    }
    root.present()?;
    Ok(())
}
