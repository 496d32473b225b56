//! Maps with weak keys.

use weakref_core::map::Entry;

use super::*;

/// The number and the tag of a pair, its key, its value.
type Item = ((u32, u32), Ptr<Obj>, Val);

fn item((key, value): (Ptr<Obj>, Val)) -> Item {
    ((key.id, value.tag), key, value)
}

fn own_nothing(map: &Keys) -> bool {
    map.values().all(|value| value.own.is_none())
}

impl State {
    fn value(&self, tag: i32, own: i32) -> Val {
        let own = if self.clearing.load(Relaxed) > 0 { None } else { self.object(own) };
        Val { tag: number(tag), own }
    }

    /// Drops pairs in the order of their keys' numbers.
    fn take_pairs(&self, mut items: Vec<Item>, what: &str) {
        items.sort_by_key(|item| item.0);
        items.reverse();
        while let Some((ids, key, value)) = items.pop() {
            self.log(format!("{what} {ids:?}"));
            drop(value);
            drop(key);
        }
    }

    pub(super) fn empty_keys(&self, map: &Keys) {
        self.take_pairs(map.drain().map(item).collect(), "kempty");
    }

    fn put_keys(&self, slot: i32, map: KeyMap<Obj, Val>) {
        let old = mem::replace(&mut *lock(&self.keys[at(slot)]), Ptr::new(map.into()));
        self.empty_keys(&old);
    }

    pub(super) fn on_keys(self: &Ptr<Self>, op: &Op) {
        let [a, b, c, ..] = op.args;
        let map = self.keys_of(a);
        match op.spec.name {
            "klen" => {
                let length = map.len();
                assert_eq!(map.is_empty(), length == 0);
                self.log(format!("klen {length}"));
            }
            "kitems" => {
                let own = |value: &Val| value.own.as_ref().map_or(0, |own| own.id);
                let items = map.iter().map(|(key, value)| (key.id, value.tag, own(&value)));
                let mut items: Vec<_> = items.collect();
                items.sort_unstable();
                self.log(format!("kitems {items:?}"));
            }
            "kclear" => {
                // Entries are dropped in no order.
                let length = map.len();
                if length <= 1 || map.keys().count() == length && own_nothing(&map) {
                    self.clearing.fetch_add(1, Relaxed);
                    map.clear();
                    self.clearing.fetch_sub(1, Relaxed);
                }
            }
            "kdrain" => {
                if map.len() - map.keys().count() <= 1 {
                    self.empty_keys(&map);
                }
            }
            "kcopy" if a == b => {}
            "kcopy" => self.put_keys(a, (**self.keys_of(b)).clone()),
            "kupd" => {
                if own_nothing(&map) {
                    map.update(&**self.keys_of(b));
                }
            }
            "kor" => {
                if own_nothing(&map) {
                    let mut map = &**map;
                    map |= &**self.keys_of(b);
                }
            }
            "kunion" => {
                let union = &**self.keys_of(b) | &**self.keys_of(c);
                self.put_keys(a, union);
            }
            "keq" => self.log(format!("keq {}", boolean(**map == **self.keys_of(b)))),
            "kpop" => {
                let length = map.len();
                if length > 1 || length != map.keys().count() {
                    return;
                }
                match map.pop() {
                    None => self.log(format!("kpop none {}", map.len())),
                    Some((key, value)) => {
                        self.log(format!("kpop {} {} {}", key.id, value.tag, map.len()));
                        drop(value);
                        drop(key);
                    }
                }
            }
            "knew" => self.put_keys(a, KeyMap::default()),
            "kiter" => self.each(map.key_refs(), b, "kiter"),
            "ksnap" => {
                let mut items: Vec<_> = map.iter().map(item).collect();
                items.sort_by_key(|item| item.0);
                items.reverse();
                while let Some((ids, key, value)) = items.pop() {
                    self.log(format!("ksnap {ids:?}"));
                    self.guarded(b);
                    drop(value);
                    drop(key);
                }
            }
            "kretain" => {
                if own_nothing(&map) && map.keys().count() == map.len() {
                    map.retain(|key, _| is_odd(key.id) == (b == 1));
                }
            }
            "kextract" if map.keys().count() != map.len() => {}
            "kextract" => {
                let items = map.extract_if(|key, _| is_odd(key.id) == (b == 1)).map(item);
                self.take_pairs(items.collect(), "kextract");
            }
            _ => {
                if let Some(object) = self.object(b) {
                    self.on_key(op, &map, &object);
                }
            }
        }
    }

    fn on_key(self: &Ptr<Self>, op: &Op, map: &Keys, object: &Ptr<Obj>) {
        let [_, _, c, d, e] = op.args;
        match op.spec.name {
            "kset" => drop(map.insert(object, self.value(c, d))),
            "kget" => {
                let value = map.get(&**object);
                self.log(format!("kget {}", option(value.map(|value| value.tag))));
            }
            "kdel" => {
                let value = map.remove(&**object);
                self.log(format!("kdel {}", option(value.as_ref().map(|value| value.tag))));
            }
            "ksd" => {
                let value = if c % 2 == 0 {
                    map.get_or_insert_with(object, || self.value(c, d))
                } else {
                    let entry = map.entry(object).or_insert(self.value(c, d));
                    entry.get().expect("an entry that nobody else has")
                };
                self.log(format!("ksd {}", value.tag));
            }
            "khas" => self.log(format!("khas {}", boolean(map.contains_key(&**object)))),
            "kkey" => {
                if object.key() < 100 {
                    let key = map.get_key(&**object);
                    self.log(format!("kkey {}", values::id(key.as_ref())));
                }
            }
            "kinc" => {
                map.with_mut(&**object, |value| value.tag += 1);
            }
            "kentry" => {
                let entry = map.entry(object);
                let before = self.touched(1);
                self.guarded(d);
                let found = if before == self.touched(1) {
                    let found = match entry {
                        Entry::Occupied(entry) if e == 1 => entry.remove(),
                        Entry::Occupied(mut entry) => entry.insert(self.value(c, -1)),
                        Entry::Vacant(entry) => {
                            entry.insert(self.value(c, -1));
                            None
                        }
                    };
                    option(found.map(|value| value.tag))
                } else {
                    drop(entry);
                    "touched".to_owned()
                };
                self.log(format!("kentry {found}"));
            }
            name => unreachable!("{name}"),
        }
    }
}
