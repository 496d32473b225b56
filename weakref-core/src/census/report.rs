//! What a census reports: objects, grouped by the line that registered them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt,
    panic::Location,
    time::{Duration, Instant},
};

use super::Details;

/// The objects of a [`Census`](super::Census) that were alive at one moment, grouped by the line
/// that registered them.
///
/// `Display` writes a table with a row for each line.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Census, Slotted, census::Report};
///
/// let names = Census::<Slotted<&str>>::new();
/// let name = Arc::new(Slotted::new("Ada"));
/// names.register(&name);
/// let report: Report = names.alive();
/// assert!(report.to_string().starts_with("count  oldest"));
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    len: usize,
    origins: Vec<Origin>,
}

/// The objects that one line has registered: a row of a [`Report`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Census, Slotted, census::Origin};
///
/// let names = Census::<Slotted<&str>>::new();
/// let all = ["Ada", "Bob"].map(|name| Arc::new(Slotted::new(name)));
/// for name in &all {
///     names.register(name);
/// }
/// let report = names.alive();
/// let Origin { location, count, .. } = &report.origins()[0];
/// assert_eq!((location.file(), *count), (file!(), 2));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Origin {
    /// The place that has registered them.
    pub location: &'static Location<'static>,
    /// How many of them are alive.
    pub count: usize,
    /// How long ago the oldest of these was registered.
    pub oldest: Duration,
    /// Their labels, each with the number of objects that have it: the most frequent first, then
    /// in alphabetical order.
    pub labels: Vec<(Cow<'static, str>, usize)>,
}

/// What is known of an origin while objects are counted.
struct Counted<'a> {
    count: usize,
    since: Instant,
    labels: BTreeMap<&'a Cow<'static, str>, usize>,
}

impl Report {
    pub(super) fn of<'a>(objects: impl Iterator<Item = &'a Details>) -> Self {
        let mut origins = HashMap::new();
        for Details { location, label, since, .. } in objects {
            let origin = origins.entry(*location).or_insert_with(|| Counted {
                count: 0,
                since: *since,
                labels: BTreeMap::new(),
            });
            origin.count += 1;
            origin.since = origin.since.min(*since);
            if let Some(label) = label {
                *origin.labels.entry(label).or_insert(0) += 1;
            }
        }
        let now = Instant::now();
        let mut origins: Vec<_> = origins
            .into_iter()
            .map(|(location, Counted { count, since, labels })| {
                let mut labels: Vec<_> =
                    labels.into_iter().map(|(label, count)| (label.clone(), count)).collect();
                // Stable, so labels with the same count stay in alphabetical order.
                labels.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                Origin { location, count, oldest: now.saturating_duration_since(since), labels }
            })
            .collect();
        origins.sort_by_key(|origin| (std::cmp::Reverse(origin.count), origin.location));
        Self { len: origins.iter().map(|origin| origin.count).sum(), origins }
    }

    /// Returns the number of objects.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Census, Slotted};
    ///
    /// let names = Census::new();
    /// let name = Slotted::<_>::new("Ada");
    /// names.register(&name);
    /// assert_eq!(names.alive().len(), 1);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether no object was alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Census, Slotted};
    ///
    /// let names = Census::<Slotted<String>>::new();
    /// assert!(names.alive().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the groups of objects, the largest first, then in the order of files and lines.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Census, Slotted};
    ///
    /// let names = Census::new();
    /// let [ada, bob] = ["Ada", "Bob"].map(Slotted::<_>::new);
    /// names.register(&ada);
    /// names.register(&bob);
    /// let counts: Vec<_> = names.alive().origins().iter().map(|origin| origin.count).collect();
    /// assert_eq!(counts, [1, 1], "two lines");
    /// ```
    #[must_use]
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }
}

impl fmt::Display for Report {
    /// Writes a table: a head, and a row for each line, with at most four labels.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no object is alive");
        }
        let has_labels = self.origins.iter().any(|origin| !origin.labels.is_empty());
        let labels = if has_labels { "labels" } else { "" };
        let head = ["count", "oldest", "made at", labels].map(String::from);
        let rows: Vec<_> = std::iter::once(head).chain(self.origins.iter().map(row)).collect();
        let [count, oldest, place] = [0, 1, 2]
            .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
        for (at, row) in rows.iter().enumerate() {
            let line =
                format!("{:>count$}  {:oldest$}  {:place$}  {}", row[0], row[1], row[2], row[3]);
            f.write_str(if at == 0 { "" } else { "\n" })?;
            f.write_str(line.trim_end())?;
        }
        Ok(())
    }
}

fn row(origin: &Origin) -> [String; 4] {
    const SHOWN: usize = 4;
    let Origin { location, count, oldest, labels } = origin;
    let label = |(label, count): &(Cow<'_, str>, usize)| match count {
        1 => label.to_string(),
        _ => format!("{label} ({count})"),
    };
    let mut shown: Vec<_> = labels.iter().take(SHOWN).map(label).collect();
    if labels.len() > SHOWN {
        shown.push(format!("{} more", labels.len() - SHOWN));
    }
    [count.to_string(), format!("{oldest:.1?}"), location.to_string(), shown.join(", ")]
}
