//! Maps with weak values.

use weakref_core::map::Entry;

use super::*;

impl State {
    pub(super) fn on_values(self: &Ptr<Self>, op: &Op) {
        let [a, b, c, ..] = op.args;
        let map = self.values_of(a);
        match op.spec.name {
            "vget" => self.log(format!("vget {}", id(map.get(&number(b)).as_ref()))),
            "vdel" => {
                let owner = map.remove(&number(b));
                self.log(format!("vdel {}", id(owner.as_ref())));
            }
            "vlen" => {
                let length = map.len();
                assert_eq!(map.is_empty(), length == 0);
                self.log(format!("vlen {length}"));
            }
            "vhas" => self.log(format!("vhas {}", boolean(map.contains_key(&number(b))))),
            "vitems" => {
                let items = map.iter().map(|(key, owner)| (key, owner.id));
                self.log(format!("vitems {}", pairs_list(items.collect())));
            }
            "vclear" | "vdrain" | "vretain" | "vextract" | "vretainb" if !is_settled(&map) => {}
            "vclear" => map.clear(),
            "vcopy" => {
                let copy = (*self.values_of(b)).clone();
                put(&self.values[at(a)], Ptr::new(copy.into()));
            }
            "vupd" => map.update(&**self.values_of(b)),
            "vor" => {
                let mut map = &**map;
                map |= &**self.values_of(b);
            }
            "vunion" => {
                let union = &**self.values_of(b) | &**self.values_of(c);
                put(&self.values[at(a)], Ptr::new(union.into()));
            }
            "veq" => self.log(format!("veq {}", boolean(**map == **self.values_of(b)))),
            "vpopall" => {
                let mut got = Vec::new();
                while let Some((key, owner)) = map.pop() {
                    got.push((key, owner.id));
                }
                self.log(format!("vpopall {} {}", pairs_list(got), map.len()));
            }
            "vpop" => self.pop_value(&map),
            "vnew" => put(&self.values[at(a)], Ptr::default()),
            "vretain" => map.retain(|key, owner| is_odd(key + owner.id) == (b == 1)),
            "vextract" => {
                let picked = |key: &u32, owner: &Ptr<Obj>| is_odd(key + owner.id) == (b == 1);
                let items: Vec<_> = map.extract_if(picked).collect();
                let found = items.iter().map(|(key, owner)| (*key, owner.id)).collect();
                self.log(format!("vextract {}", pairs_list(found)));
            }
            "vdrain" => {
                let items: Vec<_> = map.drain().collect();
                let found = items.iter().map(|(key, owner)| (*key, owner.id)).collect();
                self.log(format!("vdrain {} {}", pairs_list(found), map.len()));
            }
            "viter" => self.each(map.value_refs(), b, "viter"),
            "vsnap" => {
                let items = map.iter().map(|(key, owner)| ((key, owner.id), owner));
                self.snapshot(items.collect(), b, "vsnap");
            }
            "vfor" => self.walk_values(&map, b),
            "vretainb" => {
                if map.values().count() <= 1 {
                    let mut is_first = true;
                    map.retain(|_, owner| {
                        if !mem::take(&mut is_first) {
                            return true;
                        }
                        let before = self.touched(0);
                        self.guarded(c);
                        before != self.touched(0) || is_odd(owner.id) == (b == 1)
                    });
                }
            }
            _ => {
                if let Some(object) = self.object(c) {
                    self.on_value(op, &map, &object);
                }
            }
        }
    }

    fn on_value(self: &Ptr<Self>, op: &Op, map: &Values, object: &Ptr<Obj>) {
        let [_, key, _, d, e] = op.args;
        let key = number(key);
        match op.spec.name {
            "vset" => drop(map.insert(key, object)),
            "vsd" => {
                let found = map.get_or_insert_with(key, || object.clone());
                self.log(format!("vsd {}", found.id));
            }
            "vsdf" => {
                let found = map.get_or_insert_with(key, || {
                    self.guarded(d);
                    object.clone()
                });
                self.log(format!("vsdf {}", found.id));
            }
            "ventry" => {
                let entry = map.entry(key);
                self.guarded(d);
                let found = match entry {
                    Entry::Occupied(entry) if e == 1 => entry.remove(),
                    Entry::Occupied(mut entry) => entry.insert(object.clone()),
                    Entry::Vacant(entry) => {
                        entry.insert(object.clone());
                        None
                    }
                };
                self.log(format!("ventry {}", id(found.as_ref())));
            }
            name => unreachable!("{name}"),
        }
    }

    fn pop_value(&self, map: &Values) {
        let living = map.values().count();
        if living > 1 || living == 1 && map.len() > 1 {
            return;
        }
        match map.pop() {
            None => self.log(format!("vpop none {}", map.len())),
            Some((key, owner)) => self.log(format!("vpop {key} {} {}", owner.id, map.len())),
        }
    }

    fn walk_values(self: &Ptr<Self>, map: &Values, body: i32) {
        if map.values().count() > 1 || map.listeners.load(Relaxed) > 0 {
            return;
        }
        // Only the first: in `Shared`, the walk sees what is inserted into a later shard.
        let mut is_first = true;
        map.for_each(|key, owner| {
            if !mem::take(&mut is_first) {
                return;
            }
            self.log(format!("vfor {key} {}", owner.id));
            self.walks.fetch_add(1, Relaxed);
            self.guarded(body);
            self.walks.fetch_sub(1, Relaxed);
        });
    }
}

pub(super) fn id(owner: Option<&Ptr<Obj>>) -> String {
    option(owner.map(|owner| owner.id))
}

/// Returns whether nothing in it is dying, or nobody listens: for what would tell of several
/// deaths.
fn is_settled(map: &Values) -> bool {
    map.listeners.load(Relaxed) == 0 || map.values().count() == map.len()
}
