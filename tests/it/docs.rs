//! The prose: links between files, links between the pages of the book, and its pictures.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn sources() -> PathBuf {
    root().join("weakref-core/src")
}

/// Returns the files below a folder that have this extension, without what is built or hidden.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && !name.starts_with("target") && name != "wip" {
                found.extend(files(&path, extension));
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

/// Returns the lines outside of blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !fence && !in_code
    })
}

/// Returns the targets of the links in a text: `b#c` in `[a](b#c)`.
fn targets(text: &str) -> Vec<String> {
    let joined = prose(text).map(str::trim).collect::<Vec<_>>().join(" ");
    // Code is every second part.
    let visible: Vec<_> = joined.split('`').step_by(2).collect();
    let text = visible.join("`");
    let after = text.split("](").skip(1);
    after.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

/// Returns the anchor that rustdoc and the usual hosts of Markdown make of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn code_has_no_links() {
    let text = "[a](b#c), `[d](e)` and\n[f g](h)\n```text\n[i](j)\n```\n[`k`](l)";
    assert_eq!(targets(text), ["b#c", "h", "l"]);
}

#[test]
fn headings_become_anchors() {
    assert_eq!(anchor(" In `Drop`, it's dead"), "in-drop-its-dead");
    assert_eq!(
        anchors("# A b\n```text\n# no\n```\n## `c_d`"),
        ["a-b", "c_d"].map(Into::into).into()
    );
}

#[cfg_attr(miri, ignore = "reads files")]
#[test]
fn relative_links_of_markdown_files_resolve() {
    let mut checked = 0;
    let mut faults = Vec::new();
    // Those that are part of the rustdoc have links of rustdoc.
    for file in files(root(), "md").into_iter().filter(|file| !file.starts_with(sources())) {
        let text = fs::read_to_string(&file).unwrap();
        for target in targets(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            let (path, fragment) = target.split_once('#').unwrap_or((&target, ""));
            let path = match path {
                "" => file.clone(),
                _ => file.parent().unwrap().join(path),
            };
            let is_there = match fragment {
                "" => path.exists(),
                _ => fs::read_to_string(&path).is_ok_and(|text| anchors(&text).contains(fragment)),
            };
            if !is_there {
                faults.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(checked > 10, "only {checked} links were found");
    assert!(faults.is_empty(), "links that lead nowhere:\n{}", faults.join("\n"));
}

/// Returns a text whose relative links lead into the repository.
fn with_absolute_links(text: &str) -> String {
    let mut absolute = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        absolute.push_str(before);
        absolute.push_str("](");
        if !after.starts_with("https://") {
            let is_picture = before.rfind('[').is_some_and(|at| before[..at].ends_with('!'));
            let view = if is_picture { "raw" } else { "blob" };
            absolute.push_str(&format!("{}/{view}/HEAD/", env!("CARGO_PKG_REPOSITORY")));
        }
        rest = after;
    }
    absolute + rest
}

#[test]
fn relative_links_become_absolute() {
    let root = env!("CARGO_PKG_REPOSITORY");
    assert_eq!(
        with_absolute_links("[a](b.md) ![c](d.png)\n[e](https://f)"),
        format!("[a]({root}/blob/HEAD/b.md) ![c]({root}/raw/HEAD/d.png)\n[e](https://f)")
    );
}

/// A registry shows the README in a package, and looks for the targets of relative links in the
/// package's folder. `README=overwrite` writes that file anew.
#[cfg_attr(miri, ignore = "reads files")]
#[test]
fn the_package_has_the_readme_with_absolute_links() {
    let expected = with_absolute_links(&fs::read_to_string(root().join("README.md")).unwrap());
    let packaged = root().join("weakref-core/README.md");
    if std::env::var_os("README").is_some_and(|value| value == "overwrite") {
        fs::write(&packaged, &expected).unwrap();
    }
    assert_eq!(
        fs::read_to_string(packaged).unwrap(),
        expected,
        "`README=overwrite cargo test -p weakref-tests --test it docs::` writes it anew"
    );
}

/// Returns the text of the page of this name, with what it includes.
fn page(name: &str) -> Option<String> {
    let path = sources().join("docs").join(name);
    let Ok(text) = fs::read_to_string(path.with_extension("rs")) else {
        return fs::read_to_string(path.with_extension("md")).ok();
    };
    let mut page = String::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("//!") {
            page.push_str(comment.strip_prefix(' ').unwrap_or(comment));
        } else if let Some(file) = included(line).map(|file| sources().join("docs").join(file))
            && file.extension().is_some_and(|extension| extension == "md")
        {
            page.push_str(&fs::read_to_string(file).unwrap());
        }
        page.push('\n');
    }
    Some(page)
}

/// Returns the file that a line includes into a page.
fn included(line: &str) -> Option<&str> {
    line.strip_prefix("#![doc = include_str!(\"")?.strip_suffix("\")]")
}

/// rustdoc checks the paths in links, and not the sections.
#[cfg_attr(miri, ignore = "reads files")]
#[test]
fn links_to_sections_of_the_book_resolve() {
    let mut checked = 0;
    let mut faults = Vec::new();
    for file in files(&sources(), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        let comments = text.lines().map(|line| {
            let line = line.trim_start();
            line.strip_prefix("//!").or_else(|| line.strip_prefix("///")).unwrap_or("")
        });
        let in_book = file.parent().unwrap() == sources().join("docs");
        for target in targets(&comments.collect::<Vec<_>>().join("\n")) {
            let Some((path, fragment)) = target.split_once('#') else { continue };
            let name = match path {
                "" if in_book => file.file_stem().unwrap().to_str().unwrap(),
                _ => match path.trim_start_matches("crate::").strip_prefix("docs::") {
                    Some(name) => name,
                    None if in_book && path.starts_with("super::") => &path["super::".len()..],
                    None => continue,
                },
            };
            checked += 1;
            if !page(name).is_some_and(|page| anchors(&page).contains(fragment)) {
                faults.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(checked > 30, "only {checked} links were found");
    assert!(faults.is_empty(), "links to sections that do not exist:\n{}", faults.join("\n"));
}

/// Each picture is one block of HTML in the page that includes it.
#[cfg_attr(miri, ignore = "reads files")]
#[test]
fn pictures_are_well_formed_and_shown() {
    let pictures = files(&sources().join("docs"), "svg");
    assert!(!pictures.is_empty());
    let pages = files(&sources(), "rs");
    let pages: Vec<_> = pages.iter().map(|page| fs::read_to_string(page).unwrap()).collect();

    for picture in pictures {
        let name = picture.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&picture).unwrap();
        let parsed = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let svg = parsed.root_element();
        assert!(svg.has_tag_name(("http://www.w3.org/2000/svg", "svg")), "{name}");
        assert!(svg.has_attribute("viewBox"), "{name} does not scale");
        assert_eq!(svg.attribute("fill"), Some("currentColor"), "{name} has one theme only");

        assert!(text.starts_with("<svg "), "{name}");
        assert!(text.lines().all(|line| !line.trim().is_empty()), "{name}: a blank line ends HTML");

        // Several pictures are in one page, so their ids must differ.
        let stem = picture.file_stem().unwrap().to_str().unwrap();
        let ids: Vec<_> = parsed.descendants().filter_map(|node| node.attribute("id")).collect();
        for id in &ids {
            assert!(id.starts_with(&format!("{stem}-")), "{name}: the id {id}");
        }
        let label = svg.attribute("aria-labelledby").unwrap_or_else(|| panic!("{name}: no label"));
        assert!(label.split(' ').all(|id| ids.contains(&id)), "{name}: the label {label}");

        let shown = pages.iter().flat_map(|page| page.lines()).filter_map(included);
        assert_eq!(shown.filter(|shown| shown == &name).count(), 1, "{name} in one page");
    }
}
