//! Maps with weak keys and weak values.

use weakref_core::map::Entry;

use super::*;

type Pair = (Ptr<Obj>, Ptr<Obj>);

fn ids<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> String {
    pairs_list(pairs.into_iter().map(|(key, value)| (key.id, value.id)).collect())
}

impl State {
    pub(super) fn on_pairs(self: &Ptr<Self>, op: &Op) {
        let [a, b, c, ..] = op.args;
        let map = self.pairs_of(a);
        match op.spec.name {
            "wlen" => {
                let length = map.len();
                assert_eq!(map.is_empty(), length == 0);
                self.log(format!("wlen {length}"));
            }
            "witems" => {
                let items: Vec<_> = map.iter().collect();
                self.log(format!("witems {}", ids(&items)));
            }
            "wclear" | "wdrain" | "wretain" | "wextract" if !is_settled(&map) => {}
            "wclear" => map.clear(),
            "wcopy" => {
                let copy = (**self.pairs_of(b)).clone();
                put(&self.pairs[at(a)], Ptr::new(copy.into()));
            }
            "wupd" => map.update(&**self.pairs_of(b)),
            "weq" => self.log(format!("weq {}", boolean(**map == **self.pairs_of(b)))),
            "wpopall" => {
                let mut got = Vec::new();
                while let Some((key, value)) = map.pop() {
                    got.push((key.id, value.id));
                }
                self.log(format!("wpopall {} {}", pairs_list(got), map.len()));
            }
            "wnew" => put(&self.pairs[at(a)], Ptr::default()),
            "wretain" => map.retain(|key, value| is_odd(key.id + value.id) == (b == 1)),
            "wextract" => {
                let picked =
                    |key: &Ptr<Obj>, value: &Ptr<Obj>| is_odd(key.id + value.id) == (b == 1);
                let items: Vec<_> = map.extract_if(picked).collect();
                self.log(format!("wextract {}", ids(&items)));
            }
            "wdrain" => {
                let items: Vec<_> = map.drain().collect();
                self.log(format!("wdrain {} {}", ids(&items), map.len()));
            }
            name => {
                let Some(key) = self.object(b) else { return };
                match name {
                    "wget" => {
                        let value = map.get(&*key);
                        self.log(format!("wget {}", values::id(value.as_ref())));
                    }
                    "wdel" => {
                        let value = map.remove(&*key);
                        self.log(format!("wdel {}", values::id(value.as_ref())));
                    }
                    "whas" => self.log(format!("whas {}", boolean(map.contains_key(&*key)))),
                    "wkey" => {
                        let own = map.get_key(&*key);
                        self.log(format!("wkey {}", values::id(own.as_ref())));
                    }
                    _ => {
                        if let Some(value) = self.object(c) {
                            self.on_pair(op, &map, &key, &value);
                        }
                    }
                }
            }
        }
    }

    fn on_pair(self: &Ptr<Self>, op: &Op, map: &Pairs, key: &Ptr<Obj>, value: &Ptr<Obj>) {
        let [_, _, _, d, e] = op.args;
        match op.spec.name {
            "wset" => {
                let old = map.insert(key, value);
                self.log(format!("wset {}", values::id(old.as_ref())));
            }
            "wsdf" => {
                let found = map.entry(key).or_insert_with(|| {
                    self.guarded(d);
                    value.clone()
                });
                self.log(format!("wsdf {}", found.id));
            }
            "wentry" => {
                let entry = map.entry(key);
                self.guarded(d);
                let found = match entry {
                    Entry::Occupied(entry) if e == 1 => entry.remove(),
                    Entry::Occupied(mut entry) => entry.insert(value.clone()),
                    Entry::Vacant(entry) => {
                        entry.insert(value.clone());
                        None
                    }
                };
                self.log(format!("wentry {}", values::id(found.as_ref())));
            }
            name => unreachable!("{name}"),
        }
    }
}

/// As that of maps with weak values.
fn is_settled(map: &Pairs) -> bool {
    map.listeners.load(Relaxed) == 0 || map.iter().count() == map.len()
}
