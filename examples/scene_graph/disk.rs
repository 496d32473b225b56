//! The tree as it is on the disk.

use std::{error::Error, fs, io, path::Path};

use weakref_core::Proxy;

use crate::{
    census::Nodes,
    content::Content,
    folder::{File, Folder},
    node::{self, Owner},
};

/// Reads a folder and all that is in it, except hidden files, links, and caches such as cargo's
/// `target`. With `ending`, reads only files with that ending, and leaves out folders without any.
pub(crate) fn read(
    folder: &Path,
    ending: Option<&str>,
    nodes: &Nodes,
) -> Result<Owner, Box<dyn Error>> {
    // It may have been called `..`.
    let folder = folder.canonicalize().map_err(|error| cannot_read(folder, &error))?;
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    with_children(name, &inside(&folder, ending, nodes)?, nodes)
}

fn inside(
    folder: &Path,
    ending: Option<&str>,
    nodes: &Nodes,
) -> Result<Vec<Owner>, Box<dyn Error>> {
    let cannot_read_folder = |error| cannot_read(folder, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot_read_folder)? {
        let entry = entry.map_err(cannot_read_folder)?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let kind = entry.file_type().map_err(|error| cannot_read(&path, &error))?;
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() && !path.join("CACHEDIR.TAG").exists() {
            let children = inside(&path, ending, nodes)?;
            if !children.is_empty() {
                found.push(with_children(name, &children, nodes)?);
            }
        } else if kind.is_file()
            && ending.is_none_or(|ending| path.extension().is_some_and(|its| its == ending))
        {
            let text = fs::read(&path).map_err(|error| cannot_read(&path, &error))?;
            found.push(nodes.enter(File::new(name, Content::of_file(&text))));
        }
    }
    Ok(found)
}

fn with_children(name: String, children: &[Owner], nodes: &Nodes) -> Result<Owner, Box<dyn Error>> {
    let folder = nodes.enter(Folder::new(name));
    let link = Proxy::new(&folder);
    for child in children {
        node::adopt(&link, child)?;
    }
    Ok(folder)
}

fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}
